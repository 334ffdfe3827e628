/* SPDX-License-Identifier: BSD-2-Clause */
/* The region and what boot takes from it; see memory.h. */
#include "memory.h"

#include "bytes.h"
#include "panic.h"
#include "platform.h"
#include "window.h"

static uint64_t next;  /* the first page nobody uses */
static uint64_t limit; /* the region's end, or what must not be touched before it */

void memory_start(const struct boot_block *block)
{
    kernel_window.base = (uint8_t *)block->window_va;
    kernel_window.phys = block->region.pa;
    kernel_window.size = block->region.size;
    next = block->used_end_pa;
    limit = block->region.pa + block->region.size;
    if (block->vmsa.size != 0 && block->vmsa.pa >= next && block->vmsa.pa < limit) {
        limit = block->vmsa.pa;
    }
}

void memory_validate(const struct boot_block *block)
{
    uint64_t size = limit - block->used_end_pa;

    if (platform->validate(block->used_end_pa, window_at(block->used_end_pa), size) !=
        PLATFORM_OK) {
        panic(END_MEMORY, "the host gave memory that cannot be validated");
    }
}

uint64_t memory_left(void)
{
    return limit == 0 ? 0 : (limit - next) / PAGE_SIZE;
}

void *memory_take(uint64_t pages)
{
    void *page = window_at(next);

    if (pages > memory_left()) {
        panic(END_MEMORY, "the region is too small to start in");
    }
    next += pages * PAGE_SIZE;
    bytes_zero(page, pages * PAGE_SIZE);
    return page;
}

void memory_close(struct boot_range *rest)
{
    rest->pa = next;
    rest->size = limit - next;
    limit = 0;
}
