/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calling areas that move, and what can be no processor: saved state that must not run, pages that
 * are not the guest's, processors that there are not. Whatever is refused leaves all pages as they
 * were, with the rights they had.
 */
#include "fuzz.h"

#define REMAP  CALL(0, 0)
#define CREATE CALL(0, 2)
#define DELETE CALL(0, 3)

static uint8_t areas[OWN_MOST][AREAS][PAGE] __attribute__((aligned(4096)));
static uint8_t states[OWN_MOST][PAGE] __attribute__((aligned(4096)));

uint64_t fuzz_foreign_page(struct fuzz *fuzz)
{
    const struct secrets *secrets = (const struct secrets *)SECRETS;
    uint64_t pages = secrets->svsm_size / PAGE;

    switch (fuzz_random(fuzz, 4)) {
    case 0:
        return secrets->svsm_base + fuzz_random(fuzz, pages) * PAGE;
    case 1:
        return UINT64_C(0xfee00000) + fuzz_random(fuzz, 0x100000) * PAGE;
    case 2:
        if (fuzz_processors > 1)
            return processor_vmsa(1 + (unsigned)fuzz_random(fuzz, fuzz_processors - 1));
        /* fall through */
    default:
        return (uint64_t)calling_area();
    }
}

/* ---- REMAP_CA ---- */

/* The flag in the new area is cleared, the old one is an ordinary page again. */
static void move_area(struct fuzz *fuzz)
{
    uint64_t old = (uint64_t)calling_area();
    uint64_t new = (uint64_t)areas[this_processor()][fuzz_random(fuzz, AREAS)];
    struct svsm_call call = {.rax = REMAP, .rcx = new, .rdx = fuzz_word(fuzz)};
    uint64_t result;

    if (new != old)
        *(volatile uint8_t *)new = 1;
    result = fuzz_call(fuzz, &call);
    if (result == SVSM_BUSY)
        return;
    expect_equal(result, SVSM_SUCCESS, "another calling area");
    expect(*(volatile uint8_t *)new == 0, "the flag in it");
    set_calling_area(new);
}

void remap_turn(struct fuzz *fuzz)
{
    struct svsm_call call = {.rax = REMAP, .r8 = fuzz_word(fuzz)};

    switch (fuzz_random(fuzz, 6)) {
    case 0:
        call.rcx = fuzz_word(fuzz) | 1 << fuzz_random(fuzz, 12);
        fuzz_expect(fuzz, call, SVSM_INVALID_PARAMETER, "a calling area in two pages");
        break;
    case 1:
        call.rcx = fuzz_foreign_page(fuzz);
        if (call.rcx != (uint64_t)calling_area())
            fuzz_expect_or_busy(fuzz, call, SVSM_INVALID_ADDRESS, "a calling area where none is");
        break;
    case 2:
        call.rcx = own_page(fuzz, false);
        if (call.rcx != 0)
            fuzz_expect(fuzz, call, SVSM_INVALID_ADDRESS, "a calling area that is not valid");
        break;
    default:
        move_area(fuzz);
    }
}

/* ---- CREATE_VCPU ---- */

static void never(uint64_t argument)
{
    (void)argument;
    expect(false, "saved state that may not run");
}

/* One thing in it is wrong. */
static uint64_t bad_state(struct fuzz *fuzz, unsigned processor)
{
    static const struct {
        unsigned offset, width;
        uint64_t value;
    } wrong[] = {
        {0x0ca, 1, 0},     {0x0ca, 1, 1}, {0x0ca, 1, 3},    {0x0ca, 1, 0xff},
        {0x0d0, 8, 0x500}, {0x3b0, 8, 0}, {0x3b0, 8, 0x21}, {0x3b0, 8, 3},
    };
    unsigned i = (unsigned)fuzz_random(fuzz, sizeof(wrong) / sizeof(wrong[0]));
    uint8_t *state = states[this_processor()];

    fill_vmsa(state, processor, never, 0);
    if (wrong[i].width == 1)
        *(volatile uint8_t *)(state + wrong[i].offset) = (uint8_t)wrong[i].value;
    else
        *(volatile uint64_t *)(state + wrong[i].offset) = wrong[i].value;
    return (uint64_t)state;
}

/* A page of this processor's own with nothing wrong about it. */
static uint64_t good_page(struct fuzz *fuzz)
{
    uint64_t page = own_page(fuzz, true);

    return page != 0 ? page : (uint64_t)states[this_processor()];
}

static void create_bad_state(struct fuzz *fuzz, struct svsm_call call)
{
    call.rcx = bad_state(fuzz, (unsigned)call.r8);
    call.rdx = own_page(fuzz, true);
    if (call.rdx == 0)
        return;
    fuzz_expect_or_busy(fuzz, call, SVSM_INVALID_PARAMETER, "saved state that may not run");
    *(volatile uint64_t *)call.rcx = 1; /* as before, it may be written */
    own_look(fuzz, call.rdx);
}

/* A page for one purpose that is none of the guest's, or not valid, or the same as the other. */
static void create_bad_page(struct fuzz *fuzz, struct svsm_call call)
{
    uint64_t bad = fuzz_foreign_page(fuzz), good = good_page(fuzz);

    if (fuzz_random(fuzz, 2) == 0)
        bad = own_page(fuzz, false);
    if (bad == 0)
        bad = good;
    call.rcx = good;
    call.rdx = bad;
    if (fuzz_random(fuzz, 2) == 0) {
        call.rcx = bad;
        call.rdx = good;
    }
    fuzz_expect_or_busy(fuzz, call, SVSM_INVALID_ADDRESS, "a processor in a bad page");
}

static void create_bad_word(struct fuzz *fuzz, struct svsm_call call)
{
    call.rcx = good_page(fuzz);
    call.rdx = fuzz_race_page(fuzz);
    switch (fuzz_random(fuzz, 4)) {
    case 0:
        call.rcx = fuzz_word(fuzz) | 1 << fuzz_random(fuzz, 12);
        break;
    case 1:
        call.rdx = fuzz_word(fuzz) | 1 << fuzz_random(fuzz, 12);
        break;
    case 2:
        call.r8 = this_processor();
        break;
    default:
        call.r8 = PROCESSORS + (uint32_t)fuzz_word(fuzz) % (UINT32_MAX - PROCESSORS);
    }
    fuzz_expect(fuzz, call, SVSM_INVALID_PARAMETER, "a processor that can not be");
}

/* Anything: a page of noise is no processor, but others want these pages too. */
static void create_noise(struct fuzz *fuzz, struct svsm_call call)
{
    call.rcx = fuzz_random(fuzz, 3) == 0 ? fuzz_word(fuzz) : fuzz_race_page(fuzz);
    call.rdx = fuzz_random(fuzz, 3) == 0 ? fuzz_word(fuzz) : fuzz_race_page(fuzz);
    call.r8 = fuzz_random(fuzz, 3) == 0 ? fuzz_word(fuzz) : fuzz_random(fuzz, PROCESSORS + 4);
    expect(fuzz_call(fuzz, &call) != SVSM_SUCCESS, "a page of noise is no processor");
}

/* For another processor, which runs and goes on running. */
void create_turn(struct fuzz *fuzz)
{
    static void (*const turns[])(struct fuzz *, struct svsm_call) = {
        create_bad_state, create_bad_page, create_bad_word, create_noise};
    unsigned turn = (unsigned)fuzz_random(fuzz, sizeof(turns) / sizeof(turns[0]));
    unsigned other = this_processor() + 1 + (unsigned)fuzz_random(fuzz, fuzz_processors - 1);
    struct svsm_call call = {.rax = CREATE, .r8 = other % fuzz_processors};

    turns[turn](fuzz, call);
}

/* ---- DELETE_VCPU ---- */

static bool is_state(uint64_t gpa)
{
    for (unsigned i = 1; i < fuzz_processors; i++)
        if (gpa == processor_vmsa(i))
            return true;
    return false;
}

/* Nothing that is another processor's: that would be the end of it. */
void delete_turn(struct fuzz *fuzz)
{
    struct svsm_call call = {.rax = DELETE, .rdx = fuzz_word(fuzz), .r8 = fuzz_word(fuzz)};
    uint64_t own = own_page(fuzz, true);

    switch (fuzz_random(fuzz, 4)) {
    case 0: /* the one that asks */
        call.rcx = processor_vmsa(this_processor());
        break;
    case 1:
        call.rcx = own != 0 ? own : fuzz_race_page(fuzz);
        break;
    case 2:
        call.rcx = fuzz_word(fuzz);
        break;
    default:
        call.rcx = fuzz_foreign_page(fuzz);
    }
    if (is_state(call.rcx) && call.rcx != processor_vmsa(this_processor()))
        return;
    fuzz_expect_or_busy(fuzz, call, SVSM_INVALID_PARAMETER, "a processor that is none");
    if (call.rcx == own && own != 0)
        own_look(fuzz, own);
}
