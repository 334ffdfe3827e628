/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What init knows about the servers, for those the manifest lets see it: svsm/statistics.h.
 *
 * Does nothing when the manifest has no region of that name which init may write. What a server's
 * own page says is copied without believing any of it.
 */
#ifndef INIT_STATISTICS_H
#define INIT_STATISTICS_H

#include "wiring.h"

/* After the wiring. */
void statistics_start(struct system *system);

/* Brings every row up to date. */
void statistics_update(const struct system *system);

#endif
