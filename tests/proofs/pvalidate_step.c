/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One step through PVALIDATE's list, from any place in any list: it does what the entry of that
 * place says, once, after all checks, and moves on by one; or it says why not and changes nothing.
 * The loop over the list, which does nothing but these steps, is in `pvalidate`. Another vCPU
 * writes the entry at any moment: all of what is done is what one of its two values says.
 *
 * instrument: --isr others_write
 * options: --unwind 8 --arrays-uf-always
 */
#include "pvalidate_proof.h"

static struct list list;
static uint64_t result;
static uint16_t next; /* as they were */
static unsigned pages;

/* An entry's own meaning, beside check_entry(). */
static bool well_formed(uint64_t entry)
{
    return (entry & 0xff0) == 0 && (entry & 3) <= 1 &&
           ((entry & 3) == 0 || entry % RANGE_SIZE < PAGE_SIZE);
}

/* Whether a change, or what was found without one, is what the entry asks for. */
static bool is_wanted(uint64_t entry)
{
    bool valid = (entry & 4) != 0;

    if (changes == 1)
        return made_valid == valid;
    return (entry & 8) != 0 && target_state == (valid ? STATE_VALID : STATE_INVALID);
}

/* Whether this entry is what the step was about. */
static bool explains(uint64_t entry)
{
    bool large = (entry & 3) == 1;

    if (targets == 0 && !well_formed(entry))
        return result == SVSM_INVALID_PARAMETER && changes == 0;
    if (targets == 0)
        return result == SVSM_INVALID_ADDRESS;
    return well_formed(entry) && target == (entry & ~UINT64_C(0xfff)) && target_large == large &&
           (changes == 0 || is_wanted(entry)) &&
           (result != SVSM_SUCCESS ||
            (is_wanted(entry) && list.pages == pages + (large ? RANGE_PAGES : 1)));
}

/* Where in its page the list begins is nothing to a step: here, at its beginning. */
static void any_list(void)
{
    next = nondet_u16();
    pages = nondet_u32();
    list.page = list_at = nondet_u64() & ~UINT64_C(0xfff);
    list.head = page;
    list.held = nondet_bool();
    list.count = nondet_u16();
    list.next = next;
    list.pages = pages;
    mapped = true;
    ASSUME(next < list.count && list.count < 512);
    ASSUME(pages < PAGES_A_CALL + RANGE_PAGES);
    share(1 + next);
}

void harness(void)
{
    any_list();
    result = list_step(&list);
    ASSERT(is_defined(result), "a defined result");
    ASSERT(list.next == next + (result == SVSM_SUCCESS), "one on, or not at all");
    ASSERT(result != SVSM_BUSY || pages == 0, "busy only before anything was done");
    ASSERT(!held && changes <= 1 && targets <= 1, "once, and let go");
    if (pages >= PAGES_A_CALL)
        ASSERT(result == SVSM_INCOMPLETE && targets == 0, "enough for one call");
    else
        ASSERT(explains(words[0]) || explains(words[1]), "what the entry says at one moment");
    REACHED(changes == 1 && target_large);
    REACHED(result == SVSM_SUCCESS && changes == 0);
    REACHED(result == SVSM_INVALID_ADDRESS && targets == 0);
    REACHED(result == SVSM_INCOMPLETE && targets == 1);
}
