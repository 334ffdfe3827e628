/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's memory map, which is unmeasured. The first part: wherever an entry is in it, and
 * whatever it says, it is read once, lies in the map, and its pages in the address space, or the
 * host is to blame. The second: the table gets room for all of its states and claims, however much
 * memory there is, or the region is too small. The loops over entries and pages are `mapwalk`; how
 * the pieces make the table is `pagestart`.
 *
 * parts: 2
 * instrument: --isr others_write
 * options: --unwind 5 --unsigned-overflow-check
 */
#define window_at window_at_base
#include <window.h>
#undef window_at
void *window_at(uint64_t phys);

#include <pagestate_boot.c>

#include "proof.h"

#define ENTRIES 3u

static struct boot_map_entry map[ENTRIES];
static struct boot_block block;
struct window kernel_window;

static struct boot_map_entry now, then; /* of one entry, and what somebody may put there */
static uint64_t written;                /* which */
static bool may_write;

static bool may_blame; /* that it ends has a reason, which is: */
static enum end_reason blamed;

static uint8_t rooms[2]; /* for states and claims; how much was taken: */
static uint64_t taken[2], left;
static unsigned takes;
static uint64_t ranges;

void *window_at(uint64_t phys)
{
    ASSERT(phys == block.memory_map.pa, "where the map is");
    return map;
}

/* Runs before any access to the map, or not: goto-instrument calls it. */
void others_write(void)
{
    if (may_write) {
        map[written].first_page = then.first_page;
        map[written].page_count = then.page_count;
        map[written].type = then.type;
    }
    may_write = false;
}

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)what;
    ASSERT(may_blame && reason == blamed, "not without a reason");
    ASSUME(false);
    for (;;)
        ;
}

uint64_t memory_left(void)
{
    return left;
}

void *memory_take(uint64_t pages)
{
    ASSERT(takes < 2, "two tables");
    ASSERT(pages <= left, "which are known to fit");
    left -= pages;
    taken[takes] = pages;
    return &rooms[takes++];
}

void pagestate_init(const struct pagestate_room *room)
{
    ASSERT(takes == 2 && room->states == (void *)&rooms[0] && room->claims == (void *)&rooms[1],
           "in what was taken");
    ranges = room->ranges;
}

uint64_t pagestate_pages(void)
{
    return ranges << 9;
}

static struct boot_map_entry any_entry(void)
{
    struct boot_map_entry entry = {nondet_u64(), nondet_u64(), nondet_u16(), 0, 0};

    return entry;
}

static bool is_possible(uint64_t first, uint64_t count)
{
    return first <= UINT64_C(1) << 40 && count <= (UINT64_C(1) << 40) - first;
}

/* Any mixture of the two values can be read. */
static bool may_be_impossible(void)
{
    return !is_possible(now.first_page, now.page_count) ||
           !is_possible(then.first_page, then.page_count) ||
           !is_possible(now.first_page, then.page_count) ||
           !is_possible(then.first_page, now.page_count);
}

static void entry(void)
{
    uint64_t index = nondet_u64(), count;
    struct pages pages;
    bool there;

    now = any_entry();
    then = any_entry();
    written = index;
    block.memory_map.pa = nondet_u64();
    block.memory_map.size = nondet_u64();
    ASSUME(block.memory_map.size <= sizeof(map));
    if (index < block.memory_map.size / 24) {
        map[index] = now;
        may_write = true;
        may_blame = may_be_impossible();
        blamed = END_HOST;
    }
    there = map_entry(&block, index, &pages);
    REACHED(!there && index > UINT64_MAX / 2);
    if (index >= block.memory_map.size / 24) {
        ASSERT(!there, "past the end");
        return;
    }
    count = pages.end - pages.first;
    ASSERT(pages.first <= pages.end && pages.end <= UINT64_C(1) << 40, "in the address space");
    ASSERT(pages.first == now.first_page || pages.first == then.first_page, "from there on");
    ASSERT(count == now.page_count || count == then.page_count, "as many");
    ASSERT(pages.memory == (now.type == 0) || pages.memory == (then.type == 0), "of that kind");
    ASSERT(there == (count != 0), "the last one is empty");
    REACHED(there && index == ENTRIES - 1 && pages.end == UINT64_C(1) << 40);
}

static void room(void)
{
    uint64_t pages = nondet_u64(), had, states, claims;

    ASSUME(pages <= UINT64_C(1) << 40);
    had = left = nondet_u64();
    blamed = END_MEMORY;
    may_blame = had < (pages >> 13) + (pages >> 19) + 2;
    take_table(pages);
    states = taken[0] << 12;
    claims = taken[1] << 12;
    ASSERT(pagestate_pages() >= pages && pagestate_pages() - pages < 512, "a table of all pages");
    ASSERT(taken[0] <= UINT64_C(1) << 40 && states >= ranges << 8, "room for half a byte each");
    ASSERT(taken[1] <= UINT64_C(1) << 40 && claims >= ranges << 2, "and for a word each range");
    REACHED(pages == UINT64_C(1) << 40);
    REACHED(pages == 0 && had == 0);
    REACHED(pages == 1 && had == 2);
}

void harness(void)
{
    if (PART == 0)
        entry();
    else
        room();
}
