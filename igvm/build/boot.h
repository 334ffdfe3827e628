/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fills the two pages the start itself reads: the stub with its record, and the boot block.
 *
 * Called once everything has its place. The state a processor starts with (struct boot_state) is
 * what the stub leaves behind, so that a host that can start in 64-bit mode needs no stub.
 */
#ifndef BUILD_BOOT_H
#define BUILD_BOOT_H

#include "layout.h"

/* The kernel's 64-bit entry, whoever leads there. */
struct boot_state {
    uint64_t rip;
    uint64_t rsp;
    uint64_t cr3;
    uint64_t argument; /* RDI: the boot block */
};

#define BOOT_CR0      UINT64_C(0x80010033) /* PG, WP, NE, ET, MP, PE */
#define BOOT_CR0_FLAT UINT64_C(0x31)       /* NE, ET, PE: what hosts insist on without paging */
#define BOOT_CR4      UINT64_C(0x60)       /* MCE, PAE */
#define BOOT_EFER     UINT64_C(0xd00)      /* NXE, LMA, LME */

void boot_fill(struct layout *layout);
struct boot_state boot_state(const struct layout *layout);

/* For tests: the PVH entry then takes the SNP path, and the CPUID page names this C-bit. */
void boot_pretend_snp(struct layout *layout, unsigned c_bit);

#endif
