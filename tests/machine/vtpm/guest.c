/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest without an operating system that uses the vTPM by SVSM calls: what each command costs,
 * for tests/bench; and several processors at once. The first word of the command line chooses:
 * "bench", or the number of processors.
 */
#include "bare.h"

#include <string.h>

#include "command.h"
#include "protocol.h"
#include "steps.h"

#include <svsm/vcpu.h>

#define NOISE_ROUNDS 300u
#define VTPM(n)      CALL(SVSM_PROTOCOL_VTPM, n)

/* What each processor has in memory of its own. */
struct own {
    uint8_t page[PAGE] __attribute__((aligned(4096)));
    uint64_t busy, served;
};

/* What is sent, and the result it must have. */
struct refused {
    uint32_t command;
    uint8_t locality;
    uint32_t length;
    uint64_t result;
};

static struct own owns[PROCESSORS];
static volatile bool working; /* the second processor has a long command to run */

static struct own *own(void)
{
    return &owns[this_processor()];
}

/* Asks again as long as the vTPM has no time. */
static uint64_t command_call(void)
{
    uint64_t result;

    do {
        result = svsm(VTPM(PROTOCOL_COMMAND), (uint64_t)own()->page, 0, 0);
        own()->busy += result == SVSM_BUSY;
        relax();
    } while (result == SVSM_BUSY);
    own()->served++;
    return result;
}

/* What command.c runs commands with. */
bool vtpm_execute(unsigned locality, const struct vtpm_bytes *command, struct vtpm_bytes *response)
{
    message_of_command(own()->page, locality, command);
    expect_equal(command_call(), SVSM_SUCCESS, "a command");
    expect(message_response(own()->page, response), "a response's length");
    return true;
}

/* Its last word says what the server took for the command (clocked.c). */
static uint64_t server_ticks(void)
{
    uint64_t ticks;

    memcpy(&ticks, own()->page + PAGE - sizeof ticks, sizeof ticks);
    return ticks;
}

/* Two marks around each, and a line: mark before, what the server took, name. */
static void bench(void)
{
    uint32_t number = 1;

    expect_equal(svsm(VTPM(PROTOCOL_QUERY), 0, 0, 0), SVSM_SUCCESS, "QUERY");
    expect_equal(run_startup(0), 0, "Startup");
    for (unsigned i = 0; i < steps_count; i++)
        for (int round = 0; round < steps[i].rounds; round++, number += 2) {
            mark(number);
            expect_equal(steps[i].run(), 0, steps[i].name);
            mark(number + 1);
            print("step: ");
            print_number(number);
            print(" ");
            print_number(server_ticks());
            print(" ");
            print(steps[i].name);
            print("\n");
        }
}

static void make_key(uint64_t argument)
{
    struct command c = {.length = 0};

    (void)argument;
    working = true;
    expect_equal(run_create_primary(&c, 0, 0), 0, "an RSA key");
    expect_equal(run_flush(response_u32(&c, VTPM_HEADER_BYTES)), 0, "its end");
}

static uint64_t send(uint32_t command, uint8_t locality, uint32_t length)
{
    message_head(own()->page, command, locality, length);
    return svsm(VTPM(PROTOCOL_COMMAND), (uint64_t)own()->page, 0, 0);
}

/* A request that is refused leaves the page as it was. */
static void refuse(const struct refused *r)
{
    const uint8_t *p = own()->page;

    expect_equal(send(r->command, r->locality, r->length), r->result, "a malformed request");
    for (unsigned i = PROTOCOL_COMMAND_HEADER; i < PAGE; i++)
        expect(p[i] == MESSAGE_FILL, "the page as it was");
}

static void test_malformed(void)
{
    static const struct refused refused[] = {
        {0, 0, 10, SVSM_INVALID_PARAMETER},
        {1, 0, 10, SVSM_UNSUPPORTED_CALL},
        {UINT32_MAX, 0, 10, SVSM_INVALID_PARAMETER},
        {PLATFORM_SEND_COMMAND, 1, 10, SVSM_INVALID_PARAMETER},
        {PLATFORM_SEND_COMMAND, 255, 10, SVSM_INVALID_PARAMETER},
        {PLATFORM_SEND_COMMAND, 0, PAGE - PROTOCOL_COMMAND_HEADER + 1, SVSM_INVALID_PARAMETER},
        {PLATFORM_SEND_COMMAND, 0, 1u << 31, SVSM_INVALID_PARAMETER},
        {PLATFORM_SEND_COMMAND, 0, UINT32_MAX, SVSM_INVALID_PARAMETER},
    };

    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++)
        refuse(&refused[i]);
}

/* Whatever the TPM is sent, its answer is whole and nothing of the request stands behind it. */
static void expect_answer(void)
{
    const uint8_t *p = own()->page;
    uint32_t length;

    memcpy(&length, p, sizeof length);
    expect(length >= VTPM_HEADER_BYTES && length <= PAGE - PROTOCOL_RESPONSE_HEADER, "a length");
    expect(p[PROTOCOL_RESPONSE_HEADER] == 0x80, "a TPM's tag");
    for (unsigned i = PROTOCOL_RESPONSE_HEADER + length; i < PAGE; i++)
        expect(p[i] == 0, "stale bytes");
}

/* Commands that are too short, too long, or noise behind a good header. */
static void test_noise(void)
{
    uint64_t state = 88172645463325252u;
    uint8_t *p = own()->page;

    for (uint32_t length = 0; length < PAGE - PROTOCOL_COMMAND_HEADER; length += 1 + length / 3) {
        expect_equal(send(PLATFORM_SEND_COMMAND, 0, length), SVSM_SUCCESS, "a senseless command");
        expect_answer();
    }
    for (unsigned round = 0; round < NOISE_ROUNDS; round++) {
        message_head(p, PLATFORM_SEND_COMMAND, 0, 64);
        for (unsigned i = PROTOCOL_COMMAND_HEADER + 9; i < 128; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            p[i] = (uint8_t)state;
        }
        memcpy(p + PROTOCOL_COMMAND_HEADER, (const uint8_t[]){0x80, 1, 0, 0, 0, 64, 0, 0, 1}, 9);
        expect_equal(svsm(VTPM(PROTOCOL_COMMAND), (uint64_t)p, 0, 0), SVSM_SUCCESS, "noise");
        expect_answer();
    }
    print("guest: malformed requests and noise answered\n");
}

/* While one processor makes an RSA key, the other is told at once that the vTPM is busy. */
static void test_busy(void)
{
    struct own *mine = own();
    uint64_t result;

    expect(start_processor(1, make_key, 0), "a second processor");
    while (!working)
        relax();
    while (!processor_is_done(1)) {
        memset(mine->page, MESSAGE_FILL, PAGE);
        result = svsm(VTPM(PROTOCOL_COMMAND), (uint64_t)mine->page, 0, 0);
        expect(result == SVSM_BUSY || result == SVSM_INVALID_PARAMETER, "busy, or a wrong command");
        expect(mine->page[0] == MESSAGE_FILL && mine->page[PAGE - 1] == MESSAGE_FILL,
               "the page as it was");
        mine->busy += result == SVSM_BUSY;
        relax();
    }
    join_processor(1);
    expect(mine->busy > 0, "it was busy");
    print("guest: busy told at once, times ");
    print_number(mine->busy);
    print("\n");
}

/* A PCR of one's own, extended a known number of times: no command is lost or done twice. */
static void extend_own(uint64_t rounds)
{
    for (uint64_t i = 0; i < rounds; i++)
        expect_equal(run_pcr_extend(8 + this_processor(), 0x33, 0), 0, "PCR_Extend");
}

static void test_many(unsigned processors)
{
    enum { ROUNDS = 40, DIGEST = 32 };
    struct command c = {.length = 0};
    uint8_t first[DIGEST];

    for (unsigned i = 1; i < processors; i++)
        expect(start_processor(i, extend_own, ROUNDS), "a processor");
    extend_own(ROUNDS);
    for (unsigned i = 1; i < processors; i++)
        join_processor(i);
    for (unsigned i = 0; i < processors; i++) {
        expect_equal(run_pcr_read(&c, 8 + i), 0, "PCR_Read");
        if (i == 0)
            memcpy(first, c.response + c.response_length - DIGEST, DIGEST);
        expect(memcmp(first, c.response + c.response_length - DIGEST, DIGEST) == 0, "equal PCRs");
    }
    print("guest: processors extended their PCRs\n");
}

int guest_main(const char *words)
{
    struct svsm_call query = {VTPM(PROTOCOL_QUERY), 0, 0, 0, 0};

    if (same_text(words, "bench")) {
        bench();
        return 0;
    }
    expect(svsm_call(&query) && query.rax == SVSM_SUCCESS, "QUERY");
    expect_equal(query.rcx, 1u << PLATFORM_SEND_COMMAND, "the commands there are");
    expect_equal(svsm(VTPM(2), 0, 0, 0), SVSM_UNSUPPORTED_CALL, "an unknown call");
    expect_equal(svsm(VTPM(PROTOCOL_COMMAND), 0, 0, 0), SVSM_INVALID_PARAMETER, "no page");
    expect_equal(run_startup(0), 0, "Startup");
    test_malformed();
    test_noise();
    test_busy();
    test_many((unsigned)(words[0] - '0'));
    return 0;
}
