/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page of the page-state table: it changes only while its range is held by the processor that
 * changes it, only along the allowed edges, and no other page changes with it. Holding and letting
 * go change one claim word, of a range that was free or ours, and no state; a page that is held was
 * as expected. Addresses beyond the table are holes.
 *
 * options: --unwind 6
 */
#include "small_ranges.h"

#include "pagestate_proof.h"

static void set(void)
{
    enum page_state to = nondet_u32();

    pagestate_set(gpa, to);
    ASSERT(range < RANGES && claim_before % CLAIM_DEPTH == own(), "changed by its holder");
    ASSERT(nibble(page) == to && edge(before, to), "along an edge");
    ASSERT(other_page == page || nibble(other_page) == other_before, "one page");
    check_claims_untouched();
    REACHED(to == STATE_VMSA);
    REACHED(to == STATE_VALID && before == STATE_CALLING);
}

static void hold_any(void)
{
    enum page_state state = nondet_u32();
    uint64_t result = pagestate_hold_any(gpa, false, &state);

    ASSERT(nibble(other_page) == other_before, "no state changes");
    ASSERT(claims[other_range] == other_claim, "no other claim changes");
    if (range >= RANGES) {
        ASSERT(result == SVSM_INVALID_ADDRESS, "beyond the table");
        return;
    }
    if (result != SVSM_SUCCESS) {
        ASSERT(result == SVSM_BUSY && claim_before % CLAIM_DEPTH != own() && claim_before != 0,
               "busy only when another has it");
        ASSERT(claims[range] == claim_before, "what another has stays");
        return;
    }
    ASSERT(claims[range] == (claim_before == 0 ? own() : claim_before + CLAIM_DEPTH), "claimed");
    ASSERT(claim_before == 0 || claim_before % CLAIM_DEPTH == own(), "not from another");
    ASSERT(state == before, "the page's state");
    REACHED(claim_before != 0);
}

static void hold(void)
{
    enum page_state expected = nondet_u32();
    uint64_t result = pagestate_hold(gpa, expected);

    ASSERT(nibble(other_page) == other_before, "no state changes");
    ASSERT(claims[other_range] == other_claim, "no other claim changes");
    if (result == SVSM_SUCCESS)
        ASSERT(range < RANGES && before == expected && claims[range] % CLAIM_DEPTH == own(),
               "held as expected");
    else
        ASSERT(range >= RANGES || claims[range] == claim_before, "nothing held");
    REACHED(result == SVSM_SUCCESS);
    REACHED(result == SVSM_INVALID_ADDRESS && range < RANGES);
}

static void release(void)
{
    pagestate_release(gpa);
    ASSERT(range < RANGES && claim_before % CLAIM_DEPTH == own(), "let go by its holder");
    ASSERT(claims[range] == (claim_before < CLAIM_DEPTH ? 0 : claim_before - CLAIM_DEPTH),
           "once less");
    ASSERT(claims[other_range] == other_claim && nibble(other_page) == other_before,
           "nothing else");
    REACHED(claims[range] == 0);
}

static void mark(void)
{
    uint64_t first = nondet_u64(), end = nondet_u64();
    enum page_state state = nondet_u32();

    ASSUME((unsigned)state < STATE_MIXED && first > RANGES * RANGE_PAGES - 4);
    pagestate_mark(first, end, state);
    if (other_page >= first && other_page < end)
        ASSERT(nibble(other_page) == state, "marked");
    else
        ASSERT(nibble(other_page) == other_before, "not marked");
    REACHED(other_page >= first && other_page < end);
}

void harness(void)
{
    unsigned operation = nondet_u32();

    any_table();
    if (operation == 0)
        set();
    else if (operation == 1)
        hold_any();
    else if (operation == 2)
        hold();
    else if (operation == 3)
        release();
    else
        mark();
}
