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

/* What command.c runs commands with. */
bool vtpm_execute(unsigned locality, const struct vtpm_bytes *command, struct vtpm_bytes *response)
{
    struct message message;

    message_of_command(page(), locality, command);
    if (call(PROTOCOL_COMMAND, &message) != SVSM_SUCCESS)
        return false;
    test_expect(message_response(page(), response), "a response's length");
    return true;
}

static void tell(const struct step *step, uint32_t code, uint64_t ticks)
{
    test_equal(code, 0, step->name);
    test_say("ticks:");
    test_number(step->name, ticks);
    test_say("\n");
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

    message_head(p, command, locality, length);
    test_equal(call(PROTOCOL_COMMAND, &message), result, "a malformed request");
    test_expect(p[PROTOCOL_COMMAND_HEADER] == MESSAGE_FILL &&
                    p[PROTOCOL_MESSAGE_BYTES - 1] == MESSAGE_FILL,
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
    steps_run(test_clock, tell);
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
