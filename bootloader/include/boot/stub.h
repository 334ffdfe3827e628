/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page that runs before the kernel, as the builder and the kernel see it: four entries at fixed
 * offsets and a record of what to do.
 *
 * The builder fills the record of the page in the image; the kernel fills that of the copy it makes
 * below 1 MiB for starting processors by INIT and SIPI. The code works wherever the page lies below
 * 4 GiB: a processor in real mode takes the address from CS, one in 32-bit mode from the immediate
 * at BOOT_STUB_SELF.
 */
#ifndef BOOT_STUB_H
#define BOOT_STUB_H

#include <stddef.h>
#include <stdint.h>

#define BOOT_STUB_16   0u /* real mode: an application processor after SIPI */
#define BOOT_STUB_32   2u /* 32-bit, paging off: IGVM; EAX is the platform */
#define BOOT_STUB_64   4u /* 64-bit, in the boot page tables: where the others lead */
#define BOOT_STUB_PVH  6u /* 32-bit, paging off: EBX is hvm_start_info */
#define BOOT_STUB_SELF 9u /* u32: the page's own physical address */

#define BOOT_STUB_RECORD 0xf80u

struct boot_stub_record {
    uint64_t entry_va; /* where to jump in 64-bit mode */
    uint64_t stack_va; /* RSP there; the eight bytes at it are a return address of 0 */
    uint64_t argument; /* RDI there: the boot block, or what the kernel likes */
    uint32_t root;     /* CR3 */
    uint32_t tables;   /* on SNP: the page-table pages that get the C-bit */
    uint32_t tables_end;
    uint32_t cpuid;      /* on SNP: the CPUID page */
    uint32_t general;    /* by PVH: where to put struct boot_general */
    uint32_t memory_map; /* by PVH: the page for the memory map */
    uint32_t platform;   /* by PVH: enum boot_platform */
    uint32_t reserved;
};

_Static_assert(sizeof(struct boot_stub_record) == 56, "the stub knows these offsets");
_Static_assert(offsetof(struct boot_stub_record, root) == 24, "the stub knows these offsets");
_Static_assert(offsetof(struct boot_stub_record, platform) == 48, "the stub knows these offsets");
_Static_assert(BOOT_STUB_RECORD + sizeof(struct boot_stub_record) <= 4096, "one page");

#endif
