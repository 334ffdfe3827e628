/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor, as microkernel/ sees it. platform/host/machine.h is its twin for the build
 * machine; the include path chooses. No other file of the kernel knows the instruction set.
 *
 * Everything here is for CPL0 only and touches nothing but the processor it runs on.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "offsets.h"

struct cpu;
struct tcb;

static inline struct cpu *machine_cpu(void)
{
    struct cpu *cpu;
    __asm__("mov %%gs:%c1, %0" : "=r"(cpu) : "i"(CPU_SELF));
    return cpu;
}

static inline void machine_pause(void)
{
    __asm__ volatile("pause" ::: "memory");
}

/* The cycle counter; on some platforms the host's choice. */
static inline uint64_t machine_cycles(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static inline void machine_load_root(uint64_t cr3)
{
    __asm__ volatile("mov %0, %%cr3" ::"r"(cr3) : "memory");
}

static inline void machine_load_fs_base(uint64_t base)
{
    __asm__ volatile("wrfsbase %0" ::"r"(base));
}

/* Forgets every translation of this processor, global ones and all PCIDs included. */
void machine_flush_all(void);

/* The address of the page fault that is being handled. */
uint64_t machine_fault_address(void);

/* Floating point: the state of who used it is in the registers until somebody else is to run. */
void machine_fpu_save(void *area);
void machine_fpu_load(const void *area);
void machine_fpu_forbid(void);
void machine_fpu_reset(void *area);
uint32_t machine_fpu_size(void);

/* Leaves the kernel into the thread; the processor's kernel stack is empty afterwards. */
_Noreturn void machine_resume(struct tcb *tcb);
/* Throws the stack away and calls continue_in(cpu). */
_Noreturn void machine_restart_stack(struct cpu *cpu, void (*continue_in)(struct cpu *));

#endif
