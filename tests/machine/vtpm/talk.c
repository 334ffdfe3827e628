/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that calls the vTPM as the kernel does for a guest: the page in the channel's memory,
 * the call number as label. Commands, refused requests, what a command costs, and two ends of the
 * vTPM: by init, and by a fault in the middle of a command (die.c). After each it answers
 * TPM_RC_FAILURE.
 */
#include <string.h>

#include "command.h"
#include "protocol.h"
#include "steps.h"

#include "test.h"

#include <svsm/result.h>
#include <svsm/vcpu.h>

enum { VTPM = 2, DIE_BYTES = 0xdead }; /* the vTPM's place in the manifest */

static struct channel *vtpm;

/* A result code of the SVSM's is none a server has: what came stands in the message. */
static uint64_t call(uint64_t label, struct message *message)
{
    enum svsm_status status;

    *message = (struct message){.label = label, .length = 4, .words = {PROTOCOL_MESSAGE_BYTES}};
    status = channel_call(vtpm, message);
    return status == SVSM_FAILED ? message->label : status;
}

static uint8_t *page(void)
{
    size_t size;
    uint8_t *memory = channel_memory(vtpm, &size);

    test_expect(memory != NULL && size == PROTOCOL_MESSAGE_BYTES, "the vTPM's page");
    return memory;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

/* What command.c runs commands with. */
bool vtpm_execute(unsigned locality, const struct vtpm_bytes *command, struct vtpm_bytes *response)
{
    uint8_t *p = page();
    struct message message;
    uint32_t length;

    memset(p, 0xee, PROTOCOL_MESSAGE_BYTES);
    put_u32(p, PLATFORM_SEND_COMMAND);
    p[4] = (uint8_t)locality;
    put_u32(p + 5, (uint32_t)command->length);
    memcpy(p + PROTOCOL_COMMAND_HEADER, command->data, command->length);
    if (call(PROTOCOL_COMMAND, &message) != SVSM_SUCCESS)
        return false;
    memcpy(&length, p, sizeof length);
    test_expect(length >= VTPM_HEADER_BYTES && length <= response->length, "a response's length");
    memcpy(response->data, p + PROTOCOL_RESPONSE_HEADER, length);
    response->length = length;
    return true;
}

static void run_steps(void)
{
    for (unsigned i = 0; i < steps_count; i++) {
        uint64_t least = UINT64_MAX;

        for (int round = 0; round < steps[i].rounds; round++) {
            uint64_t start = test_clock(), ticks;

            test_equal(steps[i].run(), 0, steps[i].name);
            ticks = test_clock() - start;
            least = ticks < least ? ticks : least;
        }
        test_say("ticks:");
        test_number(steps[i].name, least);
        test_say("\n");
    }
}

static void query(void)
{
    struct message message;

    test_equal(call(PROTOCOL_QUERY, &message), SVSM_SUCCESS, "QUERY");
    test_equal(message.words[SVSM_CALL_RCX], 1u << PLATFORM_SEND_COMMAND, "its commands");
    test_equal(message.words[SVSM_CALL_RDX], PROTOCOL_FEATURE_EPHEMERAL, "its features");
    test_equal(call(2, &message), SVSM_UNSUPPORTED_CALL, "an unknown call");
}

/* A platform command, locality and length that are refused; the page stays as it was. */
static void refuse(uint32_t command, uint8_t locality, uint32_t length, uint64_t result)
{
    struct message message;
    uint8_t *p = page();

    memset(p, 0x77, PROTOCOL_MESSAGE_BYTES);
    put_u32(p, command);
    p[4] = locality;
    put_u32(p + 5, length);
    test_equal(call(PROTOCOL_COMMAND, &message), result, "a malformed request");
    test_expect(p[PROTOCOL_COMMAND_HEADER] == 0x77 && p[PROTOCOL_MESSAGE_BYTES - 1] == 0x77,
                "the page as it was");
}

static void expect_failure(const char *what)
{
    uint8_t *p = page();

    test_equal(run_startup(0), VTPM_RC_FAILURE, what);
    test_equal(p[0], VTPM_HEADER_BYTES, "ten bytes of it");
    for (unsigned i = PROTOCOL_RESPONSE_HEADER + VTPM_HEADER_BYTES; i < PROTOCOL_MESSAGE_BYTES; i++)
        test_equal(p[i], 0, "and nothing behind them");
}

/* Its end is told, and that it is away for a moment; then the new one answers, by failing closed.
 */
static void expect_closed(const char *what)
{
    uint32_t code = UINT32_MAX;

    for (uint64_t start = test_clock(); code == UINT32_MAX;) {
        code = run_startup(0);
        test_expect(test_clock() - start < UINT64_C(10000000000), "it comes back");
    }
    test_equal(code, VTPM_RC_FAILURE, what);
    expect_failure(what);
}

int main(void)
{
    struct command c = {.length = 0};

    vtpm = channel_find("vtpm");
    test_expect(vtpm != NULL, "a channel to the vTPM");
    query();
    refuse(PLATFORM_SEND_COMMAND, 1, 10, SVSM_INVALID_PARAMETER);
    refuse(PLATFORM_SEND_COMMAND, 0, 4088, SVSM_INVALID_PARAMETER);
    refuse(PLATFORM_SEND_COMMAND, 0, UINT32_MAX, SVSM_INVALID_PARAMETER);
    refuse(1, 0, 10, SVSM_UNSUPPORTED_CALL);
    refuse(1000, 0, 10, SVSM_INVALID_PARAMETER);
    test_equal(run_startup(0), 0, "Startup");
    run_steps();
    test_status();
    test_equal(run_get_random(&c, DIE_BYTES), UINT32_MAX, "a command it dies in");
    expect_closed("after its end in a command");
    test_say("talk: failed closed\n");
    test_kill(VTPM);
    expect_closed("after its end by init");
    test_equal(test_look(VTPM).restarts, 2, "restarts");
    test_status();
    test_end(true);
}
