/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the table of an interface becomes: limits of each type, numbers of words, unknown calls, and
 * that both ends mean the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <svsm/interface.h>

#define TOY_CALLS(CALL) CALL(toy, mix, 1) CALL(toy, flags, 3) CALL(toy, nothing, 7)
#define toy_mix_fields(FIELD)                                                                      \
    FIELD(u8, a)                                                                                   \
    FIELD(u16, b)                                                                                  \
    FIELD(u32, c)                                                                                  \
    FIELD(u64, d)
#define toy_mix_results(FIELD)   FIELD(u64, sum)
#define toy_flags_fields(FIELD)  FIELD(flag, yes)
#define toy_flags_results(FIELD) FIELD(flag, no) FIELD(u8, small)
#define toy_nothing_fields(FIELD)
#define toy_nothing_results(FIELD)
SVSM_INTERFACE(toy, TOY_CALLS)

static unsigned handled;
static const struct toy_handlers *serving;

static enum svsm_status mix(struct channel *from, const struct toy_mix_in *in,
                            struct toy_mix_out *out)
{
    (void)from;
    handled++;
    out->sum = in->a + in->b + in->c + in->d;
    return SVSM_OK;
}

static enum svsm_status flags(struct channel *from, const struct toy_flags_in *in,
                              struct toy_flags_out *out)
{
    (void)from;
    handled++;
    out->no = !in->yes;
    out->small = 200;
    return in->yes ? SVSM_OK : SVSM_DENIED;
}

static const struct toy_handlers handlers = {.mix = mix, .flags = flags};

uint64_t message_refuse(struct message *message, enum svsm_status status)
{
    message->length = 0;
    return status;
}

/* The wire of this test: the client's stub leads straight to the server's dispatch. */
enum svsm_status channel_call(struct channel *channel, struct message *message)
{
    return (enum svsm_status)toy_serve(channel, serving, message);
}

static uint64_t serve(uint64_t label, uint32_t length, const uint64_t *words)
{
    struct message message = {label, length, 0, {words[0], words[1], words[2], words[3]}};
    unsigned before = handled;
    uint64_t status = toy_serve(NULL, &handlers, &message);

    assert_int_equal(handled - before, status == SVSM_OK || status == SVSM_DENIED);
    assert_true(status == SVSM_OK || message.length == 0);
    return status;
}

static void test_limits(void **state)
{
    static const uint64_t most[] = {UINT8_MAX, UINT16_MAX, UINT32_MAX, UINT64_MAX};

    (void)state;
    assert_int_equal(serve(1, 4, most), SVSM_OK);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t words[SVSM_WORDS] = {0};

        words[i] = most[i] + 1;
        assert_int_equal(serve(1, 4, words), SVSM_MALFORMED);
        words[i] = UINT64_C(1) << 63;
        assert_int_equal(serve(1, 4, words), SVSM_MALFORMED);
    }
    assert_int_equal(serve(3, 1, (uint64_t[4]){2}), SVSM_MALFORMED);
    assert_int_equal(serve(3, 1, (uint64_t[4]){1}), SVSM_OK);
    assert_int_equal(serve(3, 1, (uint64_t[4]){0}), SVSM_DENIED);
}

static void test_lengths_and_numbers(void **state)
{
    static const uint64_t words[SVSM_WORDS];

    (void)state;
    for (uint32_t length = 0; length <= 5; length++) {
        assert_int_equal(serve(1, length, words), length == 4 ? SVSM_OK : SVSM_MALFORMED);
        assert_int_equal(serve(3, length, words), length == 1 ? SVSM_DENIED : SVSM_MALFORMED);
    }
    assert_int_equal(serve(7, 0, words), SVSM_UNKNOWN_CALL); /* nobody handles it */
    assert_int_equal(serve(0, 0, words), SVSM_UNKNOWN_CALL);
    assert_int_equal(serve(2, 4, words), SVSM_UNKNOWN_CALL);
    assert_int_equal(serve(8, 4, words), SVSM_UNKNOWN_CALL);
    assert_int_equal(serve(UINT64_MAX, 4, words), SVSM_UNKNOWN_CALL);
}

static void test_both_ends(void **state)
{
    struct toy_mix_in in = {255, 65535, 7, UINT64_C(1) << 40};
    struct toy_flags_out no = {false, 0};
    struct toy_mix_out out = {0};

    (void)state;
    serving = &handlers;
    assert_int_equal(toy_mix(NULL, &in, &out), SVSM_OK);
    assert_int_equal(out.sum, 255 + 65535 + 7 + (UINT64_C(1) << 40));
    assert_int_equal(toy_flags(NULL, &(struct toy_flags_in){true}, &no), SVSM_OK);
    assert_int_equal(no.small, 200);
    assert_int_equal(toy_nothing(NULL, NULL, NULL), SVSM_UNKNOWN_CALL);
}

static enum svsm_status nothing(struct channel *from, const struct toy_nothing_in *in,
                                struct toy_nothing_out *out)
{
    (void)from;
    (void)in;
    (void)out;
    return SVSM_STATUS_OWN;
}

static void test_own_status(void **state)
{
    static const struct toy_handlers own = {.nothing = nothing};

    (void)state;
    serving = &own;
    assert_int_equal(toy_nothing(NULL, NULL, NULL), SVSM_STATUS_OWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_lengths_and_numbers),
        cmocka_unit_test(test_both_ends),
        cmocka_unit_test(test_own_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
