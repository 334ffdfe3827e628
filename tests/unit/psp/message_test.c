/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest messages from a guest that OpenSSL encrypts for: round trips, every malformed shape, the
 * sequence numbers, derived keys.
 */
#include "fixture.h"

static struct message request, response;

static int running(void **state)
{
    (void)state;
    guest_running();
    return 0;
}

static const struct report_request plain_report = {.report_data = "nonce", .vmpl = 2};

static struct letter report_letter(uint8_t vmpck, uint64_t sequence)
{
    return (struct letter){MESSAGE_REPORT_REQUEST, 1, vmpck, sequence, &plain_report,
                           sizeof(plain_report)};
}

static void seal_report(uint8_t vmpck, uint64_t sequence)
{
    struct letter letter = report_letter(vmpck, sequence);

    letter_seal(&letter, &request);
}

static void round_trip(void **state)
{
    struct report_response answer;

    (void)state;
    for (uint64_t sequence = 1; sequence < 7; sequence += 2) {
        seal_report(2, sequence);
        assert_int_equal(message_send(&request, &response), PSP_OK);
        assert_true(response.sequence == sequence + 1);
        assert_int_equal(response.header.type, 6);
        assert_int_equal(response.header.version, 1);
        assert_int_equal(response.header.vmpck, 2);
        answer_open(&response, guest.vmpck[2], &answer, sizeof(answer));
        assert_int_equal(answer.status, 0);
        assert_int_equal(answer.size, 0x4A0);
        assert_memory_equal(answer.report.report_data, plain_report.report_data, 64);
        for (unsigned i = response.header.size; i < PAYLOAD_MAX; i++)
            assert_int_equal(response.payload[i], 0);
    }
}

/* Each key counts for itself. */
static void keys_are_independent(void **state)
{
    (void)state;
    for (uint8_t vmpck = 0; vmpck < 3; vmpck++) {
        seal_report(vmpck, 1);
        assert_int_equal(message_send(&request, &response), PSP_OK);
    }
    seal_report(0, 3);
    assert_int_equal(message_send(&request, &response), PSP_OK);
    seal_report(1, 5);
    assert_int_equal(message_send(&request, &response), PSP_INVALID_PARAM);
}

static void sequence_numbers(void **state)
{
    static const uint64_t wrong[] = {0, 2, 3, UINT64_MAX};

    (void)state;
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        seal_report(2, wrong[i]);
        assert_int_equal(message_send(&request, &response), PSP_INVALID_PARAM);
    }
    seal_report(2, 1);
    assert_int_equal(message_send(&request, &response), PSP_OK);
    assert_int_equal(message_send(&request, &response), PSP_INVALID_PARAM); /* a replay */
    guest.sequence[2] = UINT64_MAX - 1;
    seal_report(2, UINT64_MAX);
    assert_int_equal(message_send(&request, &response), PSP_AEAD_OFLOW);
}

static void every_flipped_byte_is_noticed(void **state)
{
    uint8_t *bytes = (uint8_t *)&request;

    (void)state;
    seal_report(2, 1);
    for (unsigned i = 0; i < MESSAGE_HEADER + sizeof(plain_report); i++) {
        bytes[i] ^= 0x20;
        assert_int_not_equal(message_send(&request, &response), PSP_OK);
        bytes[i] ^= 0x20;
    }
    assert_int_equal(message_send(&request, &response), PSP_OK);
}

static void wrong_key(void **state)
{
    (void)state;
    seal_report(2, 1);
    message_reseal(&request, guest.vmpck[1], (const uint8_t *)&plain_report);
    assert_int_equal(message_send(&request, &response), PSP_BAD_MEASUREMENT);
}

/* Correctly sealed, but the header says what it must not. */
static void malformed_headers(void **state)
{
    static const struct {
        unsigned offset;
        uint8_t value;
        uint32_t status;
    } cases[] = {
        {0x10, 1, PSP_INVALID_PARAM},    {0x1F, 1, PSP_INVALID_PARAM},
        {0x28, 1, PSP_INVALID_PARAM},    {0x2F, 1, PSP_INVALID_PARAM},
        {0x30, 0, PSP_INVALID_PARAM},    {0x30, 2, PSP_INVALID_PARAM},
        {0x31, 0, PSP_INVALID_PARAM},    {0x31, 2, PSP_INVALID_PARAM},
        {0x32, 0x61, PSP_INVALID_PARAM}, {0x33, 1, PSP_INVALID_PARAM},
        {0x34, 0, PSP_INVALID_PARAM},    {0x34, 6, PSP_INVALID_PARAM},
        {0x34, 19, PSP_INVALID_PARAM},   {0x34, 255, PSP_INVALID_PARAM},
        {0x35, 0, PSP_INVALID_PARAM},    {0x35, 2, PSP_INVALID_PARAM},
        {0x38, 1, PSP_INVALID_PARAM},    {0x3C, 4, PSP_INVALID_PARAM},
        {0x3C, 255, PSP_INVALID_PARAM},  {0x3D, 1, PSP_INVALID_PARAM},
        {0x5F, 1, PSP_INVALID_PARAM},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        seal_report(2, 1);
        ((uint8_t *)&request)[cases[i].offset] = cases[i].value;
        message_reseal(&request, guest.vmpck[2], (const uint8_t *)&plain_report);
        assert_int_equal(message_send(&request, &response), cases[i].status);
    }
    seal_report(2, 1); /* none of that used up the number */
    assert_int_equal(message_send(&request, &response), PSP_OK);
}

static void sizes(void **state)
{
    static const uint16_t wrong[] = {0, 1, 0x5F, 0x61, 0x78, PAYLOAD_MAX, PAYLOAD_MAX + 1, 0xFFFF};
    static const uint8_t zeros[0x10000];
    struct letter letter = report_letter(2, 1);

    (void)state;
    letter.payload = zeros;
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        letter.size = wrong[i] > PAYLOAD_MAX ? 0 : wrong[i];
        letter_seal(&letter, &request);
        request.header.size = wrong[i];
        assert_int_equal(message_send(&request, &response), PSP_INVALID_PARAM);
    }
}

static void unmodelled_types_are_named(void **state)
{
    static const uint8_t types[] = {1, 7, 9, 11, 13};
    struct letter letter = report_letter(2, 1);

    (void)state;
    for (unsigned i = 0; i < sizeof(types); i++) {
        letter.type = types[i];
        letter_seal(&letter, &request);
        assert_int_equal(message_send(&request, &response), PSP_NOT_MODELLED | types[i]);
    }
}

/* Refusals inside the payload are answers: they are sealed and use up the number. */
static void report_requests_refused(void **state)
{
    struct {
        uint8_t vmpck;
        struct report_request ask;
        uint32_t status;
    } cases[] = {
        {2, {.vmpl = 1}, PSP_INVALID_PARAM},
        {2, {.vmpl = 0}, PSP_INVALID_PARAM},
        {2, {.vmpl = 4}, PSP_INVALID_PARAM},
        {0, {.vmpl = UINT32_MAX}, PSP_INVALID_PARAM},
        {0, {.vmpl = 0}, PSP_OK},
        {0, {.vmpl = 3}, PSP_OK},
        {3, {.vmpl = 3}, PSP_OK},
        {0, {.key_select = 1}, PSP_OK},
        {0, {.key_select = 2}, PSP_INVALID_KEY},
        {0, {.key_select = 3}, PSP_INVALID_PARAM},
        {0, {.key_select = 4}, PSP_INVALID_PARAM},
        {0, {.reserved = {[23] = 1}}, PSP_INVALID_PARAM},
    };
    uint64_t sequence[VMPCKS] = {1, 1, 1, 1};
    struct report_response answer;

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct letter letter = report_letter(cases[i].vmpck, sequence[cases[i].vmpck]);

        letter.payload = &cases[i].ask;
        letter_seal(&letter, &request);
        assert_int_equal(message_send(&request, &response), PSP_OK);
        answer_open(&response, guest.vmpck[cases[i].vmpck], &answer, sizeof(answer));
        assert_int_equal(answer.status, cases[i].status);
        assert_int_equal(answer.size, cases[i].status == PSP_OK ? 0x4A0 : 0);
        sequence[cases[i].vmpck] += 2;
    }
}

static uint32_t key_get(const struct key_request *ask, uint8_t version, uint8_t vmpck,
                        uint8_t key[32])
{
    struct letter letter = {MESSAGE_KEY_REQUEST,       version, vmpck,
                            guest.sequence[vmpck] + 1, ask,     version == 1 ? 0x20 : 0x28};
    struct key_response answer;

    letter_seal(&letter, &request);
    assert_int_equal(message_send(&request, &response), PSP_OK);
    answer_open(&response, guest.vmpck[vmpck], &answer, sizeof(answer));
    memcpy(key, answer.key, 32);
    return answer.status;
}

static void keys_differ(const struct key_request *a, const struct key_request *b)
{
    uint8_t first[32], second[32];

    assert_int_equal(key_get(a, 1, 0, first), PSP_OK);
    assert_int_equal(key_get(b, 1, 0, second), PSP_OK);
    assert_memory_not_equal(first, second, 32);
}

static void derived_keys(void **state)
{
    const struct key_request base = {.vmpl = 0};
    uint8_t first[32], second[32];

    (void)state;
    assert_int_equal(key_get(&base, 1, 0, first), PSP_OK);
    assert_int_equal(key_get(&base, 2, 0, second), PSP_OK);
    assert_memory_equal(first, second, 32);
    for (unsigned field = 0; field < 6; field++) {
        struct key_request other = {.field_select = 1ull << field};

        keys_differ(&base, &other);
    }
    keys_differ(&base, &(struct key_request){.vmpl = 1});
    guest.guest_svn = 3;
    keys_differ(&(struct key_request){.field_select = 1 << 4, .guest_svn = 2},
                &(struct key_request){.field_select = 1 << 4, .guest_svn = 3});
    keys_differ(&(struct key_request){.field_select = 1 << 5, .tcb = 1},
                &(struct key_request){.field_select = 1 << 5, .tcb = 2});
}

/* A key outlives its guest: another launch of the same image on the same chip gets it again. */
static void derived_keys_last(void **state)
{
    const struct key_request ask = {.field_select = 8, .vmpl = 2};
    uint8_t first[32], again[32], changed[32];

    (void)state;
    assert_int_equal(key_get(&ask, 1, 2, first), PSP_OK);
    guest_running();
    assert_int_equal(key_get(&ask, 1, 2, again), PSP_OK);
    assert_memory_equal(first, again, 32);
    guest.digest[0] ^= 1;
    assert_int_equal(key_get(&ask, 1, 2, changed), PSP_OK);
    assert_memory_not_equal(first, changed, 32);
}

static void key_requests_refused(void **state)
{
    static const struct {
        struct key_request ask;
        uint32_t status;
    } cases[] = {
        {{.vmpl = 1}, PSP_INVALID_PARAM},
        {{.vmpl = 4}, PSP_INVALID_PARAM},
        {{.vmpl = 2, .root_select = 1}, PSP_INVALID_KEY},
        {{.vmpl = 2, .root_select = 4}, PSP_INVALID_KEY},
        {{.vmpl = 2, .root_select = 6}, PSP_INVALID_PARAM},
        {{.vmpl = 2, .root_select = 8}, PSP_INVALID_PARAM},
        {{.vmpl = 2, .reserved = 1}, PSP_INVALID_PARAM},
        {{.vmpl = 2, .field_select = 0x80}, PSP_INVALID_PARAM},
        {{.vmpl = 2, .field_select = 0x10, .guest_svn = 1}, PSP_INVALID_PARAM},
        {{.vmpl = 2, .field_select = 0x20, .tcb = 0xDC00000000000000}, PSP_INVALID_PARAM},
        {{.vmpl = 2, .field_select = 0x20, .tcb = 0x0000000000000100}, PSP_INVALID_PARAM},
        {{.vmpl = 2, .field_select = 0x20, .tcb = 0xDB18000000000004}, PSP_OK},
        {{.vmpl = 2, .field_select = 0x40, .launch_mitigations = 1}, PSP_INVALID_PARAM},
    };
    uint8_t key[32];

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(key_get(&cases[i].ask, 2, 2, key), cases[i].status);
}

static void tsc_information(void **state)
{
    struct tsc_request ask = {{0}};
    struct letter letter = {MESSAGE_TSC_REQUEST, 1, 2, 1, &ask, sizeof(ask)};
    struct tsc_response answer;

    (void)state;
    letter_seal(&letter, &request);
    assert_int_equal(message_send(&request, &response), PSP_OK);
    assert_int_equal(response.header.type, 18);
    answer_open(&response, guest.vmpck[2], &answer, sizeof(answer));
    assert_int_equal(answer.status, 0);
    assert_true(answer.scale == 1ull << 32 && answer.offset == 0);
    ask.reserved[127] = 1;
    letter.sequence = 3;
    letter_seal(&letter, &request);
    assert_int_equal(message_send(&request, &response), PSP_OK);
    answer_open(&response, guest.vmpck[2], &answer, sizeof(answer));
    assert_int_equal(answer.status, PSP_INVALID_PARAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(round_trip, running),
        cmocka_unit_test_setup(keys_are_independent, running),
        cmocka_unit_test_setup(sequence_numbers, running),
        cmocka_unit_test_setup(every_flipped_byte_is_noticed, running),
        cmocka_unit_test_setup(wrong_key, running),
        cmocka_unit_test_setup(malformed_headers, running),
        cmocka_unit_test_setup(sizes, running),
        cmocka_unit_test_setup(unmodelled_types_are_named, running),
        cmocka_unit_test_setup(report_requests_refused, running),
        cmocka_unit_test_setup(derived_keys, running),
        cmocka_unit_test_setup(derived_keys_last, running),
        cmocka_unit_test_setup(key_requests_refused, running),
        cmocka_unit_test_setup(tsc_information, running),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
