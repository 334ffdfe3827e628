/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest with memory above 4 GiB: what is there is the guest's from the start, zeros, and its
 * pages go and come by calls as those below do; its end is an end.
 */
#include "bare.h"

#define HIGH_SIZE UINT64_C(0x4000000) /* as the file says */
#define MARKER    UINT64_C(0x5afe000000000000)

static volatile uint64_t *word_at(uint64_t gpa)
{
    return (volatile uint64_t *)(gpa - HIGH + HIGH_VIEW);
}

/* A word in each 2 MiB, different everywhere, so that no two pages are one. */
static void use(void)
{
    for (uint64_t gpa = HIGH; gpa < HIGH + HIGH_SIZE; gpa += LARGE) {
        expect_equal(*word_at(gpa), 0, "memory at the start");
        *word_at(gpa) = MARKER | gpa;
    }
    for (uint64_t gpa = HIGH; gpa < HIGH + HIGH_SIZE; gpa += LARGE)
        expect_equal(*word_at(gpa), MARKER | gpa, "what was written");
}

static void change(uint64_t gpa, uint64_t size)
{
    *word_at(gpa) = MARKER;
    expect_equal(pvalidate(gpa | size), SVSM_SUCCESS, "becomes invalid");
    expect_equal(pvalidate(gpa | size | ENTRY_VALIDATE), SVSM_SUCCESS, "becomes valid");
    expect_equal(*word_at(gpa), 0, "a page that became valid");
}

int guest_main(const char *words)
{
    (void)words;
    use();
    change(HIGH + HIGH_SIZE - LARGE, ENTRY_LARGE);
    change(HIGH + HIGH_SIZE - PAGE, 0);
    expect_equal(*word_at(HIGH), MARKER | HIGH, "its neighbour");
    expect_equal(pvalidate(HIGH - PAGE), SVSM_INVALID_ADDRESS, "the hole below");
    expect_equal(pvalidate((HIGH + (UINT64_C(1) << 40)) | ENTRY_VALIDATE), SVSM_INVALID_ADDRESS,
                 "no memory");
    return 0;
}
