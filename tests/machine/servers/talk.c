/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client of the first test: a hundred thousand calls and a megabyte through a ring, to the echo
 * server in an address space of its own; every answer is checked.
 */
#include <string.h>

#include <svsm/interface/echo.h>

#include "test.h"

#define CALLS UINT32_C(100000)
#define BYTES (UINT32_C(1) << 20)
#define CHUNK 4096u

static void calls(struct channel *echo)
{
    uint64_t start = test_clock();

    for (uint32_t i = 0; i < CALLS; i++) {
        struct echo_add_in in = {.left = i, .right = 3 * i};
        struct echo_add_out out = {0};

        test_equal(echo_add(echo, &in, &out), SVSM_OK, "a call");
        test_equal(out.sum, 4 * (uint64_t)i, "a sum");
    }
    test_say("talk:");
    test_number("calls", CALLS);
    test_number("clock of each", (test_clock() - start) / CALLS);
    test_say("\n");
}

static void refused(struct channel *echo)
{
    struct message message = {.label = 200, .length = 1};
    struct echo_add_in in = {.left = UINT32_MAX, .right = 1};
    struct echo_add_out out = {0};

    test_equal(channel_call(echo, &message), SVSM_UNKNOWN_CALL, "an unknown call");
    message = (struct message){.label = 1, .length = 3};
    test_equal(channel_call(echo, &message), SVSM_MALFORMED, "three words for two");
    message = (struct message){.label = 1, .length = 2, .words = {UINT64_MAX, 0}};
    test_equal(channel_call(echo, &message), SVSM_MALFORMED, "a word too large");
    test_equal(echo_add(echo, &in, &out), SVSM_FAILED, "a sum too large");
}

static void megabyte(struct channel *echo)
{
    static uint8_t chunk[CHUNK];
    uint64_t state = 1;

    for (uint32_t done = 0; done < BYTES; done += CHUNK) {
        struct echo_absorb_in in = {.length = CHUNK};
        struct echo_absorb_out out = {0};

        for (uint32_t i = 0; i < CHUNK; i++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            chunk[i] = (uint8_t)(state >> 56);
        }
        test_equal(channel_write(echo, chunk, CHUNK), SVSM_OK, "writing to a ring");
        test_equal(echo_absorb(echo, &in, &out), SVSM_OK, "a call for what is in the ring");
        test_equal(out.checksum, echo_checksum(ECHO_CHECKSUM, chunk, CHUNK), "a checksum");
    }
    test_say("talk:");
    test_number("bytes through a ring", BYTES);
    test_say("\n");
}

static void back(struct channel *echo)
{
    uint8_t chunk[CHUNK];
    struct echo_reflect_in in = {.length = CHUNK};
    struct echo_reflect_out out;

    memset(chunk, 41, sizeof(chunk));
    test_equal(channel_write(echo, chunk, CHUNK), SVSM_OK, "writing to a ring");
    test_equal(echo_reflect(echo, &in, &out), SVSM_OK, "a call for an answer through a ring");
    test_equal(channel_read(echo, chunk, CHUNK), SVSM_OK, "reading from a ring");
    for (unsigned i = 0; i < CHUNK; i++)
        test_equal(chunk[i], 42, "a byte that came back");
}

int main(void)
{
    struct channel *echo = channel_find("echo");
    struct echo_count_in in;
    struct echo_count_out out = {0};

    test_expect(echo != NULL, "a channel to echo");
    calls(echo);
    refused(echo);
    megabyte(echo);
    back(echo);
    test_equal(echo_count(echo, &in, &out), SVSM_OK, "the last call");
    test_number("talk: calls the server counted", out.calls);
    test_say("\n");
    test_equal(out.calls, CALLS + BYTES / CHUNK + 2, "calls the server counted");
    test_check();
    test_status();
    test_end(true);
}
