/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vTPM as a hostile guest meets it: a run of protocol 2 messages against a TPM that has been
 * started and has a key, an NV index, a persistent object and a policy session.
 *
 * An input is a list of messages, each with two bytes of length. If the length's top bit is set the
 * bytes are the message as it is; else they are a TPM command and get a good header. Each input
 * begins from the same saved state. libtpms is a binary without coverage, so the fuzzer is told
 * what it answered: the pair of command and response code counts as a place reached.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../unit/vtpm/command.h"
#include "host.h"
#include "memory_store.h"
#include "oracle.h"

enum { RAW = 0x8000, CODES = 256, ANSWERS = 64, MESSAGES_MAX = 12 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t reached[CODES * ANSWERS];

static struct memory_store store;
static struct vtpm_config config;
static uint32_t entropy_word;

/* Repeatable. */
static bool read_entropy(void *context, uint8_t *out, size_t length)
{
    (void)context;
    for (size_t i = 0; i < length; i++) {
        entropy_word = entropy_word * 1664525 + 1013904223;
        out[i] = (uint8_t)(entropy_word >> 24);
    }
    return true;
}

static uint64_t read_clock(void *context)
{
    static uint64_t now;

    (void)context;
    return now += 1000000;
}

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "the first state cannot be made: %s\n", what);
    abort();
}

static void make_state(void)
{
    struct command c = {.length = 0};

    memory_store_open(&store);
    config.store = &store.store;
    config.entropy.read = read_entropy;
    config.clock.nanoseconds = read_clock;
    config.origin = VTPM_MANUFACTURE;
    need(vtpm_start(&config), "start");
    need(run_startup(0) == 0, "startup");
    need(run_create_primary(&c, 3, 1) == 0, "key");
    need(run_create_primary(&c, 3, 0) == 0, "storage key");
    need(run_nv_define(0x1500001) == 0, "NV");
    command_begin(&c, ST_NO_SESSIONS, (enum command_code)0x176);
    command_u32(&c, RH_NULL);
    command_u32(&c, RH_NULL);
    command_sized(&c, "0123456789abcdef", 16);
    command_u16(&c, 0);
    command_u8(&c, 1);
    command_u16(&c, 0x10);
    command_u16(&c, 0xb);
    need(command_run(&c) == 0, "session");
    need(vtpm_suspend(), "suspend");
    config.origin = VTPM_RESUME;
}

/* A saved state is used up when it is resumed from: work on copies. */
static void start_again(void)
{
    static struct store_bytes saved[STORE_BLOBS];

    if (saved[0].data == NULL) {
        make_state();
        for (int i = 0; i < STORE_BLOBS; i++)
            store.store.load(&store.store, (enum store_blob)i, &saved[i]);
    }
    for (int i = 0; i < STORE_BLOBS; i++)
        store.store.save(&store.store, (enum store_blob)i, &saved[i]);
    need(vtpm_start(&config), "resume");
}

/* What was asked and answered, for the fuzzer to find new. */
static void note(unsigned code, const uint8_t *message)
{
    unsigned answer = (message[12] << 8 | message[13]) * 37u % ANSWERS;

    reached[code % CODES * ANSWERS + answer] = 1;
}

static void send(const uint8_t *bytes, size_t length, bool raw)
{
    uint8_t message[PROTOCOL_MESSAGE_BYTES] = {PLATFORM_SEND_COMMAND};
    size_t at = raw ? 0 : PROTOCOL_COMMAND_HEADER;

    if (length > sizeof message - at)
        length = sizeof message - at;
    memcpy(message + at, bytes, length);
    if (!raw) {
        message[5] = (uint8_t)length;
        message[6] = (uint8_t)(length >> 8);
    }
    unsigned code = message[PROTOCOL_COMMAND_HEADER + 9];

    oracle_message(message);
    note(code, message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memset(reached, 0, sizeof reached);
    start_again();
    for (unsigned n = 0; n < MESSAGES_MAX && size >= 2; n++) {
        unsigned word = data[0] | (unsigned)data[1] << 8;
        size_t length = word & (RAW - 1);

        data += 2;
        size -= 2;
        if (length > size)
            length = size;
        send(data, length, (word & RAW) != 0);
        data += length;
        size -= length;
    }
    return 0;
}
