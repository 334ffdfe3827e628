/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Marking pages in the table at boot: those between two pages that the table has are of that state
 * afterwards, all others as before, and nothing outside the table is touched. However many they
 * are: the loop's invariant is in marking.contracts. Where it ends may be any number.
 */
#include "small_ranges.h"

#include "pagestate_proof.h"

void harness(void)
{
    uint64_t first = nondet_u64(), end = nondet_u64();
    enum page_state to = nondet_u32() & 15;

    any_table();
    pagestate_mark(first, end, to);
    ASSERT(nibble(other_page) == (other_page >= first && other_page < end ? to : other_before),
           "these and no others");
    ASSERT(claims[other_range] == other_claim, "nobody holds them");
    REACHED(first == 0 && end > UINT64_MAX / 2 && other_page + 1 == RANGES * RANGE_PAGES);
    REACHED(first > end);
}
