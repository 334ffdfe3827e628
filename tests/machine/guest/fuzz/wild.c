/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls with any words: valid shapes with bad values, memory that all processors want at once, and
 * noise. A processor never names its own good memory here, or a vCPU that runs, so whatever comes
 * of a call, what it knows stays true. A result that the protocol does not have ends the test.
 */
#include "fuzz.h"

#define CORE_CALLS 8u

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

static uint8_t areas[PROCESSORS][AREAS][PAGE] __attribute__((aligned(4096)));

uint64_t fuzz_random(struct fuzz *fuzz, uint64_t bound)
{
    fuzz->random ^= fuzz->random << 13;
    fuzz->random ^= fuzz->random >> 7;
    fuzz->random ^= fuzz->random << 17;
    return (fuzz->random >> 11) % bound;
}

static uint64_t race_page(struct fuzz *fuzz)
{
    return RACE + fuzz_random(fuzz, RACE_SIZE / PAGE) * PAGE;
}

/* No address of the guest's code and tables, nor of a list that somebody wrote. */
uint64_t fuzz_word(struct fuzz *fuzz)
{
    const struct secrets *secrets = (const struct secrets *)SECRETS;
    const uint64_t words[] = {
        race_page(fuzz),
        race_page(fuzz) + fuzz_random(fuzz, PAGE / 8) * 8,
        secrets->svsm_base + fuzz_random(fuzz, secrets->svsm_size / PAGE) * PAGE,
        secrets->svsm_base + secrets->svsm_size - 8,
        processor_vmsa((unsigned)fuzz_random(fuzz, PROCESSORS)),
        processor_area((unsigned)fuzz_random(fuzz, PROCESSORS)) + PAGE - 8,
        (uint64_t)calling_area() + PAGE - 8,
        UINT64_C(0xfee00000),
        UINT64_C(1) << (fuzz_random(fuzz, 2) == 0 ? 1 + fuzz_random(fuzz, 11)
                                                  : 27 + fuzz_random(fuzz, 37)),
        ~(UINT64_C(1) << fuzz_random(fuzz, 64)),
        UINT64_MAX - fuzz_random(fuzz, 3 * PAGE),
        fuzz_random(fuzz, 8) * 2,
        fuzz_random(fuzz, UINT64_C(1) << 52) | UINT64_C(1) << 50,
    };

    return words[fuzz_random(fuzz, sizeof(words) / sizeof(words[0]))];
}

static bool is_known(uint64_t result)
{
    for (unsigned i = 0; i < sizeof(results) / sizeof(results[0]); i++)
        if (results[i] == result)
            return true;
    return false;
}

static uint64_t make(struct fuzz *fuzz, struct svsm_call *call)
{
    struct svsm_call asked = *call;

    expect(svsm_call(call), "the SVSM executes a call");
    if (!is_known(call->rax)) {
        print_hex(asked.rax);
        print_hex(asked.rcx);
        expect_equal(call->rax, 0, "a result the protocol has");
    }
    expect(call->rdx == asked.rdx && call->r8 == asked.r8 && call->r9 == asked.r9,
           "registers that no core call changes");
    fuzz->calls++;
    fuzz->refused += call->rax != SVSM_SUCCESS;
    fuzz->retried += call->rax == SVSM_BUSY || call->rax == SVSM_INCOMPLETE;
    return call->rax;
}

/* Pages that everybody changes; addresses nobody may. */
static void race_list(struct fuzz *fuzz)
{
    volatile struct page_list *list = (volatile struct page_list *)(calling_area() + 8);
    unsigned count = (unsigned)fuzz_random(fuzz, 8);
    struct svsm_call call = {.rax = CALL(0, 1), .rcx = (uint64_t)list};

    list->count = (uint16_t)count;
    list->next = (uint16_t)(fuzz_random(fuzz, 6) == 0 ? fuzz_random(fuzz, 16) : 0);
    for (unsigned i = 0; i < count; i++) {
        list->entries[i] = race_page(fuzz) | fuzz_random(fuzz, 4) << 2;
        if (fuzz_random(fuzz, 50) == 0)
            list->entries[i] =
                (list->entries[i] & ~(LARGE - 1)) | fuzz_random(fuzz, 4) << 2 | ENTRY_LARGE;
        if (fuzz_random(fuzz, 8) == 0)
            list->entries[i] = fuzz_word(fuzz);
    }
    make(fuzz, &call);
}

/* Between pages of its own, and to places it may not. */
static void remap(struct fuzz *fuzz)
{
    uint64_t to = (uint64_t)areas[this_processor()][fuzz_random(fuzz, AREAS)];
    struct svsm_call call = {.rax = CALL(0, 0), .rcx = to};

    if (fuzz_random(fuzz, 2) == 0) {
        call.rcx = fuzz_random(fuzz, 2) == 0 ? (fuzz_word(fuzz) | 1) : UINT64_C(0xfee00000);
        expect(make(fuzz, &call) != SVSM_SUCCESS, "a calling area where none can be");
        return;
    }
    if (make(fuzz, &call) == SVSM_SUCCESS)
        set_calling_area(to);
}

/* Pages of everybody's as registers of a processor; what is in them is never fit to be run. */
static void create(struct fuzz *fuzz)
{
    struct svsm_call call = {.rax = CALL(0, 2), .rcx = race_page(fuzz), .rdx = race_page(fuzz)};

    call.r8 = fuzz_random(fuzz, PROCESSORS + 4);
    if (fuzz_random(fuzz, 3) == 0)
        call.rcx = fuzz_word(fuzz);
    if (fuzz_random(fuzz, 3) == 0)
        call.rdx = fuzz_random(fuzz, 2) == 0 ? fuzz_word(fuzz) : (uint64_t)calling_area();
    expect(make(fuzz, &call) != SVSM_SUCCESS, "a page of noise is no processor");
}

/* Nothing that is a processor's. */
static void delete (struct fuzz *fuzz)
{
    struct svsm_call call = {.rax = CALL(0, 3), .rcx = race_page(fuzz)};

    if (fuzz_random(fuzz, 3) == 0)
        call.rcx = fuzz_word(fuzz);
    for (unsigned i = 0; i < PROCESSORS; i++)
        if (call.rcx == processor_vmsa(i))
            return;
    expect(make(fuzz, &call) != SVSM_SUCCESS, "a processor that is none");
}

/* Any call of the core protocol but those that could take away what the test stands on. */
static void noise(struct fuzz *fuzz)
{
    static const uint32_t calls[] = {1, 4, 5, 6, 7, 8, 9, 255, 0x10000001, UINT32_MAX};
    uint64_t number = calls[fuzz_random(fuzz, sizeof(calls) / sizeof(calls[0]))];
    struct svsm_call call = {CALL(0, number), fuzz_word(fuzz), fuzz_word(fuzz), fuzz_word(fuzz),
                             fuzz_word(fuzz)};

    if (fuzz_random(fuzz, 8) == 0)
        call.rax =
            CALL(fuzz_random(fuzz, 2) == 0 ? 1 + fuzz_random(fuzz, 10) : fuzz_word(fuzz), number);
    make(fuzz, &call);
}

void wild_turn(struct fuzz *fuzz)
{
    static void (*const turns[])(struct fuzz *) = {race_list, race_list, race_list, remap,
                                                   create,    delete,    noise,     noise};

    turns[fuzz_random(fuzz, sizeof(turns) / sizeof(turns[0]))](fuzz);
}
