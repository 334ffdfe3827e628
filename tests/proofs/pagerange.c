/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole range of the page-state table: it changes only while it is held, only from one of the
 * guest's two states to the other, each of its pages and no other. What is said of a range that is
 * claimed is so: of one state, of both, or with a page in it that is not the guest's to validate.
 * A range has two words here: its size is a number like any other.
 *
 * options: --unwind 4
 */
#include "small_ranges.h"

#include "pagestate_proof.h"

static void set_large(void)
{
    enum page_state to = nondet_u32();

    pagestate_set_large(gpa, to);
    ASSERT(range < RANGES && claim_before % CLAIM_DEPTH == own(), "changed by its holder");
    ASSERT(to == STATE_VALID || to == STATE_INVALID, "to the guest only");
    if (other_page / RANGE_PAGES == range)
        ASSERT(nibble(other_page) == to && edge(other_before, to), "each page, along an edge");
    else
        ASSERT(nibble(other_page) == other_before, "no page of another range");
    check_claims_untouched();
    REACHED(to == STATE_VALID);
}

/* What is said of a range, against one page of it. */
static bool fits_large(enum page_state state)
{
    if (state == STATE_VALID || state == STATE_INVALID)
        return other_before == state;
    if (state == STATE_MIXED)
        return other_before == STATE_VALID || other_before == STATE_INVALID;
    return state == STATE_HOLE;
}

/* Whether all pages of the range are the guest's to validate. */
static bool all_guests(void)
{
    bool all = true;

    for (unsigned i = 0; i < RANGE_WORDS; i++)
        all = all && (states[range * RANGE_WORDS + i] & UINT64_C(0xeeeeeeeeeeeeeeee)) ==
                         UINT64_C(0x4444444444444444);
    return all;
}

static void hold_large(void)
{
    enum page_state state = nondet_u32();
    uint64_t result = pagestate_hold_any(gpa, true, &state);

    ASSERT(nibble(other_page) == other_before, "no state changes");
    ASSERT(claims[other_range] == other_claim, "no other claim changes");
    if (range >= RANGES) {
        ASSERT(result == SVSM_INVALID_ADDRESS, "beyond the table");
        return;
    }
    if (result != SVSM_SUCCESS)
        return;
    if (other_page / RANGE_PAGES == range)
        ASSERT(fits_large(state), "the state of all");
    ASSERT((state != STATE_HOLE) == all_guests(), "a hole is one that is not all guest");
    REACHED(state == STATE_MIXED);
    REACHED(state == STATE_VALID);
}

void harness(void)
{
    any_table();
    if (nondet_bool())
        set_large();
    else
        hold_large();
}
