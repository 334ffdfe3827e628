/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SVSM's own memory: where it is, where the kernel sees it, and what boot takes from it.
 *
 * The window (window.h) maps the whole region at a constant distance. memory_take() hands out pages
 * from the first one nobody uses; it is for boot only, and ends the virtual machine when there are
 * none. After memory_close() what is left is untyped memory and belongs to the first thread.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

#include <boot/boot_block.h>

void memory_start(const struct boot_block *block);
/* Makes the part of the region that was not loaded usable; after the platform has started. */
void memory_validate(const struct boot_block *block);
/* How many pages can be taken. */
uint64_t memory_left(void);
/* Zeroed, contiguous pages. */
void *memory_take(uint64_t pages);
/* Ends taking; what is left has an end here. */
void memory_close(struct boot_range *rest);

#endif
