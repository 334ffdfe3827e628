/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The work behind PVALIDATE, and the guest's start, over an RMP that follows the architecture and a
 * host that splits large pages, refuses, and takes validity away whenever it likes. The guest gets
 * rights only to a page that is valid and was zeroed since, or was loaded for it; validity goes
 * after the rights. Only held pages in INVALID and VALID are mapped, so no other is in reach. The
 * table says what the RMP says; an answer other than success changes nothing; what ends the virtual
 * machine is the host's doing. A range has four pages here: its size is a number like any other.
 *
 * parts: 4
 * options: --unwind 9
 */
#define machine_zero machine_zero_of_x86
#include <machine.h>
#undef machine_zero
void machine_zero(void *start, uint64_t size);

#include <pagestate.h>
#undef RANGE_SHIFT
#define RANGE_SHIFT 14u

#include <guestmemory.c>

#include "proof.h"

#define LARGE  4u /* pages of a range */
#define RANGES 2u
#define PAGES  (LARGE * RANGES)

static struct {
    bool valid, granted, clean; /* zeroed since it became valid */
    bool taken;                 /* by the host, which may give another page instead */
} rmp[PAGES];
static bool split[RANGES]; /* the host has 4 KiB pages there */
static enum page_state states[PAGES];
static bool held[RANGES], giving;
static bool lied; /* the host, which may split pages as it likes, but not more */
static uint8_t *const memory = (uint8_t *)0x100000; /* where all of it would be mapped */

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)what;
    ASSERT(lied && (reason == END_HOST || (giving && reason == END_MEMORY)),
           "only a host that lies ends it");
    ASSUME(false);
    for (;;)
        ;
}

static unsigned pages_of(bool large)
{
    return large ? LARGE : 1;
}

/* Pages are looked for from the first one on, so that each access is to one of a constant number.
 */
static bool is_named(unsigned page, unsigned first, bool large)
{
    return page >= first && page < first + pages_of(large);
}

static unsigned page_at(const void *va, bool large)
{
    uint64_t offset = (uint64_t)va - (uint64_t)memory;

    ASSERT(offset % (large ? RANGE_SIZE : PAGE_SIZE) == 0, "aligned");
    ASSERT(offset / PAGE_SIZE < PAGES, "of this memory");
    return (unsigned)(offset / PAGE_SIZE);
}

static void take(unsigned page)
{
    lied = true;
    split[page / LARGE] = true;
    rmp[page].valid = rmp[page].granted = false;
    rmp[page].taken = true;
}

/* Between any two instructions the host may split a large page and take one away. */
static void host_turn(void)
{
    unsigned page = nondet_u32();

    if (nondet_bool())
        split[0] = true;
    for (unsigned i = 0; i < PAGES; i++)
        if (i == page)
            take(i);
}

/* What the instruction says of a size the host does not have there, or of anything it dislikes. */
static uint32_t refusal(unsigned first, bool large)
{
    host_turn();
    if (large && split[first / LARGE])
        return FAIL_SIZE;
    if (nondet_bool())
        return 0;
    lied = true;
    return nondet_u32();
}

/* What is not valid faults. */
static void access(unsigned page)
{
    ASSERT(rmp[page].valid || rmp[page].taken, "only what is valid is used");
    ASSUME(rmp[page].valid);
}

static void *map_page(enum guest_window window, uint64_t gpa)
{
    uint64_t first = gpa / PAGE_SIZE;

    ASSERT(gpa % (window == GUEST_WINDOW_LARGE ? RANGE_SIZE : PAGE_SIZE) == 0, "aligned");
    ASSERT(first < PAGES && held[first / LARGE], "held");
    for (unsigned i = 0; i < pages_of(window == GUEST_WINDOW_LARGE); i++)
        ASSERT(states[first + i] == STATE_INVALID || states[first + i] == STATE_VALID,
               "the guest's, and no vCPU's");
    return memory + gpa;
}

static uint32_t validate(void *va, bool large, bool valid, bool *unchanged)
{
    unsigned first = page_at(va, large);
    uint32_t code = refusal(first, large);

    if (code != 0)
        return code;
    for (unsigned i = 0; i < PAGES; i++) {
        if (!is_named(i, first, large))
            continue;
        if (i == first)
            *unchanged = rmp[i].valid == valid;
        ASSERT(valid || !rmp[i].granted, "rights go before validity does");
        rmp[i].clean = rmp[i].clean && rmp[i].valid && valid;
        rmp[i].valid = valid;
    }
    return 0;
}

static uint32_t set_rights(void *va, bool large, uint64_t rights)
{
    unsigned first = page_at(va, large);
    uint32_t code = refusal(first, large);

    ASSERT(rights == GUEST_RIGHTS_ALL || rights == GUEST_RIGHTS_NONE, "no other rights");
    if (code != 0)
        return code;
    for (unsigned i = 0; i < PAGES; i++) {
        if (!is_named(i, first, large))
            continue;
        access(i);
        ASSERT(rights == GUEST_RIGHTS_NONE || rmp[i].clean, "nothing but zeros, or the guest's");
        rmp[i].granted = rights == GUEST_RIGHTS_ALL;
    }
    return 0;
}

void machine_zero(void *start, uint64_t size)
{
    unsigned first = page_at(start, size != PAGE_SIZE);

    ASSERT(size == PAGE_SIZE || size == RANGE_SIZE, "a page, or a range");
    for (unsigned i = 0; i < PAGES; i++) {
        if (!is_named(i, first, size != PAGE_SIZE))
            continue;
        ASSERT(!rmp[i].granted, "not under the guest's hands");
        access(i);
        rmp[i].clean = true;
    }
}

static void check_page(unsigned page)
{
    bool valid = states[page] != STATE_INVALID;

    ASSERT(rmp[page].taken || rmp[page].valid == valid, "the table knows what is valid");
    ASSERT(rmp[page].taken || rmp[page].granted == valid, "and that the guest may use it");
}

static void set(unsigned page, enum page_state to)
{
    ASSERT(held[page / LARGE], "only what is held changes");
    ASSERT((states[page] == STATE_INVALID && to == STATE_VALID) ||
               (states[page] == STATE_VALID && to == STATE_INVALID),
           "along an edge");
    states[page] = to;
    check_page(page);
}

void pagestate_set(uint64_t gpa, enum page_state to)
{
    ASSERT(gpa / PAGE_SIZE < PAGES, "of this memory");
    for (unsigned i = 0; i < PAGES; i++)
        if (i == gpa / PAGE_SIZE)
            set(i, to);
}

void pagestate_set_large(uint64_t gpa, enum page_state to)
{
    ASSERT(gpa % RANGE_SIZE == 0, "a whole range");
    for (unsigned i = 0; i < LARGE; i++)
        pagestate_set(gpa + i * PAGE_SIZE, to);
}

static enum page_state state_of_all(uint64_t range)
{
    enum page_state first = states[range * LARGE], state = first;

    for (uint64_t i = range * LARGE; i < (range + 1) * LARGE; i++) {
        if (states[i] != STATE_INVALID && states[i] != STATE_VALID)
            return STATE_HOLE;
        if (states[i] != first)
            state = STATE_MIXED;
    }
    return state;
}

uint64_t pagestate_hold_any(uint64_t gpa, bool large, enum page_state *state)
{
    uint64_t range = gpa / RANGE_SIZE;

    if (range >= RANGES)
        return SVSM_INVALID_ADDRESS;
    ASSERT(!held[range], "once");
    held[range] = true;
    *state = large ? state_of_all(range) : states[gpa / PAGE_SIZE];
    return SVSM_SUCCESS;
}

void pagestate_release(uint64_t gpa)
{
    ASSERT(held[gpa / RANGE_SIZE], "what was held");
    held[gpa / RANGE_SIZE] = false;
}

static const struct platform_guest guest = {
    .map = map_page, .validate = validate, .set_rights = set_rights};
static const struct platform machine = {.guest = &guest};
const struct platform *platform = &machine;

/* The host may have done anything to a page before, but a page is not said to be valid then. */
static void any_page(unsigned page, enum page_state state)
{
    states[page] = state;
    rmp[page].valid = rmp[page].clean = state != STATE_INVALID && state != STATE_HOLE;
    rmp[page].granted = rmp[page].valid && !giving;
}

static bool is_defined(uint64_t result)
{
    return result == SVSM_SUCCESS || result == SVSM_PVALIDATE_FAILED + 1 ||
           result == SVSM_PVALIDATE_FAILED + 2 || result == SVSM_PVALIDATE_SIZE ||
           result == SVSM_PVALIDATE_UNKNOWN;
}

static void change(bool valid)
{
    enum page_state from = valid ? STATE_INVALID : STATE_VALID;
    enum page_state to = valid ? STATE_VALID : STATE_INVALID;
    bool large = nondet_bool();
    unsigned page = nondet_u32() % LARGE;
    uint64_t result, gpa;

    for (unsigned i = 0; i < PAGES; i++)
        any_page(i, from);
    page = large ? 0 : page;
    gpa = page * PAGE_SIZE;
    held[0] = true;
    split[0] = nondet_bool();
    result = valid ? guestmemory_validate(gpa, large) : guestmemory_invalidate(gpa, large);
    ASSERT(is_defined(result), "a defined result");
    for (unsigned i = 0; i < PAGES; i++) {
        bool named = i >= page && i < page + pages_of(large);

        ASSERT(states[i] == (named && result == SVSM_SUCCESS ? to : from), "it alone, or nothing");
        check_page(i);
    }
    REACHED(result == SVSM_SUCCESS && large && split[0]);
    REACHED(result == SVSM_PVALIDATE_SIZE && large);
    REACHED(result == SVSM_SUCCESS && !large && page == LARGE - 1);
}

static enum page_state any_state(void)
{
    static const enum page_state known[] = {STATE_HOLE, STATE_SVSM, STATE_INVALID, STATE_VALID};
    unsigned i = nondet_u32();

    ASSUME(i < 4);
    return known[i];
}

/* From this range on. */
static void give(unsigned first)
{
    enum page_state before[PAGES];

    giving = true;
    for (unsigned i = 0; i < PAGES; i++)
        any_page(i, before[i] = any_state());
    split[0] = nondet_bool();
    split[1] = nondet_bool();
    guestmemory_give(first * RANGE_SIZE, RANGES * RANGE_SIZE);
    for (unsigned i = 0; i < PAGES; i++) {
        bool guests =
            i >= first * LARGE && (before[i] == STATE_INVALID || before[i] == STATE_VALID);

        ASSERT(states[i] == (guests ? STATE_VALID : before[i]), "all that is the guest's is valid");
        ASSERT(guests ? rmp[i].granted || rmp[i].taken : !rmp[i].granted, "and nothing else given");
    }
    ASSERT(!held[0] && !held[1], "nothing is held any more");
    REACHED(before[0] == STATE_SVSM && before[1] == STATE_INVALID && before[2] == STATE_VALID);
    REACHED(before[4] == STATE_INVALID && before[7] == STATE_INVALID && !split[1]);
}

void harness(void)
{
    switch (PART) {
    case 0:
        change(true);
        break;
    case 1:
        change(false);
        break;
    default:
        give(PART - 2);
    }
}
