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

#define RUN_VMPL2     (2ull << 32 | 0x016)
#define MAKE_VMSA     (1ull << 16 | 1)
#define SIZE_MISMATCH 6u

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

/* Two pages that were both validated for one address: the host may show either, and nothing tells.
 */
static void case_swap(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW, OLD);
    mark(0);
    expect_trap("not validated", attempt(read_word, WINDOW), VC, 0x404);
    expect("validate the second", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW, NEW);
    mark(0);
    expect("the first", read_word(WINDOW), OLD);
    mark(0);
    expect("the second", read_word(WINDOW), NEW);
}

/* A page that went to the host and came back has its old text, where an honest host gives noise. */
static void case_stale(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW, OLD);
    page_state(WINDOW, SHARED);
    page_state(WINDOW, PRIVATE);
    expect("validate again", pvalidate(WINDOW, 0, 1), 0);
    expect("the old text", read_word(WINDOW), OLD);
}

/* What the host does at the mark takes a page's validation away. */
static void loses(uint64_t page)
{
    expect("validate 4 KiB", pvalidate(page, 0, 1), 0);
    write_word(page, OLD);
    mark(0);
    expect_trap("not validated", attempt(read_word, page), VC, 0x404);
}

static void case_take(void)
{
    loses(WINDOW);
}

/* In the middle of a guest's work with 2 MiB its RMP entry becomes many: the instructions say so,
 * the text stays. */
static void case_smash(void)
{
    expect("validate 2 MiB", pvalidate(BIG, 1, 1), 0);
    write_word(BIG, OLD);
    mark(0);
    expect("size mismatch", pvalidate(BIG, 1, 0), SIZE_MISMATCH);
    expect("a small one", rmpadjust(BIG, 0, VMPL_RW << 8 | 2), 0);
    expect("the text", read_word(BIG), OLD);
}

static void case_grow(void)
{
    loses(BIG);
    expect("validate 2 MiB", pvalidate(BIG, 1, 1), 0);
}

/* The page is said to be shared, and is the guest's as before. */
static void case_lie(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW, OLD);
    page_state(WINDOW, SHARED);
    expect("still private", read_word(WINDOW), OLD);
}

/* VMPL0 runs again though VMPL2 has not asked for it. */
static void case_run(void)
{
    vmpl_make(2);
    struct context *there = vmpl_context(2);
    there->job = mark;
    expect("run VMPL2", ghcb_msr_call(RUN_VMPL2), 0x017);
    expect("it has not come to its end", there->done, 0);
    expect("run VMPL2 again", ghcb_msr_call(RUN_VMPL2), 0x017);
    expect("now it has", there->done, 1);
}

static uint64_t low_nothing(uint64_t argument)
{
    return argument;
}

/* A VMSA that the guest never gave to the host runs as soon as it is one, and not before. */
static void case_start(void)
{
    vmpl_make(2);
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    vmpl_copy_vmsa(2, WINDOW);
    expect("make it a VMSA", rmpadjust(WINDOW, 0, MAKE_VMSA), 0);
    struct context *there = vmpl_context(2);
    there->job = low_nothing;
    mark(0);
    expect("it ran", there->done, 1);
}

static void case_start_revoked(void)
{
    vmpl_make(2);
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    vmpl_copy_vmsa(2, WINDOW);
    expect("make it a VMSA", rmpadjust(WINDOW, 0, MAKE_VMSA), 0);
    expect("and none", rmpadjust(WINDOW, 0, 1), 0);
    mark(0);
    die("it ran");
}

static void case_vmsa(void)
{
    vmpl_make(2);
    vmpl_run(2, low_nothing, 0);
    die("it ran");
}

/* Entries at any point, also between two instructions that belong together. */
static void case_pause(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW, OLD);
    bool gone = false;
    for (unsigned i = 0; i < TURNS && !gone; i++)
        gone = attempt(read_word, WINDOW);
    expect_trap("not validated", gone, VC, 0x404);
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
    {"hostile-swap", case_swap},
    {"hostile-stale", case_stale},
    {"hostile-take", case_take},
    {"hostile-smash", case_smash},
    {"hostile-grow", case_grow},
    {"hostile-lie", case_lie},
    {"hostile-run", case_run},
    {"hostile-start", case_start},
    {"hostile-start-revoked", case_start_revoked},
    {"hostile-vmsa", case_vmsa},
    {"hostile-pause", case_pause},
    {NULL, NULL},
};
