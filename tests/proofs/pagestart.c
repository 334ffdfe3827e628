/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page-state table at boot, made of the pieces that `memorymap` and `marking` are about,
 * whatever the host's memory map says and however long it is. One page is followed, any. It becomes
 * the guest's only where the map calls it memory and nothing else, outside the SVSM's region, which
 * is the SVSM's whatever the map says; all memory is in the table; what the image has loaded is
 * valid; what the guest was laid out for is no hole. The image has three ranges here at most.
 *
 * instrument: --replace-calls end_of_memory:any_end --replace-calls mark_map:any_marks
 * instrument: --replace-calls take_table:any_table --replace-calls mark_loaded:any_loaded
 * instrument: --replace-calls check_memory:any_check
 * options: --unwind 5 --unsigned-overflow-check
 */
#include <boot/boot_block.h>
#undef BOOT_GUEST_RANGES
#define BOOT_GUEST_RANGES 3u

#include <pagestate_boot.c>

#include "proof.h"

#define LIMIT (UINT64_C(1) << 52)

struct window kernel_window;

static struct boot_block block;
static bool is_memory, is_other; /* what the map's entries say of the page */
static uint64_t page, end;       /* the followed one, and of the last entry of memory */
static uint64_t table_pages;
static bool has_table;
static enum page_state state;
static bool is_loaded, is_checked; /* by the image; because the guest was laid out for it */

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)what;
    ASSERT(reason == END_BOOT_BLOCK && block.guest.loaded_count > BOOT_GUEST_RANGES,
           "by its own rules only what the builder would not write");
    ASSUME(false);
    for (;;)
        ;
}

uint64_t memory_left(void)
{
    return 0;
}

void *memory_take(uint64_t pages)
{
    (void)pages;
    ASSERT(false, "only for the table");
    return NULL;
}

void pagestate_init(const struct pagestate_room *room)
{
    (void)room;
}

uint64_t pagestate_pages(void)
{
    return table_pages;
}

uint64_t any_end(const struct boot_block *from)
{
    ASSERT(from == &block, "the map there is");
    return end;
}

void any_table(uint64_t pages)
{
    ASSERT(!has_table && pages == end, "one, of all memory");
    has_table = true;
    table_pages = (pages + 511) & ~UINT64_C(511);
    state = STATE_HOLE;
}

static void put(bool here, enum page_state to)
{
    ASSERT(has_table, "there is a table");
    if (here && page < table_pages)
        state = to;
}

void any_marks(const struct boot_block *from, bool memory, enum page_state to)
{
    ASSERT(from == &block, "the map there is");
    put(memory ? is_memory : is_other, to);
}

void pagestate_mark(uint64_t first, uint64_t last, enum page_state to)
{
    put(page >= first && page < last, to);
}

static bool is_in(uint64_t pa, uint64_t size)
{
    return page >= pa >> PAGE_SHIFT && page < (pa + size) >> PAGE_SHIFT;
}

/* Ends the virtual machine, if it does not find the page as the guest's memory. */
void any_loaded(const struct boot_range *range)
{
    if (is_in(range->pa, range->size)) {
        ASSUME(state == STATE_INVALID && page < table_pages);
        state = STATE_VALID;
        is_loaded = true;
    }
}

/* The same for a hole; the last page may be a part of one. */
void any_check(uint64_t first, uint64_t last)
{
    ASSERT(first % PAGE_SIZE == 0, "from a page on");
    if (page >= first >> PAGE_SHIFT && page < (last + PAGE_SIZE - 1) >> PAGE_SHIFT) {
        ASSUME(state != STATE_HOLE);
        is_checked = true;
    }
}

uint64_t pagestate_hold_any(uint64_t gpa, bool large, enum page_state *is)
{
    (void)gpa;
    (void)large;
    *is = STATE_HOLE;
    return SVSM_SUCCESS;
}

void pagestate_release(uint64_t gpa)
{
    (void)gpa;
}

static struct boot_range any_range(void)
{
    struct boot_range range = {nondet_u64(), nondet_u64()};

    ASSUME(range.pa < LIMIT && range.size < LIMIT);
    return range;
}

/* The measured part is as a builder leaves it. */
static void any_block(void)
{
    block.region = any_range();
    block.region_max = any_range().size;
    block.guest.kind = nondet_bool() ? BOOT_GUEST_LINUX : BOOT_GUEST_NONE;
    block.guest.loaded_count = nondet_u32();
    for (unsigned i = 0; i < BOOT_GUEST_RANGES; i++)
        block.guest.loaded[i] = any_range();
    block.guest.memory_end = any_range().size;
    block.guest.memory_high = any_range().size;
}

/* The map, by what it says of the page and where its memory ends. */
static void any_map(void)
{
    is_memory = nondet_bool();
    is_other = nondet_bool();
    end = nondet_u64();
    ASSUME(end <= UINT64_C(1) << 40 && (!is_memory || page < end));
}

static bool is_expected(void)
{
    const struct boot_guest *guest = &block.guest;

    return (page >= 0x100 && page < (guest->memory_end + 0xfff) >> PAGE_SHIFT) ||
           (page >= 0x100000 && page - 0x100000 < (guest->memory_high + 0xfff) >> PAGE_SHIFT);
}

void harness(void)
{
    unsigned range = nondet_u32();
    bool ours, guests;

    page = nondet_u64();
    any_block();
    any_map();
    ASSUME(range < BOOT_GUEST_RANGES);
    pagestate_start(&block);
    ASSERT(has_table == (block.guest.kind == BOOT_GUEST_LINUX), "where there is a guest");
    if (!has_table)
        return;
    ours = is_in(block.region.pa, block.region.size) || is_in(block.region.pa, block.region_max);
    guests = is_memory && !is_other && !ours;
    ASSERT(!is_memory || page < table_pages, "all memory is in the table");
    ASSERT(!ours || page >= table_pages || state == STATE_SVSM, "ours, whatever the map says");
    ASSERT(ours || state != STATE_SVSM, "and nothing else");
    ASSERT(state == (!guests     ? (ours && page < table_pages ? STATE_SVSM : STATE_HOLE)
                     : is_loaded ? STATE_VALID
                                 : STATE_INVALID),
           "the guest's, a hole, or ours");
    ASSERT(range >= block.guest.loaded_count ||
               !is_in(block.guest.loaded[range].pa, block.guest.loaded[range].size) || is_loaded,
           "every range that was loaded");
    ASSERT(is_checked == is_expected(), "all that the guest was laid out for");
    REACHED(is_loaded && is_checked);
    REACHED(state == STATE_SVSM && is_memory && block.guest.loaded_count == 0);
    REACHED(state == STATE_HOLE && is_memory && is_other);
    REACHED(state == STATE_INVALID && page + 1 == UINT64_C(1) << 40);
}
