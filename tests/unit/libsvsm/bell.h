/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface of a server that counts what reaches it besides calls: signals and restarts of its
 * client. `ring` makes it signal back, `linger` answers only when its caller is no more.
 */
#ifndef BELL_H
#define BELL_H

#include <svsm/interface.h>

#define BELL_CALLS(CALL) CALL(bell, look, 1) CALL(bell, ring, 2) CALL(bell, linger, 3)
#define bell_look_fields(FIELD)
#define bell_look_results(FIELD) FIELD(u64, signals) FIELD(u64, restarts)
#define bell_ring_fields(FIELD)
#define bell_ring_results(FIELD)
#define bell_linger_fields(FIELD)
#define bell_linger_results(FIELD)
SVSM_INTERFACE(bell, BELL_CALLS)

#endif
