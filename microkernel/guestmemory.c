/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PVALIDATE and RMPADJUST in the order that is safe; see guestmemory.h.
 *
 * The first instruction of a change may fail and then nothing has happened: that is an answer to
 * the guest. After it there is no way back. A 2 MiB page that the host splits in between is
 * finished page by page; anything else that does not work is the host's doing, and the end. So is a
 * page whose validity the table knows better than the processor: it has had another backing
 * meanwhile.
 */
#include "guestmemory.h"

#include "machine.h"
#include "pagemodel.h"
#include "pagestate.h"
#include "panic.h"
#include "platform.h"
#include "window.h"
#include <svsm/result.h>

#define FAIL_INPUT      1u
#define FAIL_PERMISSION 2u
#define FAIL_SIZE       6u

static void *map(uint64_t gpa, bool large)
{
    return platform->guest->map(large ? GUEST_WINDOW_LARGE : GUEST_WINDOW_PAGE, gpa);
}

static uint64_t size_of(bool large)
{
    return large ? RANGE_SIZE : PAGE_SIZE;
}

/* PVALIDATE's code, of an instruction that the table says must change something. */
static uint32_t change_validity(void *va, bool large, bool valid)
{
    bool unchanged = false;
    uint32_t code = platform->guest->validate(va, large, valid, &unchanged);

    if (code == 0 && unchanged)
        panic(END_HOST, "a guest page was not as valid as it was left");
    return code;
}

/* Rights for the whole of it, page by page if the host has split it. */
static void must_grant(uint8_t *va, bool large, uint64_t rights)
{
    uint32_t code = platform->guest->set_rights(va, large, rights);

    if (large && code == FAIL_SIZE)
        for (uint64_t at = 0; at < RANGE_SIZE; at += PAGE_SIZE)
            must_grant(va + at, false, rights);
    else if (code != 0)
        panic(END_HOST, "the rights to a guest page can not be set");
}

static void must_invalidate(uint8_t *va, bool large)
{
    uint32_t code = change_validity(va, large, false);

    if (large && code == FAIL_SIZE)
        for (uint64_t at = 0; at < RANGE_SIZE; at += PAGE_SIZE)
            must_invalidate(va + at, false);
    else if (code != 0)
        panic(END_HOST, "a guest page can not be made invalid");
}

static uint64_t answer(uint32_t code)
{
    if (code == 0)
        return SVSM_SUCCESS;
    if (code == FAIL_INPUT || code == FAIL_PERMISSION || code == FAIL_SIZE)
        return SVSM_PVALIDATE_FAILED + code;
    return SVSM_PVALIDATE_UNKNOWN;
}

static void set_state(uint64_t gpa, bool large, enum page_state state)
{
    if (large)
        pagestate_set_large(gpa, state);
    else
        pagestate_set(gpa, state);
}

uint64_t guestmemory_validate(uint64_t gpa, bool large)
{
    void *va = map(gpa, large);
    uint32_t code = change_validity(va, large, true);

    if (code != 0)
        return answer(code);
    machine_zero(va, size_of(large));
    must_grant(va, large, GUEST_RIGHTS_ALL);
    set_state(gpa, large, STATE_VALID);
    return SVSM_SUCCESS;
}

uint64_t guestmemory_invalidate(uint64_t gpa, bool large)
{
    void *va = map(gpa, large);
    uint32_t code = platform->guest->set_rights(va, large, GUEST_RIGHTS_NONE);

    if (large && code == FAIL_SIZE)
        return SVSM_PVALIDATE_SIZE;
    if (code != 0)
        panic(END_HOST, "the rights to a guest page can not be taken");
    must_invalidate(va, large);
    set_state(gpa, large, STATE_INVALID);
    return SVSM_SUCCESS;
}

/* Makes what is INVALID valid, as a list of the guest's would. */
static uint64_t give_invalid(uint64_t gpa, bool large)
{
    uint64_t result = guestmemory_validate(gpa, large);

    if (SELFCHECK)
        pagemodel_entry(gpa | PVALIDATE_VALID | (large ? PVALIDATE_2M : 0), result);
    return result;
}

static void give_page(uint64_t gpa)
{
    enum page_state state;

    if (pagestate_hold_any(gpa, false, &state) != SVSM_SUCCESS)
        panic(END_INVARIANT, "guest memory is in use before the guest starts");
    if (state == STATE_VALID)
        must_grant(map(gpa, false), false, GUEST_RIGHTS_ALL);
    else if (state == STATE_INVALID && give_invalid(gpa, false) != SVSM_SUCCESS)
        panic(END_MEMORY, "the host gave guest memory that cannot be validated");
    pagestate_release(gpa);
}

/* False: there is something in the range that has to be done page by page. */
static bool give_range(uint64_t gpa)
{
    enum page_state state;
    bool done;

    if (pagestate_hold_any(gpa, true, &state) != SVSM_SUCCESS)
        panic(END_INVARIANT, "guest memory is in use before the guest starts");
    done = state == STATE_INVALID && give_invalid(gpa, true) == SVSM_SUCCESS;
    pagestate_release(gpa);
    return done;
}

void guestmemory_give(uint64_t first, uint64_t end)
{
    for (uint64_t range = first; range < end; range += RANGE_SIZE)
        if (!give_range(range))
            for (uint64_t at = 0; at < RANGE_SIZE; at += PAGE_SIZE)
                give_page(range + at);
}
