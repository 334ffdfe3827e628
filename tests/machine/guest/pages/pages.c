/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's side of page states under a host that cheats: what a page holds that went to the host
 * and came back, a page that gets another backing, a large page that is split in the middle of a
 * call. The first word of the command line names the case. In all of them the guest sees the right
 * answer or nothing any more; a test says which it expects.
 */
#include "bare.h"

#define TARGET (SPARE + UINT64_C(0x400000))
#define RANGE  (SPARE + UINT64_C(0x800000))
#define MARKER UINT64_C(0x5afe5afe5afe5afe)
#define AS_IS  UINT64_C(8)

#define BEFORE_ZEROS 1 /* a mark, for the host */

static volatile uint64_t *words_at(uint64_t gpa)
{
    return (volatile uint64_t *)gpa;
}

static void fill(uint64_t gpa, uint64_t size)
{
    for (uint64_t i = 0; i < size / 8; i++)
        words_at(gpa)[i] = MARKER;
}

static void expect_words(uint64_t gpa, uint64_t size, uint64_t value, const char *what)
{
    for (uint64_t i = 0; i < size / 8; i++)
        expect_equal(words_at(gpa)[i], value, what);
}

/* The old text is back under the page; who validates it reads zeros. */
static void stale(void)
{
    for (unsigned i = 0; i < 3; i++) {
        fill(TARGET, PAGE);
        share(TARGET);
        unshare(TARGET);
        expect_words(TARGET, PAGE, 0, "a page that was the host's");
    }
}

/* A valid page is never validated again, whatever lies under it: what it held stays, or faults. */
static void again(void)
{
    fill(TARGET, PAGE);
    for (unsigned i = 0; i < 6; i++) {
        expect_equal(pvalidate(TARGET | ENTRY_VALIDATE), SVSM_PVALIDATE_UNCHANGED, "a valid page");
        expect_equal(pvalidate(TARGET | ENTRY_VALIDATE | AS_IS), SVSM_SUCCESS, "valid as it is");
        print("guest: looks\n");
        expect_words(TARGET, PAGE, MARKER, "a page that was valid all along");
    }
}

/* Made invalid and valid, by calls in any of which the host gives the page another backing. */
static void to_and_fro(void)
{
    for (unsigned i = 0; i < 6; i++) {
        fill(TARGET, PAGE);
        expect_equal(pvalidate(TARGET), SVSM_SUCCESS, "a page becomes invalid");
        expect_equal(pvalidate(TARGET | ENTRY_VALIDATE), SVSM_SUCCESS, "and valid");
        expect_words(TARGET, PAGE, 0, "a page that became valid");
    }
}

static uint64_t change_small(uint64_t bits)
{
    for (uint64_t at = RANGE; at < RANGE + LARGE; at += PAGE)
        expect_equal(pvalidate(at | bits), SVSM_SUCCESS, "a piece of a large page");
    return SVSM_SUCCESS;
}

/* As Linux does it: by 2 MiB, and by 4 KiB when the sizes differ. */
static void change_large(uint64_t bits)
{
    uint64_t result = pvalidate(RANGE | ENTRY_LARGE | bits);

    if (result == SVSM_PVALIDATE_SIZE)
        result = change_small(bits);
    expect_equal(result, SVSM_SUCCESS, "a large page");
    expect_equal(pvalidate(RANGE | bits), SVSM_PVALIDATE_UNCHANGED, "its first piece");
    expect_equal(pvalidate((RANGE + LARGE - PAGE) | bits), SVSM_PVALIDATE_UNCHANGED, "its last");
}

/* The second change is the longest call there is: the SVSM writes 2 MiB of zeros. */
static void large(void)
{
    for (unsigned i = 0; i < 2; i++) {
        fill(RANGE, LARGE);
        change_large(0);
        mark(BEFORE_ZEROS);
        change_large(ENTRY_VALIDATE);
        expect_words(RANGE, LARGE, 0, "a large page that became valid");
    }
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {{"stale", stale}, {"again", again}, {"to-and-fro", to_and_fro}, {"large", large}};

int guest_main(const char *words)
{
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (same_text(words, cases[i].name)) {
            cases[i].run();
            return 0;
        }
    print("guest: no such case\n");
    return 1;
}
