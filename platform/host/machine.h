/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The twin of platform/x86/machine.h for the build machine: what the kernel asks of a processor,
 * answered by processors.c. In tests that link still.c instead, nothing of it is called.
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
/* Somebody spins: the other processors get their turn. */
void machine_pause(void);
static inline void machine_copy(void *to, const void *from, uint64_t size)
{
    memcpy(to, from, size);
}

void machine_load_root(uint64_t cr3);
uint64_t machine_pcid_mask(void);
uint64_t machine_kernel_root(void);
void machine_load_fs_base(uint64_t base);

void machine_fpu_save(void *area);
void machine_fpu_load(const void *area);
void machine_fpu_forbid(void);
void machine_fpu_reset(void *area);

void machine_backtrace(void);
_Noreturn void machine_resume(struct frame *frame);
_Noreturn void machine_restart_stack(struct cpu *cpu, void (*continue_in)(struct cpu *));

#endif
