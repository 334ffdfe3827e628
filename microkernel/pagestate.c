/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table and its claims; see pagestate.h.
 *
 * A word holds sixteen pages, the first in its lowest bits. A claim word holds the processor's
 * number plus one below CLAIM_DEPTH and, from there up, how often it has claimed the range beyond
 * the first time. A range that lies beyond the table reads as holes and can not be held.
 */
#include "pagestate.h"

#include "cpu.h"
#include "pagemodel.h"
#include "panic.h"
#include <svsm/result.h>

#define PAGE_BITS   12u
#define CLAIM_DEPTH 0x10000u
#define STATE_BITS  UINT64_C(0xf)

/* A whole word of pages in one state. */
#define WORD_PAGES 16u
#define EVERY      UINT64_C(0x1111111111111111)
#define VALIDITY   (EVERY * (STATE_INVALID ^ STATE_VALID))

_Static_assert(RANGE_WORDS *WORD_PAGES == RANGE_PAGES, "a range is whole words");

static struct pagestate_room table;

void pagestate_init(const struct pagestate_room *room)
{
    table = *room;
}

uint64_t pagestate_pages(void)
{
    return table.ranges * RANGE_PAGES;
}

static unsigned shift_of(uint64_t page)
{
    return page % WORD_PAGES * 4;
}

static enum page_state get(uint64_t page)
{
    return table.states[page / WORD_PAGES] >> shift_of(page) & STATE_BITS;
}

static void put(uint64_t page, enum page_state state)
{
    uint64_t *word = &table.states[page / WORD_PAGES];

    *word = (*word & ~(STATE_BITS << shift_of(page))) | (uint64_t)state << shift_of(page);
}

void pagestate_mark(uint64_t first, uint64_t end, enum page_state state)
{
    uint64_t last = end < pagestate_pages() ? end : pagestate_pages();

    for (uint64_t page = first; page < last; page++)
        put(page, state);
}

static bool claim(uint64_t range)
{
    uint32_t own = machine_cpu()->id + 1;
    uint32_t *word = &table.claims[range];
    uint32_t seen = 0;

    if (__atomic_compare_exchange_n(word, &seen, own, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return true;
    if (seen % CLAIM_DEPTH != own)
        return false;
    __atomic_store_n(word, seen + CLAIM_DEPTH, __ATOMIC_RELAXED);
    return true;
}

static bool is_held(uint64_t range)
{
    return range < table.ranges &&
           __atomic_load_n(&table.claims[range], __ATOMIC_RELAXED) % CLAIM_DEPTH ==
               machine_cpu()->id + 1;
}

void pagestate_release(uint64_t gpa)
{
    uint64_t range = gpa >> RANGE_SHIFT;
    uint32_t *word = &table.claims[range];
    uint32_t seen;

    kernel_assert(is_held(range), "a range of pages is let go that nobody holds");
    seen = __atomic_load_n(word, __ATOMIC_RELAXED);
    __atomic_store_n(word, seen < CLAIM_DEPTH ? 0 : seen - CLAIM_DEPTH, __ATOMIC_RELEASE);
}

static enum page_state state_of_range(uint64_t range)
{
    const uint64_t *words = &table.states[range * RANGE_WORDS];
    enum page_state state = get(range * RANGE_PAGES);

    for (unsigned i = 0; i < RANGE_WORDS; i++) {
        if ((words[i] & ~VALIDITY) != EVERY * (STATE_INVALID & STATE_VALID))
            return STATE_HOLE;
        if (words[i] != EVERY * state)
            state = STATE_MIXED;
    }
    return state;
}

uint64_t pagestate_hold_any(uint64_t gpa, bool large, enum page_state *state)
{
    uint64_t range = gpa >> RANGE_SHIFT;

    if (range >= table.ranges)
        return SVSM_INVALID_ADDRESS;
    if (!claim(range))
        return SVSM_BUSY;
    *state = large ? state_of_range(range) : get(gpa >> PAGE_BITS);
    return SVSM_SUCCESS;
}

uint64_t pagestate_hold(uint64_t gpa, enum page_state expected)
{
    enum page_state state;
    uint64_t result = pagestate_hold_any(gpa, false, &state);

    if (result == SVSM_SUCCESS && state != expected) {
        pagestate_release(gpa);
        return SVSM_INVALID_ADDRESS;
    }
    return result;
}

enum page_state pagestate_of(uint64_t gpa)
{
    kernel_assert(is_held(gpa >> RANGE_SHIFT), "a page is looked up that nobody holds");
    return get(gpa >> PAGE_BITS);
}

/* The one place that says which changes there are. */
static bool may_change(enum page_state from, enum page_state to)
{
    switch (from) {
    case STATE_INVALID:
        return to == STATE_VALID;
    case STATE_VALID:
        return to == STATE_INVALID || to == STATE_VMSA || to == STATE_CALLING;
    case STATE_VMSA:
    case STATE_CALLING:
        return to == STATE_VALID;
    default:
        return false;
    }
}

void pagestate_set(uint64_t gpa, enum page_state to)
{
    enum page_state from;

    kernel_assert(is_held(gpa >> RANGE_SHIFT), "a page changes that nobody holds");
    from = get(gpa >> PAGE_BITS);
    kernel_assert(may_change(from, to), "a page changes as none may");
    put(gpa >> PAGE_BITS, to);
    if (SELFCHECK)
        pagemodel_changed(gpa, from, to);
}

void pagestate_set_large(uint64_t gpa, enum page_state to)
{
    uint64_t range = gpa >> RANGE_SHIFT;
    uint64_t *words = &table.states[range * RANGE_WORDS];

    kernel_assert(is_held(range), "a range changes that nobody holds");
    kernel_assert(to == STATE_VALID || to == STATE_INVALID, "a range changes as none may");
    kernel_assert(may_change(state_of_range(range), to), "a range changes as none may");
    for (unsigned i = 0; i < RANGE_WORDS; i++)
        words[i] = EVERY * to;
}
