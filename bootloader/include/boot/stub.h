/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page that runs before the kernel, as the builder and the kernel see it: four entries at fixed
 * offsets and a record of what to do.
 *
 * The builder fills the record of the page in the image; the kernel fills that of the copy it makes
 * below 1 MiB for starting processors by INIT and SIPI. The code works wherever the page lies below
 * 4 GiB: a processor in real mode takes the address from CS, one in 32-bit mode from the immediate
 * at BOOT_STUB_SELF. The assembler includes this file too.
 */
#ifndef BOOT_STUB_H
#define BOOT_STUB_H

#define BOOT_STUB_16   0 /* real mode: an application processor after SIPI */
#define BOOT_STUB_32   2 /* 32-bit, paging off: IGVM; EAX is the platform */
#define BOOT_STUB_64   4 /* 64-bit, in the boot page tables: where the others lead */
#define BOOT_STUB_PVH  6 /* 32-bit, paging off: EBX is hvm_start_info */
#define BOOT_STUB_SELF 9 /* u32: the page's own physical address */

#define BOOT_STUB_RECORD       0xf80
#define BOOT_RECORD_ENTRY_VA   0
#define BOOT_RECORD_STACK_VA   8
#define BOOT_RECORD_ARGUMENT   16
#define BOOT_RECORD_ROOT       24
#define BOOT_RECORD_TABLES     28
#define BOOT_RECORD_TABLES_END 32
#define BOOT_RECORD_CPUID      36
#define BOOT_RECORD_GENERAL    40
#define BOOT_RECORD_MEMORY_MAP 44
#define BOOT_RECORD_PLATFORM   48
#define BOOT_RECORD_SIZE       56
#define BOOT_STUB_CODE_MOST    0xe00 /* the code and its data end before this */

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

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

#define BOOT_RECORD_OFFSET(member, offset)                                                         \
    _Static_assert(offsetof(struct boot_stub_record, member) == (offset), #member " has moved")

BOOT_RECORD_OFFSET(entry_va, BOOT_RECORD_ENTRY_VA);
BOOT_RECORD_OFFSET(stack_va, BOOT_RECORD_STACK_VA);
BOOT_RECORD_OFFSET(argument, BOOT_RECORD_ARGUMENT);
BOOT_RECORD_OFFSET(root, BOOT_RECORD_ROOT);
BOOT_RECORD_OFFSET(tables, BOOT_RECORD_TABLES);
BOOT_RECORD_OFFSET(tables_end, BOOT_RECORD_TABLES_END);
BOOT_RECORD_OFFSET(cpuid, BOOT_RECORD_CPUID);
BOOT_RECORD_OFFSET(general, BOOT_RECORD_GENERAL);
BOOT_RECORD_OFFSET(memory_map, BOOT_RECORD_MEMORY_MAP);
BOOT_RECORD_OFFSET(platform, BOOT_RECORD_PLATFORM);
_Static_assert(sizeof(struct boot_stub_record) == BOOT_RECORD_SIZE, "the stub knows this size");
_Static_assert(BOOT_STUB_RECORD + BOOT_RECORD_SIZE <= 4096, "one page");

#endif
#endif
