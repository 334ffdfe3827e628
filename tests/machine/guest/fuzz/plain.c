/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that change nothing, and what each must answer: queries, calls and protocols that there
 * are not, and entries of the SVSM without any request. No server is behind this guest: protocol 0
 * is all there is, in version 1.
 */
#include "fuzz.h"

#define VERSION UINT64_C(1)

static struct svsm_call any_call(struct fuzz *fuzz, uint64_t rax)
{
    return (struct svsm_call){rax, fuzz_word(fuzz), fuzz_word(fuzz), fuzz_word(fuzz),
                              fuzz_word(fuzz)};
}

static void query(struct fuzz *fuzz)
{
    struct svsm_call call = any_call(fuzz, CALL(0, 6));
    uint64_t answer = 0;

    if (fuzz_random(fuzz, 4) != 0)
        call.rcx = CALL(fuzz_random(fuzz, 4), fuzz_random(fuzz, 3));
    if (call.rcx == VERSION)
        answer = VERSION << 32 | VERSION;
    expect_equal(fuzz_call(fuzz, &call), SVSM_SUCCESS, "a query");
    expect_equal(call.rcx, answer, "what a query says");
}

static void vtom(struct fuzz *fuzz)
{
    struct svsm_call call = any_call(fuzz, CALL(0, 7));
    uint64_t asked = call.rcx, wanted = (asked & 1) != 0 ? SVSM_SUCCESS : SVSM_INVALID_REQUEST;

    expect_equal(fuzz_call(fuzz, &call), wanted, "about a vTOM");
    expect_equal(call.rcx, (asked & 1) != 0 ? 0 : asked, "there is no vTOM");
}

static void no_call(struct fuzz *fuzz)
{
    uint32_t number = (uint32_t)fuzz_word(fuzz) | 8;

    if (fuzz_random(fuzz, 2) == 0)
        number = 4 + (uint32_t)fuzz_random(fuzz, 2);
    fuzz_expect(fuzz, any_call(fuzz, CALL(0, number)), SVSM_UNSUPPORTED_CALL, "no such call");
}

static void no_protocol(struct fuzz *fuzz)
{
    uint32_t protocol = 1 + (uint32_t)fuzz_random(fuzz, 9);

    if (fuzz_random(fuzz, 2) == 0)
        protocol = (uint32_t)fuzz_word(fuzz) | 1;
    fuzz_expect(fuzz, any_call(fuzz, CALL(protocol, fuzz_random(fuzz, 9))),
                SVSM_UNSUPPORTED_PROTOCOL, "no such protocol");
}

/* Only the flag in the calling area makes a call of it. */
static void no_request(struct fuzz *fuzz)
{
    struct svsm_call asked = any_call(fuzz, CALL(0, fuzz_random(fuzz, 9))), call = asked;

    svsm_visit(&call);
    expect(call.rax == asked.rax && call.rcx == asked.rcx && call.rdx == asked.rdx &&
               call.r8 == asked.r8 && call.r9 == asked.r9,
           "registers after an entry without a request");
    expect(calling_area()[0] == 0, "the flag after it");
}

void plain_turn(struct fuzz *fuzz)
{
    static void (*const turns[])(struct fuzz *) = {query, vtom, no_call, no_protocol};

    if (fuzz_random(fuzz, 32) == 0)
        no_request(fuzz);
    turns[fuzz_random(fuzz, sizeof(turns) / sizeof(turns[0]))](fuzz);
}
