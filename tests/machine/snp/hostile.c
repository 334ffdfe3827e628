/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest sees of a hostile host: each case is run with the behaviour of its name (see
 * CMakeLists.txt) and passes only if the attack took place and showed as hardware would let it.
 *
 * The guest marks a point with a GHCB call that does nothing (WBINVD), which the host's option
 * "after" names.
 */
#include "guest.h"

#define WBINVD   0x89ull
#define FEATURES 0x8000FFFDull
#define PSC      0x80000010ull
#define VC       29u
#define PRIVATE  1u
#define SHARED   2u
#define OLD      0x6F6C642074657874ull
#define NEW      0x6E65772074657874ull
#define FORGED   0xDEADull
#define WATCHED  (OPEN + PAGE)
#define TURNS    2000000u

static uint64_t mark(uint64_t unused)
{
    struct ghcb_call call = {WBINVD, 0, 0, 0};
    (void)unused;
    ghcb_call(&call);
    return 0;
}

static uint64_t read_word(uint64_t address)
{
    return *(volatile uint64_t *)address;
}

static void write_word(uint64_t address, uint64_t value)
{
    *(volatile uint64_t *)address = value;
}

/* Another page lies behind the address: it was never validated, and validating it does not bring
 * the text back. */
static void case_remap(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW, OLD);
    mark(0);
    expect_trap("not validated", attempt(read_word, WINDOW), VC, 0x404);
    expect("validate again", pvalidate(WINDOW, 0, 1), 0);
    expect("the text is gone", read_word(WINDOW) == OLD, false);
}

/* The old ciphertext is back in place. Hardware only tells by the lost validation: who validates
 * twice reads the old text. */
static void case_replay(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW, OLD);
    mark(0);
    write_word(WINDOW, NEW);
    mark(0);
    expect_trap("not validated", attempt(read_word, WINDOW), VC, 0x404);
    expect("validate again", pvalidate(WINDOW, 0, 1), 0);
    expect("the old text", read_word(WINDOW), OLD);
}

static void case_forge(void)
{
    struct ghcb_call call = {FEATURES, 0, 0, 0};
    ghcb_call(&call);
    expect("the true answer first", call.info2 & 3, 3);
    call = (struct ghcb_call){FEATURES, 0, 0, 0};
    ghcb_call(&call);
    expect("the forged answer", call.info2, FORGED);
}

static void case_forge_msr(void)
{
    expect("registration refused", ghcb_msr_call(OPEN | 0x012), FORGED);
}

/* The host reads another list than the guest wrote: the page it names is not the guest's. */
static void case_tamper(void)
{
    volatile uint64_t *buffer = ghcb_buffer();
    buffer[0] = 0;
    buffer[1] = OPEN | (uint64_t)PRIVATE << 52;
    struct ghcb_call call = {PSC, 0, 0, 0};
    ghcb_call(&call);
    expect("header refused", call.info2, 0x100000001);
}

/* A word in a shared page that nobody of ours writes takes both values. */
static void case_race(void)
{
    bool seen[2] = {false, false};
    for (unsigned i = 0; i < TURNS && !(seen[0] && seen[1]); i++)
        seen[read_word(WATCHED + ALIAS) == FORGED] = true;
    expect("the zero", seen[0], true);
    expect("the other value", seen[1], true);
}

static uint64_t mark_and_go_on(uint64_t unused)
{
    mark(unused);
    return 0;
}

/* An event out of nowhere, with an error code of the host's choice. */
static void case_inject_vc(void)
{
    expect_trap("#VC", attempt(mark_and_go_on, 0), VC, 0x72);
}

static void case_inject_gp(void)
{
    expect_trap("#GP", attempt(mark_and_go_on, 0), 13, 0x1234);
}

const struct test_case hostile_cases[] = {
    {"hostile-remap", case_remap},
    {"hostile-replay", case_replay},
    {"hostile-forge", case_forge},
    {"hostile-forge-msr", case_forge_msr},
    {"hostile-tamper", case_tamper},
    {"hostile-race", case_race},
    {"hostile-inject-vc", case_inject_vc},
    {"hostile-inject-gp", case_inject_gp},
    {NULL, NULL},
};
