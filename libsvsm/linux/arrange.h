/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the launcher makes before any process runs: start pages, memories, sockets. Failure ends the
 * test program.
 */
#ifndef ARRANGE_H
#define ARRANGE_H

#include "launcher.h"

void arrange(struct launcher *launcher);
void arrange_end(struct launcher *launcher);

/* The entry of this channel in the start page of the other end than `server`; NULL: none. */
struct svsm_start_channel *arrange_peer(struct launcher *launcher, uint32_t channel,
                                        uint32_t server);

_Noreturn void arrange_failed(const char *what);

#endif
