/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's CPUs, where there are any: whom their SVSM calls reach, and their start.
 */
#ifndef INIT_GUEST_H
#define INIT_GUEST_H

#include "wiring.h"

/* Sends every guest CPU's calls of the protocol in this row of the server's start page to it. */
void guest_serve(const struct system *system, const struct server *server, unsigned number,
                 const struct pages *frame);
/* After the seal, when all servers are started. */
void guest_start(const struct system *system);

#endif
