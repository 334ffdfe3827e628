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

/* Where other processors begin, from entry.S: RDI is their struct cpu. */
extern const char machine_cpu_entry[];

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

/* Any alignment; the other side may change what is read meanwhile, each byte is read once. */
static inline void machine_copy(void *to, const void *from, uint64_t size)
{
    uint64_t words = size / 8;

    __asm__ volatile("rep movsq; mov %3, %2; rep movsb"
                     : "+D"(to), "+S"(from), "+c"(words)
                     : "r"(size % 8)
                     : "memory");
}

/* Multiples of eight. */
static inline void machine_zero(void *start, uint64_t size)
{
    uint64_t words = size / 8;

    __asm__ volatile("rep stosq" : "+D"(start), "+c"(words) : "a"(0) : "memory");
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

/* What of an address space's number is its PCID; 0: the processor has none. */
uint64_t machine_pcid_mask(void);
/* The kernel's own space, no user half. */
uint64_t machine_kernel_root(void);

static inline void machine_load_fs_base(uint64_t base)
{
    __asm__ volatile("wrfsbase %0" ::"r"(base));
}

/* Floating point: the state of the running thread is in the registers from its first use until
   another thread is to run. An area is MACHINE_FPU_BYTES long and 64-byte aligned. */
void machine_fpu_save(void *area);
void machine_fpu_load(const void *area);
void machine_fpu_forbid(void);
void machine_fpu_reset(void *area);

/* Writes where the calls came from to the console. */
void machine_backtrace(void);

/* Leaves the kernel into the thread; the processor's kernel stack is empty afterwards. */
_Noreturn void machine_resume(struct frame *frame);
/* Waits, interrupts on, until one comes; it ends in trap_idle() with the stack thrown away. */
_Noreturn void machine_wait(struct cpu *cpu);
/* Throws the stack away and calls continue_in(cpu). */
_Noreturn void machine_restart_stack(struct cpu *cpu, void (*continue_in)(struct cpu *));

#endif
