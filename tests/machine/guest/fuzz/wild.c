/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls with any words: memory that all processors want at once, lists that others write to
 * meanwhile, and noise. A processor never names its own good memory here, or a vCPU that runs, so
 * whatever comes of a call, what it knows stays true. A result that the protocol does not have ends
 * the test, and so does a register that has changed without being a result.
 */
#include "fuzz.h"

#define QUERY      CALL(0, 6)
#define VTOM       CALL(0, 7)
#define LIST_WORDS 16u
#define NOWHERE    (UINT64_C(1) << 40) /* in a head it means nothing, in an entry no memory */

static const uint64_t results[] = {
    SVSM_SUCCESS,
    SVSM_INCOMPLETE,
    SVSM_UNSUPPORTED_PROTOCOL,
    SVSM_UNSUPPORTED_CALL,
    SVSM_INVALID_ADDRESS,
    SVSM_INVALID_PARAMETER,
    SVSM_INVALID_REQUEST,
    SVSM_BUSY,
    SVSM_PVALIDATE_FAILED + 1,
    SVSM_PVALIDATE_FAILED + 2,
    SVSM_PVALIDATE_SIZE,
    SVSM_PVALIDATE_UNCHANGED,
    SVSM_PVALIDATE_UNKNOWN,
    SVSM_VCPU_IN_USE,
};

uint64_t fuzz_random(struct fuzz *fuzz, uint64_t bound)
{
    fuzz->random ^= fuzz->random << 13;
    fuzz->random ^= fuzz->random >> 7;
    fuzz->random ^= fuzz->random << 17;
    return bound <= UINT32_MAX ? (fuzz->random >> 32) * bound >> 32 : (fuzz->random >> 11) % bound;
}

uint64_t fuzz_race_page(struct fuzz *fuzz)
{
    return RACE + fuzz_random(fuzz, RACE_SIZE / PAGE) * PAGE;
}

static uint64_t power_of_two(struct fuzz *fuzz)
{
    return UINT64_C(1) << (fuzz_random(fuzz, 2) == 0 ? 1 + fuzz_random(fuzz, 11)
                                                     : 27 + fuzz_random(fuzz, 37));
}

static uint64_t svsm_page(struct fuzz *fuzz)
{
    const struct secrets *secrets = (const struct secrets *)SECRETS;

    return secrets->svsm_base + fuzz_random(fuzz, secrets->svsm_size / PAGE) * PAGE;
}

/* Of a processor: saved state or the end of an area. */
static uint64_t processor_word(struct fuzz *fuzz)
{
    unsigned processor = (unsigned)fuzz_random(fuzz, PROCESSORS);

    switch (fuzz_random(fuzz, 3)) {
    case 0:
        return processor_vmsa(processor);
    case 1:
        return processor_area(processor) + PAGE - 8;
    default:
        return (uint64_t)calling_area() + PAGE - 8;
    }
}

/* No address of the guest's code and tables, nor of a list that somebody wrote. */
uint64_t fuzz_word(struct fuzz *fuzz)
{
    switch (fuzz_random(fuzz, 12)) {
    case 0:
        return fuzz_race_page(fuzz);
    case 1:
        return fuzz_race_page(fuzz) + fuzz_random(fuzz, PAGE / 8) * 8;
    case 2:
        return svsm_page(fuzz);
    case 3:
        return svsm_page(fuzz) + PAGE - 8;
    case 4:
    case 5:
        return processor_word(fuzz);
    case 6:
        return UINT64_C(0xfee00000);
    case 7:
        return power_of_two(fuzz);
    case 8:
        return ~(UINT64_C(1) << fuzz_random(fuzz, 64));
    case 9:
        return UINT64_MAX - fuzz_random(fuzz, 3 * PAGE);
    case 10:
        return fuzz_random(fuzz, 8) * 2;
    default:
        return fuzz_random(fuzz, UINT64_C(1) << 52) | UINT64_C(1) << 50;
    }
}

static bool is_known(uint64_t result)
{
    for (unsigned i = 0; i < sizeof(results) / sizeof(results[0]); i++)
        if (results[i] == result)
            return true;
    return false;
}

uint64_t fuzz_call(struct fuzz *fuzz, struct svsm_call *call)
{
    struct svsm_call asked = *call;
    bool answers = asked.rax == QUERY || asked.rax == VTOM;

    expect(fuzz_random(fuzz, 64) == 0 ? svsm_call(call) : svsm_call_by_page(call),
           "the SVSM executes a call");
    if (!is_known(call->rax)) {
        print_hex(asked.rax);
        print(" ");
        print_hex(asked.rcx);
        print("\n");
        expect_equal(call->rax, 0, "a result the protocol has");
    }
    expect(answers || call->rcx == asked.rcx, "RCX of a call that has no answer in it");
    expect(call->rdx == asked.rdx && call->r8 == asked.r8 && call->r9 == asked.r9,
           "registers that no core call changes");
    fuzz->calls[fuzz->kind]++;
    fuzz->refused += call->rax != SVSM_SUCCESS;
    fuzz->retried += call->rax == SVSM_BUSY || call->rax == SVSM_INCOMPLETE;
    return call->rax;
}

void fuzz_expect(struct fuzz *fuzz, struct svsm_call call, uint64_t result, const char *what)
{
    expect_equal(fuzz_call(fuzz, &call), result, what);
}

void fuzz_expect_or_busy(struct fuzz *fuzz, struct svsm_call call, uint64_t result,
                         const char *what)
{
    uint64_t is = fuzz_call(fuzz, &call);

    if (is != SVSM_BUSY)
        expect_equal(is, result, what);
}

static uint64_t race_entry(struct fuzz *fuzz)
{
    uint64_t page = fuzz_race_page(fuzz), bits = fuzz_random(fuzz, 4) << 2;

    switch (fuzz_random(fuzz, 64)) {
    case 0:
        return (page & ~(LARGE - 1)) | bits | ENTRY_LARGE;
    case 1:
    case 2:
    case 3:
    case 4:
        return fuzz_word(fuzz);
    default:
        return page | bits;
    }
}

/* Pages that everybody changes; addresses nobody may. */
void race_turn(struct fuzz *fuzz)
{
    volatile struct page_list *list = (volatile struct page_list *)(calling_area() + 8);
    unsigned count = 1 + (unsigned)fuzz_random(fuzz, 4);
    struct svsm_call call = {.rax = CALL(0, 1), .rcx = (uint64_t)list};

    list->count = (uint16_t)count;
    list->next = (uint16_t)(fuzz_random(fuzz, 6) == 0 ? fuzz_random(fuzz, 8) : 0);
    for (unsigned i = 0; i < count; i++)
        list->entries[i] = race_entry(fuzz);
    fuzz_call(fuzz, &call);
}

/* Heads and entries in one page of everybody's: what the SVSM reads there changes under its eyes.
 */
void lists_turn(struct fuzz *fuzz)
{
    volatile uint64_t *words = (volatile uint64_t *)LISTS;
    unsigned at = (unsigned)fuzz_random(fuzz, LIST_WORDS);
    struct svsm_call call = {.rax = CALL(0, 1), .rcx = (uint64_t)&words[at]};

    for (unsigned i = 0; i < 4; i++)
        words[fuzz_random(fuzz, LIST_WORDS + 4)] =
            fuzz_random(fuzz, 3) == 0 ? race_entry(fuzz) : NOWHERE | fuzz_random(fuzz, 6);
    words[at] = NOWHERE | (1 + fuzz_random(fuzz, 4));
    fuzz_call(fuzz, &call);
}

/* Any call of the core protocol but those that could take away what the test stands on. */
void noise_turn(struct fuzz *fuzz)
{
    static const uint32_t calls[] = {1, 1, 4, 5, 6, 7, 8, 9, 255, 0x10000001, UINT32_MAX};
    uint64_t number = calls[fuzz_random(fuzz, sizeof(calls) / sizeof(calls[0]))];
    struct svsm_call call = {CALL(0, number), fuzz_word(fuzz), fuzz_word(fuzz), fuzz_word(fuzz),
                             fuzz_word(fuzz)};

    if (fuzz_random(fuzz, 8) == 0)
        call.rax =
            CALL(fuzz_random(fuzz, 2) == 0 ? 1 + fuzz_random(fuzz, 10) : fuzz_word(fuzz), number);
    fuzz_call(fuzz, &call);
}
