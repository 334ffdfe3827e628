/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * REMAP_CA, CREATE_VCPU and DELETE_VCPU, with any registers, by one vCPU about itself and another
 * in any state: a defined result; a refusal leaves every page and vCPU as it was. Saved state is a
 * page that was the guest's and valid, which the guest has lost the right to write before it is
 * looked at, and that may be run; a calling area was such a page too, or the same vCPU's. Pages
 * change while they are held, and nothing is held afterwards. A vCPU that somebody else has taken
 * is left alone, and so is the first one's own state.
 *
 * parts: 7
 * options: --unwind 7 --max-field-sensitivity-array-size 8
 */
#include <machine.h>
#undef MACHINE_FPU_BYTES
#define MACHINE_FPU_BYTES 8u /* which no part of this touches */

#include <vcpu.c>
#include <vcpu_calls.c>

#include "proof.h"

/* Pages there are, and those that the call names: it may name the others again. */
enum { OWN_AREA, VMSA, AREA, FIRST, SECOND, PAGES };

static struct vcpu all[2]; /* the caller, which is the first, and the other */
static struct cpu processors[2];
static struct {
    uint64_t gpa, rights;
    enum page_state state;
    unsigned holds;
} pages[PAGES], before[PAGES];
struct placed {
    uint32_t state;
    uint64_t vmsa, area;
};
static struct placed own, other; /* as they were */
static uint8_t bytes[PAGES];     /* what is seen of them */
static bool sound;
static struct guest_registers registers;

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)reason;
    (void)what;
    ASSERT(false, "no call ends the virtual machine");
    ASSUME(false);
    for (;;)
        ;
}

/* Pages are found by cases, so that what is done to one is done to one of a constant number. */
static void is_none(void)
{
    ASSERT(false, "a page that the call is about");
    ASSUME(false);
}

static uint64_t hold(unsigned i, enum page_state expected)
{
    if (nondet_bool())
        return SVSM_BUSY;
    if (pages[i].state != expected)
        return SVSM_INVALID_ADDRESS;
    pages[i].holds++;
    return SVSM_SUCCESS;
}

uint64_t pagestate_hold(uint64_t gpa, enum page_state expected)
{
    ASSERT(gpa % PAGE_SIZE == 0, "a whole page");
    for (unsigned i = 0; i < PAGES; i++)
        if (pages[i].gpa == gpa)
            return hold(i, expected);
    is_none();
    return SVSM_BUSY;
}

static void release(unsigned i)
{
    ASSERT(pages[i].holds != 0, "what was held");
    pages[i].holds--;
}

void pagestate_release(uint64_t gpa)
{
    for (unsigned i = 0; i < PAGES; i++)
        if (pages[i].gpa == gpa) {
            release(i);
            return;
        }
    is_none();
}

static void set(unsigned i, enum page_state to)
{
    ASSERT(pages[i].holds != 0, "only what is held changes");
    ASSERT(pages[i].state == STATE_VALID ? to == STATE_VMSA || to == STATE_CALLING
                                         : to == STATE_VALID,
           "along an edge");
    pages[i].state = to;
}

void pagestate_set(uint64_t gpa, enum page_state to)
{
    for (unsigned i = 0; i < PAGES; i++)
        if (pages[i].gpa == gpa) {
            set(i, to);
            return;
        }
    is_none();
}

static void *map(enum guest_window window, uint64_t gpa)
{
    ASSERT(window == GUEST_WINDOW_PAGE, "one page");
    for (unsigned i = 0; i < PAGES; i++)
        if (pages[i].gpa == gpa) {
            ASSERT(pages[i].holds != 0, "held");
            return &bytes[i];
        }
    is_none();
    return NULL;
}

/* Fails where the processor does: on saved state that runs now. */
static uint32_t change(unsigned i, uint64_t rights)
{
    ASSERT(pages[i].holds != 0, "held");
    if (pages[i].rights == GUEST_RIGHTS_VMSA && nondet_bool())
        return 3;
    ASSERT(rights != GUEST_RIGHTS_VMSA || (pages[i].rights == GUEST_RIGHTS_NONE && sound),
           "looked at, and good");
    pages[i].rights = rights;
    return 0;
}

static uint32_t change_rights(void *page, bool large, uint64_t rights)
{
    ASSERT(!large, "one page");
    for (unsigned i = 0; i < PAGES; i++)
        if (page == &bytes[i])
            return change(i, rights);
    is_none();
    return 3;
}

static bool is_sound(const void *page)
{
    for (unsigned i = 0; i < PAGES; i++)
        ASSERT(page != &bytes[i] || pages[i].rights == GUEST_RIGHTS_NONE,
               "nobody writes what is looked at");
    return sound;
}

static void runnable(void *page)
{
    for (unsigned i = 0; i < PAGES; i++)
        ASSERT(page != &bytes[i] || pages[i].state == STATE_VMSA, "of a vCPU");
}

static void attach(uint64_t vmsa, uint64_t area)
{
    ASSERT(vmsa == all[0].vmsa && area == all[0].area, "the caller's own");
}

static const struct platform_guest guest = {.map = map,
                                            .set_rights = change_rights,
                                            .vmsa_is_sound = is_sound,
                                            .disable = runnable,
                                            .enable = runnable,
                                            .attach = attach};
static const struct platform machine = {.guest = &guest};
const struct platform *platform = &machine;

static uint64_t rights_in(enum page_state state)
{
    return state == STATE_VMSA ? GUEST_RIGHTS_VMSA : GUEST_RIGHTS_ALL;
}

static void any_page(unsigned i, enum page_state state)
{
    pages[i].state = state;
    pages[i].rights = rights_in(state);
}

static void any_world(void)
{
    static const enum page_state states[] = {STATE_HOLE,  STATE_SVSM, STATE_INVALID,
                                             STATE_VALID, STATE_VMSA, STATE_CALLING};
    unsigned first = nondet_u32(), second = nondet_u32();

    ASSUME(first < 6 && second < 6);
    any_page(FIRST, states[first]);
    any_page(SECOND, states[second]);
    any_page(OWN_AREA, STATE_CALLING);
    pages[OWN_AREA].gpa = 0x1000;
    pages[VMSA].gpa = 0x2000;
    pages[AREA].gpa = 0x3000;
    vcpus = all;
    vcpu_count = 2;
    all[0].cpu = &processors[0];
    all[0].state = VCPU_TAKEN;
    all[0].vmsa = 0x100000;
    all[0].area = 0x1000;
    all[0].attached = 1;
    all[1].cpu = &processors[1];
    all[1].state = nondet_u32();
    ASSUME(all[1].state <= VCPU_ANSWERED);
    if (all[1].state != VCPU_ABSENT) {
        all[1].vmsa = 0x2000;
        all[1].area = 0x3000;
        any_page(VMSA, STATE_VMSA);
        any_page(AREA, STATE_CALLING);
    } else {
        any_page(VMSA, STATE_VALID);
        any_page(AREA, STATE_VALID);
    }
    processors[0].online = true;
    processors[1].apic_id = 1;
    processors[1].online = nondet_bool();
    sound = nondet_bool();
}

static struct placed placed(const struct vcpu *vcpu)
{
    return (struct placed){vcpu->state, vcpu->vmsa, vcpu->area};
}

static void remember(void)
{
    for (unsigned i = 0; i < PAGES; i++)
        before[i] = pages[i];
    own = placed(&all[0]);
    other = placed(&all[1]);
}

static bool is_same(const struct vcpu *now, const struct placed *then)
{
    return now->state == then->state && now->vmsa == then->vmsa && now->area == then->area;
}

static void check_all(uint64_t result, uint64_t rcx)
{
    ASSERT(result == SVSM_SUCCESS || result == SVSM_INVALID_PARAMETER ||
               result == SVSM_INVALID_ADDRESS || result == SVSM_BUSY || result == SVSM_VCPU_IN_USE,
           "a defined result");
    ASSERT(registers.rcx == rcx, "registers stay");
    for (unsigned i = 0; i < PAGES; i++) {
        ASSERT(pages[i].holds == 0, "nothing is held any more");
        ASSERT(pages[i].rights == rights_in(pages[i].state), "rights as the state says");
        ASSERT(result == SVSM_SUCCESS || pages[i].state == before[i].state, "refused: as it was");
    }
    ASSERT(result == SVSM_SUCCESS || (is_same(&all[0], &own) && is_same(&all[1], &other)),
           "refused: as it was");
}

static enum page_state state_of(uint64_t gpa)
{
    for (unsigned i = 0; i < PAGES; i++)
        if (pages[i].gpa == gpa)
            return pages[i].state;
    is_none();
    return STATE_HOLE;
}

static void remap(void)
{
    uint64_t rcx = registers.rcx, result = vcpu_remap(&all[0], &registers);

    check_all(result, rcx);
    ASSERT(is_same(&all[1], &other), "its own affair");
    if (result != SVSM_SUCCESS)
        return;
    ASSERT(all[0].area == rcx && state_of(rcx) == STATE_CALLING, "there");
    ASSERT(all[0].vmsa == own.vmsa && all[0].state == own.state, "and nothing else");
    ASSERT(rcx == 0x1000 || pages[OWN_AREA].state == STATE_VALID, "the old page is the guest's");
    REACHED(rcx != 0x1000);
}

/* A constant for the processor, so that what cannot happen is not walked through. */
static void begin(uint64_t processor)
{
    uint64_t rcx = registers.rcx, result;
    bool again = other.state == VCPU_GUEST;

    registers.r8 = processor;
    result = vcpu_create(&all[0], &registers);
    ASSERT((uint32_t)processor == 1 || result == SVSM_INVALID_PARAMETER, "not its own, no other");
    check_all(result, rcx);
    ASSERT(is_same(&all[0], &own), "another than the caller");
    if (result != SVSM_SUCCESS)
        return;
    ASSERT(sound && (uint32_t)registers.r8 == 1 && processors[1].online, "one that can run");
    ASSERT(again || other.state == VCPU_ABSENT, "and that nobody has taken");
    ASSERT(all[1].state == VCPU_GUEST && all[1].vmsa == rcx && all[1].area == registers.rdx &&
               all[1].unheard == 1 && all[1].attached == 0,
           "from there");
    ASSERT(state_of(rcx) == STATE_VMSA && state_of(registers.rdx) == STATE_CALLING,
           "pages of a vCPU");
    ASSERT(!again || all[1].area == other.area || pages[AREA].state == STATE_VALID,
           "the old area is the guest's");
    ASSERT(!again || pages[VMSA].state == STATE_VMSA, "the old state waits to be deleted");
    REACHED(again && registers.rdx == other.area);
    REACHED(again && registers.rdx != other.area);
    REACHED(!again);
}

/* An address of its current state, of another page, or any when there is no vCPU. */
static void destroy(uint64_t rcx)
{
    bool current = other.state != VCPU_ABSENT && rcx == other.vmsa;
    uint64_t result;

    registers.rcx = pages[FIRST].gpa = rcx;
    result = vcpu_delete(&all[0], &registers);
    check_all(result, rcx);
    ASSERT(is_same(&all[0], &own), "another than the caller");
    if (result != SVSM_SUCCESS)
        return;
    ASSERT(state_of(rcx) == STATE_VALID, "the guest's again");
    ASSERT(current ? all[1].state == VCPU_ABSENT && other.state == VCPU_GUEST &&
                         pages[AREA].state == STATE_VALID
                   : is_same(&all[1], &other),
           "with all it had, or an old state");
    REACHED(current);
    REACHED(!current);
}

void harness(void)
{
    any_world();
    ANYTHING(&registers);
    pages[FIRST].gpa = registers.rcx;
    pages[SECOND].gpa = registers.rdx;
    remember();
    switch (PART) {
    case 0:
        remap();
        break;
    case 1:
        begin(UINT64_C(0x5500000001));
        break;
    case 2:
        begin(0);
        break;
    case 3:
        begin(2);
        break;
    case 4:
        destroy(0x2000);
        break;
    case 5:
        destroy(0x7000);
        break;
    default:
        ASSUME(all[1].state == VCPU_ABSENT);
        all[1].state = other.state = VCPU_ABSENT;
        destroy(registers.rcx);
    }
}
