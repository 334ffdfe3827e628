/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux guest beside the SVSM in one file: its memory as linux.c lays it out around the region,
 * and what the boot block says about it.
 *
 * The guest's pages are in the file for SNP only. They stay with this structure until the file is
 * made.
 */
#ifndef BUILD_GUEST_H
#define BUILD_GUEST_H

#include "blob.h"
#include "linux.h"
#include "options.h"

#include <boot/boot_block.h>

struct guest {
    struct blob kernel;
    struct blob initrd;
    struct linux_guest linux; /* piece_count 0: there is no guest */
};

/* Reads and lays out what the options ask for; fills "block" with BOOT_GUEST_NONE if that is none.
 */
bool guest_make(struct guest *guest, const struct build_options *options, struct boot_guest *block,
                struct build_error *error);
void guest_free(struct guest *guest);

/* A piece's pages in bytes. */
uint64_t guest_piece_size(const struct linux_piece *piece);

#endif
