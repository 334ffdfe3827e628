/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loops over the host's memory map and over ranges of pages at boot, of any length, by their
 * invariants, which are in mapwalk.contracts. The parts: the end of memory is the highest of all
 * entries; marking does to each page what the entries of one kind say, and nothing to others; what
 * the image has loaded was the guest's memory in every page, and is valid; what the guest was laid
 * out for is no hole; where that is not so, the host is to blame, or has too little.
 *
 * What an entry is, is `memorymap`; here it is any, and what they have said is written down. Of all
 * pages one is followed, any.
 *
 * parts: 4
 * instrument: --replace-calls map_entry:next_entry
 */
#include <pagestate_boot.c>

#include "proof.h"

#define LIMIT (UINT64_C(1) << 52)

struct window kernel_window;

static struct boot_block block;
uint64_t entries; /* that there have been */
bool ended;

/* The end by those of memory: that of one of them, any, and whether one of them ends at `guess`. */
uint64_t one_end, guess;
bool has_guess;

/* The page, by those of one kind; what it was, and is. */
uint64_t page;
bool of_memory, says;
enum page_state before, state;

uint64_t first_page, from, size, last; /* of a range */
uint64_t table_pages;
enum page_state found; /* of the page that was last looked at */

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)what;
    ASSERT(reason == END_HOST ? found != STATE_INVALID
                              : reason == END_MEMORY && found == STATE_HOLE,
           "not without a reason");
    ASSUME(false);
}

/* Of the map, at any place in it: whatever `memorymap` allows. */
bool next_entry(const struct boot_block *map, uint64_t index, struct pages *pages)
{
    ASSERT(map == &block && index == entries && !ended, "one after the other");
    ASSUME(index < UINT64_MAX / sizeof(struct boot_map_entry));
    pages->first = nondet_u64();
    pages->end = nondet_u64();
    pages->memory = nondet_bool();
    ASSUME(pages->first <= pages->end && pages->end <= UINT64_C(1) << 40);
    ended = nondet_bool();
    if (ended)
        return false;
    entries++;
    if (pages->memory && nondet_bool())
        one_end = pages->end;
    has_guess = has_guess || (pages->memory && pages->end == guess);
    says = says || (pages->memory == of_memory && page >= pages->first && page < pages->end);
    return true;
}

/* See the proof `marking`. */
void pagestate_mark(uint64_t first, uint64_t end, enum page_state to)
{
    if (page >= first && page < end)
        state = to;
}

uint64_t pagestate_hold_any(uint64_t gpa, bool large, enum page_state *is)
{
    ASSERT(!large, "page by page");
    found = STATE_HOLE;
    if (gpa >> PAGE_SHIFT >= table_pages)
        return SVSM_INVALID_ADDRESS;
    found = gpa >> PAGE_SHIFT == page ? state : nondet_u32() & 15;
    *is = found;
    return SVSM_SUCCESS;
}

void pagestate_release(uint64_t gpa)
{
    ASSERT(gpa >> PAGE_SHIFT < table_pages, "what was held");
}

static void end(void)
{
    uint64_t most = end_of_memory(&block);

    ASSERT(ended, "not before the last one");
    ASSERT(one_end <= most, "all memory is before the end");
    ASSERT(most == 0 || most != guess || has_guess, "and there is some at the end");
    REACHED(entries == 1000 && most == UINT64_C(1) << 40 && one_end == 5);
    REACHED(entries == 1000 && most == 0);
}

static void mark(void)
{
    enum page_state to = nondet_u32() & 15;

    mark_map(&block, of_memory, to);
    ASSERT(ended, "not before the last one");
    ASSERT(state == (says ? to : before), "these and no others");
    REACHED(entries == 1000 && says && state != before);
    REACHED(entries == 2 && !says);
}

static void loaded(void)
{
    struct boot_range range = {from, size};

    ASSUME(size % PAGE_SIZE == 0 && size < LIMIT);
    mark_loaded(&range);
    if (page >= first_page && page - first_page < size >> PAGE_SHIFT)
        ASSERT(page < table_pages && before == STATE_INVALID && state == STATE_VALID,
               "the guest's memory, in the table");
    else
        ASSERT(state == before, "no other page");
    REACHED(size == LIMIT / 2 && before != state);
    REACHED(size == 0);
}

/* It may end in the middle of a page. */
static void check(void)
{
    ASSUME(last < LIMIT);
    check_memory(from, last);
    ASSERT(state == before, "nothing changes");
    if (page >= first_page && page < (last + PAGE_SIZE - 1) >> PAGE_SHIFT)
        ASSERT(page < table_pages && state != STATE_HOLE, "memory, in the table");
    REACHED(last == LIMIT - 1 && from == 0 && state == STATE_SVSM && page == last >> PAGE_SHIFT);
    REACHED(last < from && page == first_page && state == STATE_HOLE);
}

void harness(void)
{
    entries = one_end = 0;
    ended = has_guess = says = false;
    state = before = nondet_u32() & 15;
    from = first_page << PAGE_SHIFT;
    ASSUME(first_page < LIMIT >> PAGE_SHIFT && table_pages <= LIMIT >> PAGE_SHIFT);
    switch (PART) {
    case 0:
        end();
        break;
    case 1:
        mark();
        break;
    case 2:
        loaded();
        break;
    default:
        check();
    }
}
