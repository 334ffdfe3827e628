/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bringing one processor into the state the kernel runs in: features, control registers, system
 * call entry, stacks, descriptors.
 *
 * Required are NX, SYSCALL, FXSR, SMEP, SMAP, UMIP and FSGSBASE: every processor with SNP has them,
 * and a kernel that did without one would be a weaker kernel. PCID, XSAVE and AVX are used when
 * there.
 */
#ifndef X86_PROCESSOR_H
#define X86_PROCESSOR_H

#include <stdint.h>

#include "descriptors.h"

struct cpu;

/* What a processor needs besides struct cpu; cpu->arch. */
struct processor {
    struct descriptors descriptors;
};

/* Descriptors good enough to report an exception, on the stack the stub gave us. Boot only. */
void processor_early(uint64_t stack_va);
/* Stacks with unmapped pages between them, for a processor that is to start. Boot only. */
void processor_prepare(struct cpu *cpu);
/* This processor becomes `cpu`. */
void processor_become(struct cpu *cpu);
/* Reads the features once, and ends the virtual machine when a required one is missing. */
void processor_check_features(void);
/* The processor whose trap stack this is; NULL for an address that is on none. */
struct cpu *processor_of_stack(uint64_t stack);

/* C entry of the other processors, from entry.S. */
_Noreturn void processor_start(struct cpu *cpu);

#endif
