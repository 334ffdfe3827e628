/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where everything goes: the pieces of the region one after the other, then the page tables over
 * them, then the boot block that describes it all.
 *
 * The pieces are taken in a fixed order from the region's start without gaps, so that the kernel
 * needs one number, used_end_pa, to know which memory is loaded. Page tables come last because they
 * also map themselves.
 */
#ifndef BUILD_LAYOUT_H
#define BUILD_LAYOUT_H

#include "elf_image.h"
#include "guest.h"
#include "image.h"
#include "options.h"
#include "tables.h"

#include <boot/boot_block.h>

#define LAYOUT_TRAMPOLINE UINT64_C(0x8000) /* free on QEMU's machines when the kernel starts */

/* The files, read and checked. */
struct layout_inputs {
    struct elf_image kernel;
    struct elf_image root; /* count 0: there is none */
    struct blob files[BOOT_ARCHIVE_ENTRIES];
};

struct layout {
    const struct build_options *options;
    const struct layout_inputs *inputs;
    struct image image;
    struct tables tables;
    struct guest guest;
    struct boot_block block;
    uint64_t next;
};

/* Addresses an ELF may use. */
struct elf_window layout_kernel_window(void);
struct elf_window layout_root_window(void);

/* The caller has set options and inputs. Frees nothing on error: layout_free does. */
bool layout_make(struct layout *layout, struct build_error *error);
void layout_free(struct layout *layout);

/* The va of a pa in the kernel's window. */
uint64_t layout_window(const struct layout *layout, uint64_t pa);

#endif
