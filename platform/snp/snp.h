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

struct cpu;

struct ghcb;

extern const struct platform platform_snp;

extern const struct platform_guest snp_guest;

/* A processor's own; cpu->platform_data. */
struct snp_cpu {
    volatile struct ghcb *ghcb;
    uint64_t ghcb_pa;
    /* Where pages of the guest appear: guest.c. */
    uint64_t windows_va;
    uint64_t *windows;      /* entries of 4 KiB pages */
    uint64_t *large_window; /* and the one of a 2 MiB page */
};

/* NULL until this processor has a struct cpu. */
const struct snp_cpu *snp_this_cpu(void);

/* PVALIDATE: EAX, and in *unchanged CF. RMPADJUST: EAX. Of a page mapped private at va. */
uint32_t snp_pvalidate(const void *va, bool large, bool valid, bool *unchanged);
uint32_t snp_rmpadjust(const void *va, bool large, uint64_t rights);

/* Boot: what guest.c needs of the image, and the windows of one processor. */
void snp_guest_start(const struct boot_block *block);
void snp_guest_prepare(struct cpu *cpu);

#endif
