/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every shape of a protocol 2 message: what is refused, with which result and without a trace, and
 * what comes back when it is not.
 */
#include "core.h"

#include "command.h"
#include "protocol.h"

/* A message with the command's header and the given length, locality and platform command. */
static void message_of(uint8_t *m, uint32_t platform, unsigned locality, uint32_t length)
{
    static const uint8_t get_random[] = {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, 8};

    message_head(m, platform, locality, length);
    memcpy(m + PROTOCOL_COMMAND_HEADER, get_random, sizeof get_random);
}

static uint64_t offer(uint32_t platform, unsigned locality, uint32_t length)
{
    uint8_t m[PROTOCOL_MESSAGE_BYTES], before[PROTOCOL_MESSAGE_BYTES];
    uint64_t result;

    message_of(m, platform, locality, length);
    memcpy(before, m, sizeof m);
    result = protocol_command(m);
    if (result != SVSM_SUCCESS)
        assert_memory_equal(before, m, sizeof m);
    return result;
}

void test_protocol_refusals(void **state)
{
    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    for (unsigned i = 1; i < 256; i++)
        assert_int_equal(offer(8, i, 12), SVSM_INVALID_PARAMETER);
    assert_int_equal(offer(8, 0, 4088), SVSM_INVALID_PARAMETER);
    assert_int_equal(offer(8, 0, 0x80000000), SVSM_INVALID_PARAMETER);
    assert_int_equal(offer(8, 0, UINT32_MAX), SVSM_INVALID_PARAMETER);
    assert_int_equal(offer(0, 0, 12), SVSM_INVALID_PARAMETER);
    assert_int_equal(offer(19, 0, 12), SVSM_INVALID_PARAMETER);
    assert_int_equal(offer(0x108, 0, 12), SVSM_INVALID_PARAMETER);
    assert_int_equal(offer(0x08000000, 0, 12), SVSM_INVALID_PARAMETER);
    assert_int_equal(offer(UINT32_MAX, 0, 12), SVSM_INVALID_PARAMETER);
    for (unsigned i = 1; i < 19; i++)
        if (i != 8)
            assert_int_equal(offer(i, 0, 12), SVSM_UNSUPPORTED_CALL);
    assert_int_equal(offer(30, 0, 12), SVSM_UNSUPPORTED_CALL);
    assert_int_equal(offer(8, 0, 12), SVSM_SUCCESS);
}

/* What stands behind a response is zero, and a length that lies is the TPM's to answer. */
void test_protocol_responses(void **state)
{
    static const uint32_t lengths[] = {0, 1, 9, 10, 11, 12, 13, 4087};
    uint8_t m[PROTOCOL_MESSAGE_BYTES];

    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        uint32_t length, expected = lengths[i] == 12 ? 20 : 10;

        message_of(m, 8, 0, lengths[i]);
        assert_int_equal(protocol_command(m), SVSM_SUCCESS);
        memcpy(&length, m, 4);
        assert_int_equal(length, expected);
        assert_int_equal(m[4], 0x80);
        assert_int_equal(m[4 + 5], expected);
        assert_int_equal((m[12] | m[13]) == 0, lengths[i] == 12);
        for (size_t k = 4 + length; k < sizeof m; k++)
            assert_int_equal(m[k], 0);
    }
    vtpm_stop();
    message_of(m, 8, 0, 12);
    assert_int_equal(protocol_command(m), SVSM_SUCCESS);
    assert_int_equal(m[0], 10);
    assert_int_equal(m[4 + 8] << 8 | m[4 + 9], VTPM_RC_FAILURE);
}

void test_protocol_query(void **state)
{
    struct protocol_features f;

    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    f = protocol_query();
    assert_int_equal(f.commands, 0x100);
    assert_true(f.features == PROTOCOL_FEATURE_EPHEMERAL);
    test_store.memory.store.ephemeral = false;
    assert_true(protocol_query().features == 0);
}
