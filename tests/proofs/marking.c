/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Marking pages in the table at boot: those between two pages that the table has are of that state
 * afterwards, all others as before, and nothing outside the table is touched. Three pages at most:
 * the loop does nothing but one after the other. Where it ends may be any number.
 *
 * options: --unwind 5
 */
#include "small_ranges.h"

#include "pagestate_proof.h"

void harness(void)
{
    uint64_t first = nondet_u64(), end = nondet_u64();
    enum page_state to = nondet_u32() & 15;

    ASSUME(first > UINT64_MAX - 3 || end <= first + 3 || first + 3 >= RANGES * RANGE_PAGES);
    any_table();
    pagestate_mark(first, end, to);
    ASSERT(nibble(other_page) == (other_page >= first && other_page < end ? to : other_before),
           "these and no others");
    ASSERT(claims[other_range] == other_claim, "nobody holds them");
    REACHED(first < RANGES * RANGE_PAGES && end > UINT64_MAX / 2 &&
            other_page + 1 == RANGES * RANGE_PAGES);
    REACHED(first > end);
}
