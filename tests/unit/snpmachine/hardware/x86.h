/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands before tools/snpmachine/x86.h on the include path: the few instructions that hardware/
 * uses outside VMRUN, for a program on the build machine.
 */
#ifndef SNPMACHINE_X86_H
#define SNPMACHINE_X86_H

#include <stdint.h>

#define MSR_TSC_AUX 0xC0000103u

struct cpuid_registers {
    uint32_t eax, ebx, ecx, edx;
};

extern uint64_t fake_cr4;

static inline uint64_t cr4_read(void)
{
    return fake_cr4;
}

static inline void msr_write(uint32_t msr, uint64_t value)
{
    (void)msr;
    (void)value;
}

static inline uint64_t rdrand_read(void)
{
    return 0;
}

static inline struct cpuid_registers cpuid_read(uint32_t leaf, uint32_t subleaf)
{
    (void)leaf;
    (void)subleaf;
    return (struct cpuid_registers){52, 0, 0, 0};
}

static inline void cpu_relax(void)
{
}

#endif
