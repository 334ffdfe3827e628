/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two proofs of PVALIDATE share: the kernel's source, the list's page, and what is assumed
 * and asserted of the page-state table and of the changes: a page changes only while it is held,
 * aligned to its size, from the state the table gave, and never the page the list is in.
 */
#ifndef PVALIDATE_PROOF_H
#define PVALIDATE_PROOF_H

#include <pvalidate.c>

#include "proof.h"

static uint64_t page[512]; /* the list's page, as the window shows it */
static uint64_t list_at;   /* its address */
static uint64_t area;      /* of the caller */
static bool list_held, mapped;

static bool held; /* the target */
static uint64_t target;
static bool target_large;
static enum page_state target_state;
static unsigned changes, targets;
static bool made_valid;

/* The word of the page that the proof is about: what is in it, and what another vCPU puts there. */
static uint64_t shared; /* its number */
static uint64_t words[2];
static bool may_write;

/* Runs before any access to the page, or not: goto-instrument calls it. Once is enough for whoever
   reads twice to read two values. */
void others_write(void)
{
    if (may_write)
        page[shared] = words[1];
    may_write = false;
}

static void share(uint64_t number)
{
    words[0] = nondet_u64();
    words[1] = nondet_u64();
    shared = number;
    page[number] = words[0];
    may_write = true;
}

uint64_t vcpu_calling_area(const struct vcpu *vcpu)
{
    (void)vcpu;
    return area;
}

static void *map(enum guest_window window, uint64_t gpa)
{
    ASSERT(window == GUEST_WINDOW_LIST && gpa % PAGE_SIZE == 0, "one page, for the list");
    ASSERT(gpa == area || (list_held && gpa == list_at), "the caller's own, or held and valid");
    list_at = gpa;
    mapped = true;
    return page;
}

static uint64_t any_refusal(void)
{
    return nondet_bool() ? SVSM_BUSY : SVSM_INVALID_ADDRESS;
}

uint64_t pagestate_hold(uint64_t gpa, enum page_state expected)
{
    ASSERT(!held && !list_held && expected == STATE_VALID, "the list's page, valid");
    ASSERT(gpa != area, "a calling area is not the guest's to hold");
    if (nondet_bool())
        return any_refusal();
    list_held = true;
    list_at = gpa;
    return SVSM_SUCCESS;
}

static enum page_state any_state(void)
{
    static const enum page_state states[] = {STATE_HOLE, STATE_SVSM,    STATE_INVALID, STATE_VALID,
                                             STATE_VMSA, STATE_CALLING, STATE_MIXED};
    unsigned i = nondet_u32();

    ASSUME(i < 7);
    return states[i];
}

uint64_t pagestate_hold_any(uint64_t gpa, bool large, enum page_state *state)
{
    ASSERT(!held && mapped, "one target at a time");
    ASSERT(gpa % (large ? RANGE_SIZE : PAGE_SIZE) == 0, "aligned to its size");
    ASSERT(gpa != list_at && !(large && gpa / RANGE_SIZE == list_at / RANGE_SIZE),
           "not the list's own page");
    targets++;
    target = gpa;
    target_large = large;
    if (nondet_bool())
        return any_refusal();
    held = true;
    target_state = *state = any_state();
    ASSUME(large ? target_state == STATE_VALID || target_state == STATE_INVALID ||
                       target_state == STATE_MIXED || target_state == STATE_HOLE
                 : target_state != STATE_MIXED);
    return SVSM_SUCCESS;
}

void pagestate_release(uint64_t gpa)
{
    if (held) {
        ASSERT(gpa == target, "what was held");
        held = false;
    } else {
        ASSERT(list_held && gpa == list_at, "what was held");
        list_held = false;
    }
}

static uint64_t any_code(void)
{
    static const uint64_t codes[] = {SVSM_SUCCESS, SVSM_PVALIDATE_FAILED + 1,
                                     SVSM_PVALIDATE_FAILED + 2, SVSM_PVALIDATE_SIZE,
                                     SVSM_PVALIDATE_UNKNOWN};
    unsigned i = nondet_u32();

    ASSUME(i < 5);
    return codes[i];
}

static uint64_t changed(uint64_t gpa, bool large, bool valid)
{
    ASSERT(held && gpa == target && large == target_large, "only what is held changes");
    ASSERT(target_state == (valid ? STATE_INVALID : STATE_VALID), "along an edge");
    changes++;
    made_valid = valid;
    return any_code();
}

uint64_t guestmemory_validate(uint64_t gpa, bool large)
{
    return changed(gpa, large, true);
}

uint64_t guestmemory_invalidate(uint64_t gpa, bool large)
{
    return changed(gpa, large, false);
}

static const struct platform_guest guest = {.map = map};
static const struct platform machine = {.guest = &guest};
const struct platform *platform = &machine;

static bool is_defined(uint64_t result)
{
    return result == SVSM_SUCCESS || result == SVSM_INCOMPLETE || result == SVSM_INVALID_ADDRESS ||
           result == SVSM_INVALID_PARAMETER || result == SVSM_BUSY ||
           result == SVSM_PVALIDATE_FAILED + 1 || result == SVSM_PVALIDATE_FAILED + 2 ||
           result == SVSM_PVALIDATE_SIZE || result == SVSM_PVALIDATE_UNCHANGED ||
           result == SVSM_PVALIDATE_UNKNOWN;
}

#endif
