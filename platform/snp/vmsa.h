/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The register states that virtual CPUs start with: our own processors' and the guest's first. The
 * layout is that of the builder's, who writes the same for the first of ours.
 */
#ifndef SNP_VMSA_H
#define SNP_VMSA_H

#include <stdint.h>

#include <boot/boot_block.h>
#include <igvm/vmsa.h>

struct cpu;

/* What a processor that is not the first starts with: the kernel, at VMPL0. */
void vmsa_fill(struct igvm_vmsa *vmsa, const struct cpu *cpu, uint64_t features);
/* What the guest's first processor starts with: 64-bit code on its own tables, at VMPL2. */
void vmsa_fill_guest(struct igvm_vmsa *vmsa, const struct boot_guest *guest, uint64_t features);

#endif
