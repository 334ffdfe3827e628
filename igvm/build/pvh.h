/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the image as a PVH ELF: what stock QEMU boots with -kernel on q35 and microvm, in a plain
 * virtual machine without any IGVM support.
 */
#ifndef BUILD_PVH_H
#define BUILD_PVH_H

#include "blob.h"
#include "image.h"

/* "entry" is the 32-bit physical address of the PVH entry. The result belongs to the caller. */
bool pvh_make(struct blob *file, const struct image *image, uint32_t entry,
              struct build_error *error);

#endif
