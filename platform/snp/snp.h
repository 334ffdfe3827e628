/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The platform of an SEV-SNP guest at VMPL0; see README.md in platform/. For platform/ only.
 *
 * The C-bit decides what is private. No interrupts are expected at VMPL0, so the kernel runs its
 * threads with interrupts off, and a vector that arrives all the same ends the virtual machine.
 */
#ifndef SNP_H
#define SNP_H

#include <stdbool.h>
#include <stdint.h>

#include "platform.h"

struct ghcb;

extern const struct platform platform_snp;

/* A processor's own; cpu->platform_data. */
struct snp_cpu {
    volatile struct ghcb *ghcb;
    uint64_t ghcb_pa;
};

/* NULL until this processor has a struct cpu. */
const struct snp_cpu *snp_this_cpu(void);

/* Gives the calling processor's page `pa`, mapped private at va, the attribute of a VMSA. */
bool snp_make_vmsa(void *va);

/* What a processor that is not the first starts with. */
void vmsa_fill(void *page, const struct cpu *cpu, uint64_t features);

#endif
