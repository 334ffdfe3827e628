/* SPDX-License-Identifier: BSD-2-Clause */
/* From the memory map to the table; see pagestate_boot.h. */
#include "pagestate_boot.h"

#include "memory.h"
#include "pagemodel.h"
#include "pagestate.h"
#include "panic.h"
#include "window.h"
#include <svsm/result.h>

#define PAGES_MOST (UINT64_C(1) << 40) /* 52 bits of physical address */
#define ROM_END    UINT64_C(0x100000)

_Static_assert(RANGE_WORDS * sizeof(uint64_t) + sizeof(uint32_t) == BOOT_STATES_SIZE,
               "the builder leaves room for it");

struct pages {
    uint64_t first, end;
    bool memory;
};

/* One entry of the map; false at its end. */
static bool map_entry(const struct boot_block *block, uint64_t index, struct pages *pages)
{
    const volatile struct boot_map_entry *map = window_at(block->memory_map.pa);
    uint64_t count;

    if (index >= block->memory_map.size / sizeof(*map))
        return false;
    pages->first = map[index].first_page;
    count = map[index].page_count;
    pages->memory = map[index].type == BOOT_MAP_MEMORY;
    if (pages->first > PAGES_MOST || count > PAGES_MOST - pages->first)
        panic(END_HOST, "the host's memory map leaves the address space");
    pages->end = pages->first + count;
    return count != 0;
}

static uint64_t end_of_memory(const struct boot_block *block)
{
    struct pages pages;
    uint64_t end = 0;

    for (uint64_t i = 0; map_entry(block, i, &pages); i++)
        if (pages.memory && pages.end > end)
            end = pages.end;
    return end;
}

static void mark_map(const struct boot_block *block, bool memory, enum page_state state)
{
    struct pages pages;

    for (uint64_t i = 0; map_entry(block, i, &pages); i++)
        if (pages.memory == memory)
            pagestate_mark(pages.first, pages.end, state);
}

static enum page_state state_at(uint64_t pa)
{
    enum page_state state;

    if (pagestate_hold_any(pa, false, &state) != SVSM_SUCCESS)
        return STATE_HOLE;
    pagestate_release(pa);
    return state;
}

static void mark_loaded(const struct boot_range *range)
{
    for (uint64_t at = 0; at < range->size; at += PAGE_SIZE)
        if (state_at(range->pa + at) != STATE_INVALID)
            panic(END_HOST, "the image holds guest pages where the host has no memory");
    pagestate_mark(range->pa >> PAGE_SHIFT, (range->pa + range->size) >> PAGE_SHIFT, STATE_VALID);
}

/* What the guest was laid out for must be there. */
static void check_memory(uint64_t first, uint64_t end)
{
    for (uint64_t at = first; at < end; at += PAGE_SIZE)
        if (state_at(at) == STATE_HOLE)
            panic(END_MEMORY, "the host has less memory than the guest was laid out for");
}

static void take_table(uint64_t pages)
{
    uint64_t ranges = (pages + RANGE_PAGES - 1) / RANGE_PAGES;
    uint64_t states = (ranges * RANGE_WORDS * sizeof(uint64_t) + PAGE_SIZE - 1) / PAGE_SIZE;
    uint64_t claims = (ranges * sizeof(uint32_t) + PAGE_SIZE - 1) / PAGE_SIZE;
    struct pagestate_room room = {.ranges = ranges};

    if (states + claims > memory_left())
        panic(END_MEMORY, "the region has no room for the page states of the host's memory");
    room.states = memory_take(states);
    room.claims = memory_take(claims);
    pagestate_init(&room);
}

void pagestate_start(const struct boot_block *block)
{
    uint64_t region_size =
        block->region.size > block->region_max ? block->region.size : block->region_max;

    if (block->guest.kind == BOOT_GUEST_NONE)
        return;
    if (block->guest.loaded_count > BOOT_GUEST_RANGES)
        panic(END_BOOT_BLOCK, "the guest has too many loaded ranges");
    take_table(end_of_memory(block));
    mark_map(block, true, STATE_INVALID);
    mark_map(block, false, STATE_HOLE);
    pagestate_mark(block->region.pa >> PAGE_SHIFT, (block->region.pa + region_size) >> PAGE_SHIFT,
                   STATE_SVSM);
    for (unsigned i = 0; i < block->guest.loaded_count; i++)
        mark_loaded(&block->guest.loaded[i]);
    /* ROMs are where the host has memory for them. */
    check_memory(ROM_END, block->guest.memory_end);
    check_memory(BOOT_HIGH, BOOT_HIGH + block->guest.memory_high);
    if (SELFCHECK)
        pagemodel_start(memory_take((pagestate_pages() + PAGE_SIZE - 1) / PAGE_SIZE),
                        pagestate_pages());
}
