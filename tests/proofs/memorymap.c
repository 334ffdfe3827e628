/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's memory map, which is unmeasured, piece by piece, whatever its entries say. The parts:
 * an entry is read once and lies in the map, its pages in the address space, or the host is to
 * blame; the table's end is that of the last memory; marking does to each page what the entries of
 * one kind say, and nothing to others; the table gets room for all of its states and claims, or the
 * region is too small; what was loaded was the guest's memory in every page; what the guest was
 * laid out for is there. How the pieces make the table is the proof `pagestart`.
 *
 * The walks have three entries: they do nothing but one after the other. One page is followed, any.
 *
 * parts: 6
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
#define LIMIT   (UINT64_C(1) << 52)

static struct boot_map_entry map[ENTRIES];
static struct boot_block block;
struct window kernel_window;

static struct boot_map_entry now, then; /* of one entry, and what somebody may put there */
static uint64_t written;                /* which */
static bool may_write;

static uint64_t page; /* the one that is followed */
static enum page_state state;

static bool must_blame; /* somebody is to blame for the end, and who: */
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
    ASSERT(must_blame && reason == blamed, "not without a reason");
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

/* See the proof `marking`. */
void pagestate_mark(uint64_t first, uint64_t end, enum page_state to)
{
    if (page >= first && page < end)
        state = to;
}

/* A table that ends somewhere; nobody else is there yet. */
uint64_t pagestate_hold_any(uint64_t gpa, bool large, enum page_state *is)
{
    uint64_t number = gpa >> PAGE_SHIFT;

    ASSERT(!large, "page by page");
    *is = number == page ? state : nondet_u32();
    if (number >= pagestate_pages())
        *is = STATE_HOLE;
    if (*is != STATE_INVALID && blamed == END_HOST)
        must_blame = true;
    if (*is == STATE_HOLE)
        must_blame = true;
    return number < pagestate_pages() ? SVSM_SUCCESS : SVSM_INVALID_ADDRESS;
}

void pagestate_release(uint64_t gpa)
{
    ASSERT(gpa >> PAGE_SHIFT < pagestate_pages(), "what was held");
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

/* Every mixture of the two values can be read; what makes the end, and what of it is used, not. */
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
        must_blame = may_be_impossible();
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

/* As many as there are, and possible: what else they can be is the part above. */
static void any_map(void)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        map[i] = any_entry();
        ASSUME(is_possible(map[i].first_page, map[i].page_count));
    }
    block.memory_map.size = nondet_u8() * 24u;
    ASSUME(block.memory_map.size <= sizeof(map));
}

/* Before the end: the map's, or the first empty entry. */
static bool is_used(unsigned i)
{
    return i < block.memory_map.size / 24 && (i == 0 || map[0].page_count != 0) &&
           (i <= 1 || map[1].page_count != 0) && map[i].page_count != 0;
}

static void end(void)
{
    bool one_of_them = false;
    uint64_t most;

    any_map();
    most = end_of_memory(&block);
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint64_t ends = map[i].first_page + map[i].page_count;

        if (is_used(i) && map[i].type == 0) {
            ASSERT(ends <= most, "all memory is before the end");
            one_of_them = one_of_them || ends == most;
        }
    }
    ASSERT(one_of_them || most == 0, "and there is some at the end");
    REACHED(is_used(2) && map[2].type != 0 && map[1].type == 0 && most == UINT64_C(1) << 40);
    REACHED(most == 0 && is_used(2));
}

/* Whether an entry says that the page is of that kind. */
static bool map_says(bool memory)
{
    bool says = false;

    for (unsigned i = 0; i < ENTRIES; i++)
        if (is_used(i) && (map[i].type == 0) == memory)
            says =
                says || (page >= map[i].first_page && page < map[i].first_page + map[i].page_count);
    return says;
}

static void mark(void)
{
    enum page_state to = nondet_u32() & 15, before = nondet_u32() & 15;
    bool memory = nondet_bool();

    any_map();
    page = nondet_u64();
    state = before;
    mark_map(&block, memory, to);
    ASSERT(state == (map_says(memory) ? to : before), "these and no others");
    REACHED(map_says(true) && map_says(false) && !memory);
    REACHED(is_used(2) && state == before && to != before);
}

static void room(void)
{
    uint64_t pages = nondet_u64(), had, states, claims;

    ASSUME(pages <= UINT64_C(1) << 40);
    had = left = nondet_u64();
    blamed = END_MEMORY;
    must_blame = had < (pages >> 13) + (pages >> 19) + 2;
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

static struct boot_range any_range(void)
{
    struct boot_range range = {nondet_u64() << PAGE_SHIFT, 0};

    ASSUME(range.pa < LIMIT);
    range.size = nondet_u8() % 4u << PAGE_SHIFT;
    page = nondet_u64();
    ranges = nondet_u32();
    state = nondet_u32() & 15;
    return range;
}

static void loaded(void)
{
    struct boot_range range = any_range();
    enum page_state before = state;
    uint64_t first = range.pa >> PAGE_SHIFT;

    blamed = END_HOST;
    mark_loaded(&range);
    if (page >= first && page < first + (range.size >> PAGE_SHIFT))
        ASSERT(page < pagestate_pages() && before == STATE_INVALID && state == STATE_VALID,
               "the guest's memory, in the table");
    else
        ASSERT(state == before, "no other page");
    ASSERT(!must_blame, "else it has ended");
    REACHED(range.size == 3 * PAGE_SIZE && page == first + 2);
}

/* Its end may be in the middle of a page. */
static void check(void)
{
    struct boot_range range = any_range();
    uint64_t last = range.pa + range.size;

    if (range.size != 0)
        last -= nondet_u16() & 0xfff;
    blamed = END_MEMORY;
    check_memory(range.pa, last);
    if (page >= range.pa >> PAGE_SHIFT && page << PAGE_SHIFT < last && page < LIMIT)
        ASSERT(page < pagestate_pages() && state != STATE_HOLE, "memory, in the table");
    ASSERT(!must_blame, "else it has ended");
    REACHED(range.size == 3 * PAGE_SIZE && last % PAGE_SIZE == 1 && state == STATE_SVSM &&
            page == last >> PAGE_SHIFT);
}

void harness(void)
{
    static void (*const parts[])(void) = {entry, end, mark, room, loaded, check};

    parts[PART]();
}
