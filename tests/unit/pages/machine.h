/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The twin of platform/x86/machine.h for these tests: as many processors as there are threads, each
 * with a struct cpu of its own. Nothing else of the processor is used by what is tested here.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "frame.h"
#include "offsets.h"

struct cpu;

struct cpu *machine_cpu(void);
void machine_load_root(uint64_t cr3);

static inline void machine_zero(void *start, uint64_t size)
{
    memset(start, 0, size);
}

#endif
