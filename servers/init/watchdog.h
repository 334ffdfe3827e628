/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long calls may take, where there is a timer: the manifest's watchdog-ms.
 *
 * The timer's interrupt is a signal to init. At each, init asks the kernel of every server with a
 * watchdog whether it still owes an answer to the caller it owed one at the last look; what the
 * server itself says does not count. Servers call only upwards, so of several that are late the
 * highest is to blame, and the others get their time anew when it has been ended.
 */
#ifndef INIT_WATCHDOG_H
#define INIT_WATCHDOG_H

#include "wiring.h"

/* The badge of the timer's signals at init. */
#define WATCHDOG_SIGNAL (UINT64_C(1) << 61)

/* Before the seal. Without a timer, or a server that has a watchdog, nothing is looked at ever. */
void watchdog_prepare(const struct system *system);
/* At a signal: the server that is to be ended, or NULL. */
struct server *watchdog_look(struct system *system);

#endif
