/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What servers share and whom they may call or signal: channels, SVSM protocols, regions, host
 * calls, devices. Each becomes memory in both address spaces, capabilities in the servers' CNodes
 * and rows of their start pages, exactly as the manifest says and nothing else.
 *
 * Only before the seal, after every server was built.
 */
#ifndef INIT_WIRING_H
#define INIT_WIRING_H

#include "server.h"

/* All servers, in the manifest's order. */
struct system {
    const struct manifest *manifest;
    const seL4_BootInfo *boot;
    struct server servers[MANIFEST_SERVERS];
    unsigned count;
};

/* Writes everything into the start pages but "live" fields' later values. */
void wiring_build(struct system *system);

/* The row of this channel in the start page of the server at its end, and the row's number. */
struct svsm_start_channel *wiring_end(struct system *system, unsigned channel,
                                      enum manifest_role role, unsigned *number);

#endif
