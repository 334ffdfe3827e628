/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux guest laid out at build time: what a boot loader and firmware would put into its memory.
 *
 * linux_layout() turns a bzImage, an initramfs and a command line into pieces of guest memory that
 * start the kernel by its 64-bit entry with SNP's CC blob in setup_data, so no loader runs in the
 * guest and all of it is measured. Inputs are files of unknown origin: every field read from the
 * bzImage is checked first. Nothing is allocated; pieces point into the inputs and into the
 * caller's struct linux_guest, which must stay.
 */
#ifndef IGVM_BUILD_LINUX_H
#define IGVM_BUILD_LINUX_H

#include "acpi.h"

#include <stdbool.h>

#define LINUX_PIECES 16u

/* Fixed places below 1 MiB. Reserved for the guest's kernel by its memory map where it says so. */
#define LINUX_BOOT_PARAMS UINT64_C(0x10000)
#define LINUX_CMDLINE     UINT64_C(0x11000)
#define LINUX_TABLES      UINT64_C(0x12000) /* PML4, PDPT, 4 PDs: the first 4 GiB, one to one */
#define LINUX_GDT         UINT64_C(0x18000)
#define LINUX_STACK_TOP   UINT64_C(0x1c000)
#define LINUX_SECRETS     UINT64_C(0x80000) /* from here to ACPI: reserved in the memory map */
#define LINUX_CPUID       UINT64_C(0x81000)
#define LINUX_CC_BLOB     UINT64_C(0x1c000) /* RAM: Linux maps setup_data elsewhere as shared */
#define LINUX_CALLING     UINT64_C(0x83000) /* the calling area, under an SVSM */
#define LINUX_ACPI        UINT64_C(0x84000)
#define LINUX_ACPI_SIZE   UINT64_C(0x4000)

enum linux_piece_kind {
    LINUX_DATA,  /* bytes, then zeros to the end of the page */
    LINUX_ZEROS, /* pages of zeros */
    LINUX_IS_SECRETS,
    LINUX_IS_CPUID,
};

struct linux_piece {
    enum linux_piece_kind kind;
    uint64_t gpa;
    uint64_t size;
    const uint8_t *bytes;
};

struct linux_wish {
    const uint8_t *kernel;
    size_t kernel_size;
    const uint8_t *initrd; /* may be NULL */
    size_t initrd_size;
    const char *cmdline;
    uint64_t memory; /* RAM from 0 on, with the usual hole below 1 MiB; a multiple of 2 MiB */
    uint64_t high;   /* RAM from 4 GiB on; likewise */
    uint64_t hole, hole_size; /* RAM that is not the guest's (an SVSM's); size 0: none */
    unsigned c_bit;           /* 0: left to whoever starts the guest */
    struct acpi_machine machine;
};

struct linux_guest {
    uint8_t boot_params[4096];
    uint8_t cmdline[4096];
    uint8_t tables[6 * 4096];
    uint8_t gdt[4096];
    uint8_t cc_blob[4096];
    uint8_t acpi[LINUX_ACPI_SIZE];
    struct linux_piece pieces[LINUX_PIECES];
    size_t piece_count;
    uint64_t entry; /* RIP; RSI is LINUX_BOOT_PARAMS, CR3 LINUX_TABLES, CS 10h, data 18h */
};

/* Returns NULL, or what is wrong in words. */
const char *linux_layout(struct linux_guest *guest, const struct linux_wish *wish);

#endif
