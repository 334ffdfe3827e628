/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A processor whose time-stamp counter goes on only when it is looked at, for facts.c.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

uint64_t machine_cycles(void);

static inline void machine_pause(void)
{
}

#endif
