/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ownership: page states, what a page holds after it changes hands, shared and private views.
 */
#include "guest.h"

#define VC      29u
#define PRIVATE 1u
#define SHARED  2u
#define TEXT    0x1122334455667788ull
#define PSC     0x80000010ull

static uint64_t read_word(uint64_t address)
{
    return *(volatile uint64_t *)address;
}

static void write_word(uint64_t address, uint64_t value)
{
    *(volatile uint64_t *)address = value;
}

static unsigned equal_words(uint64_t page, uint64_t value)
{
    unsigned equal = 0;
    for (uint64_t at = page; at < page + PAGE; at += 8)
        equal += read_word(at) == value;
    return equal;
}

static void fill(uint64_t page)
{
    for (uint64_t at = page; at < page + PAGE; at += 8)
        write_word(at, TEXT);
}

/* A text does not survive a change of hands, in either direction. */
static void case_scramble(void)
{
    page_state(OPEN, PRIVATE);
    expect("validate", pvalidate(OPEN, 0, 1), 0);
    fill(OPEN);
    expect("private text", equal_words(OPEN, TEXT), 512);
    page_state(OPEN, SHARED);
    expect("private to shared", equal_words(OPEN + ALIAS, TEXT), 0);
    fill(OPEN + ALIAS);
    expect("shared text", equal_words(OPEN + ALIAS, TEXT), 512);
    page_state(OPEN, PRIVATE);
    expect("validate", pvalidate(OPEN, 0, 1), 0);
    expect("shared to private", equal_words(OPEN, TEXT), 0);
    expect("no zeros either", equal_words(OPEN, 0) < 4, true);
}

/* Assigning again loses "validated" and all rights of lower VMPLs; a change to the state a page
 * has already changes nothing. */
static void case_reassign(void)
{
    uint64_t rdx = 2, rcx;
    page_state(OPEN, PRIVATE);
    expect("validate", pvalidate(OPEN, 0, 1), 0);
    expect("grant", rmpadjust(OPEN, 0, VMPL_ALL << 8 | 2), 0);
    write_word(OPEN, TEXT);
    page_state(OPEN, PRIVATE);
    expect("still there", read_word(OPEN), TEXT);
    page_state(OPEN, SHARED);
    page_state(OPEN, PRIVATE);
    expect_trap("not validated", attempt(read_word, OPEN), VC, 0x404);
    expect("validate", pvalidate(OPEN, 0, 1), 0);
    expect("query", rmpquery(OPEN, &rdx, &rcx), 0);
    expect("rights are gone", rdx, 0);
}

/* The two views of one page: reading the private one through C-bit 0 shows ciphertext. */
static void case_ciphertext(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    fill(WINDOW);
    expect("no text through the shared view", equal_words(WINDOW + ALIAS, TEXT), 0);
    expect("the text is intact", equal_words(WINDOW, TEXT), 512);
}

/* The same text at two places differs in ciphertext. */
static void case_tweak(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    expect("validate", pvalidate(WINDOW + PAGE, 0, 1), 0);
    fill(WINDOW);
    fill(WINDOW + PAGE);
    unsigned equal = 0;
    for (uint64_t at = 0; at < PAGE; at += 8)
        equal += read_word(WINDOW + ALIAS + at) == read_word(WINDOW + PAGE + ALIAS + at);
    expect("ciphertexts", equal, 0);
}

/* Private access to a page of the host's: it makes it private and the guest finds it unvalidated.
 */
static void case_implicit_private(void)
{
    expect_trap("private read", attempt(read_word, OPEN + 5 * PAGE), VC, 0x404);
    expect("CR2", context()->trap.cr2, OPEN + 5 * PAGE);
    expect("validate", pvalidate(OPEN + 5 * PAGE, 0, 1), 0);
}

/* Shared write to a page of the guest's: the host makes it shared. */
static void case_implicit_shared(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW + ALIAS, TEXT);
    expect("shared", read_word(WINDOW + ALIAS), TEXT);
    expect_trap("no longer private", attempt(read_word, WINDOW), VC, 0x404);
}

static uint64_t large_change(uint64_t gpa, uint64_t operation)
{
    struct ghcb_call call = {PSC, 0, 0, 0};
    volatile uint64_t *buffer = ghcb_buffer();
    buffer[0] = 0;
    buffer[1] = gpa | operation << 52 | 1ull << 56;
    ghcb_call(&call);
    return call.info2;
}

/* A large page state change, and 2 MiB entries all the way. */
static void case_large(void)
{
    expect("to shared", large_change(BIG, SHARED), 0);
    write_word(BIG + ALIAS + LARGE - 8, TEXT);
    expect("to private", large_change(BIG, PRIVATE), 0);
    expect_trap("not validated", attempt(read_word, BIG), VC, 0x404);
    expect("validate 2 MiB", pvalidate(BIG, 1, 1), 0);
    expect("noise", read_word(BIG + LARGE - 8) != TEXT, true);
    write_word(BIG, TEXT);
    expect("rescind one page of it", pvalidate(BIG + PAGE, 0, 0), 0);
    page_state(BIG + PAGE, SHARED);
    expect("its neighbour keeps its text", read_word(BIG), TEXT);
}

/* ---- Another CPU ---- */

static volatile uint64_t phase;

static uint64_t spin_reading(uint64_t address)
{
    uint64_t count = 0;
    while (phase < 2) {
        count += read_word(address) == TEXT;
        phase |= count > 1000;
    }
    return count;
}

/* A CPU that has the page in its TLB must not see it once PVALIDATE has rescinded it here. */
static void case_shootdown(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    write_word(WINDOW, TEXT);
    cpu_start(1, spin_reading, WINDOW);
    while (phase < 1)
        __asm__ volatile("pause");
    expect("rescind", pvalidate(WINDOW, 0, 0), 0);
    for (uint64_t i = 0; i < 100000000; i++)
        __asm__ volatile("pause");
    die("the other CPU did not notice");
}

static uint64_t count_up(uint64_t address)
{
    for (unsigned i = 0; i < 10000; i++)
        __atomic_add_fetch((uint64_t *)address, 1, __ATOMIC_SEQ_CST);
    return 1;
}

static uint64_t shared_count;

static void case_smp(void)
{
    for (unsigned cpu = 1; cpu < 4; cpu++)
        cpu_start(cpu, count_up, (uint64_t)(uintptr_t)&shared_count);
    count_up((uint64_t)(uintptr_t)&shared_count);
    while (__atomic_load_n(&shared_count, __ATOMIC_SEQ_CST) != 40000)
        __asm__ volatile("pause");
}

const struct test_case memory_cases[] = {
    {"scramble", case_scramble},
    {"reassign", case_reassign},
    {"ciphertext", case_ciphertext},
    {"tweak", case_tweak},
    {"implicit-private", case_implicit_private},
    {"implicit-shared", case_implicit_shared},
    {"large", case_large},
    {"shootdown", case_shootdown},
    {"smp", case_smp},
    {0},
};
