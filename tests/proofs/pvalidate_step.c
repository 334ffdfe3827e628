/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One step through PVALIDATE's list, from any place in any list: it does what the entry of that
 * place says, once, after all checks, and moves on by one; or it says why not and changes nothing.
 * That is the invariant of the loop over the list, which does nothing but these steps. The entry
 * changes as soon as it has been read.
 *
 * options: --unwind 5
 */
#include "pvalidate_proof.h"

static uint64_t *entry_at;

static void others_write(void)
{
    *entry_at = nondet_u64();
}

/* An entry's own meaning, beside check_entry(). */
static bool well_formed(uint64_t entry)
{
    return (entry & 0xff0) == 0 && (entry & 3) <= 1 &&
           ((entry & 3) == 0 || entry % RANGE_SIZE < PAGE_SIZE);
}

static void check_step(uint64_t entry, uint64_t result, unsigned moved)
{
    bool valid = (entry & 4) != 0;

    ASSERT(is_defined(result), "a defined result");
    ASSERT(moved == (result == SVSM_SUCCESS ? 1 : 0), "one on, or not at all");
    ASSERT(targets == 0 || well_formed(entry), "checked before it is looked up");
    ASSERT(well_formed(entry) || result == SVSM_INVALID_PARAMETER || result == SVSM_INCOMPLETE,
           "reserved bits are refused");
    ASSERT(changes == 0 || (target == (entry & ~UINT64_C(0xfff)) &&
                            target_large == ((entry & 3) == 1) && made_valid == valid),
           "what the entry says");
    ASSERT(changes <= 1, "once");
    /* Success without a change: it was so already, and that was allowed. */
    ASSERT(result != SVSM_SUCCESS || changes == 1 ||
               ((entry & 8) != 0 && target_state == (valid ? STATE_VALID : STATE_INVALID)),
           "success means it is so");
    REACHED(changes == 1 && target_large);
    REACHED(result == SVSM_SUCCESS && changes == 0);
    REACHED(result == SVSM_INVALID_ADDRESS && targets == 0);
}

static void step(void)
{
    struct list list;
    uint64_t offset = nondet_u64(), entry, result;
    uint16_t next = nondet_u16();

    ASSUME(offset < 512);
    list.page = list_at = nondet_u64() & ~UINT64_C(0xfff);
    list.head = &page[offset];
    list.held = nondet_bool();
    list.count = nondet_u16();
    list.next = next;
    list.pages = nondet_u32();
    mapped = true;
    ASSUME(next < list.count && list.count <= 512 - offset - 1);
    ASSUME(list.pages < PAGES_A_CALL + RANGE_PAGES);
    entry_at = &page[offset + 1 + next];
    entry = *entry_at;
    result = list_step(&list);
    check_step(entry, result, (unsigned)list.next - next);
}

void harness(void)
{
    ANYTHING(page);
    step();
}
