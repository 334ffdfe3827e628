/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core as the server uses it: starts, failure mode, state, locality, clock, entropy tests and
 * (in core_protocol.c) protocol 2. libtpms is the real one.
 */
#include "core.h"

#include "command.h"
#include "host.h"

#include <sys/wait.h>
#include <unistd.h>

enum { RC_FAILURE = VTPM_RC_FAILURE, RC_LOCALITY = 0x907, RC_INITIALIZE = 0x100 };

struct test_store test_store;
static char log_text[1000];
static uint64_t now;
static int entropy_mode; /* 0 good, 1 fails, 2 stuck, 3 one byte too often, 4 runs of five */
static uint32_t entropy_word = 1;

static void log_line(const char *text)
{
    if (strlen(log_text) + strlen(text) + 2 < sizeof log_text)
        strcat(strcat(log_text, text), "\n");
}

static uint64_t read_clock(void *context)
{
    (void)context;
    return now;
}

static bool read_entropy(void *context, uint8_t *out, size_t length)
{
    (void)context;
    for (size_t i = 0; i < length; i++) {
        entropy_word = entropy_word * 1664525 + 1013904223;
        out[i] = (uint8_t)(entropy_word >> 24);
        if (entropy_mode == 2 || (entropy_mode == 3 && i % 8 == 0))
            out[i] = 7;
        if (entropy_mode == 4)
            out[i] = (uint8_t)(i / 5);
    }
    return entropy_mode != 1;
}

static enum store_result save(struct store *s, enum store_blob which,
                              const struct store_bytes *bytes)
{
    uint8_t message[PROTOCOL_MESSAGE_BYTES] = {PLATFORM_SEND_COMMAND};

    test_store.saves++;
    if (test_store.calls_back)
        test_store.called_back = protocol_command(message);
    return test_store.fails ? STORE_FAILED : test_store.save(s, which, bytes);
}

static struct vtpm_config configuration(enum vtpm_origin origin)
{
    struct vtpm_config config = {
        .store = &test_store.memory.store,
        .log = log_line,
        .origin = origin,
        .clock = {read_clock, NULL},
        .entropy = {read_entropy, NULL},
    };

    return config;
}

bool test_start(enum vtpm_origin origin)
{
    struct vtpm_config config = configuration(origin);

    log_text[0] = 0;
    return vtpm_start(&config);
}

static int open_store(void **state)
{
    (void)state;
    memset(&test_store, 0, sizeof test_store);
    memory_store_open(&test_store.memory);
    test_store.save = test_store.memory.store.save;
    test_store.memory.store.save = save;
    entropy_mode = 0;
    now = 1000000000;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    vtpm_stop();
    memory_store_close(&test_store.memory);
    return 0;
}

/* Ten bytes that say TPM_RC_FAILURE, whatever was asked. */
static void expect_failure_mode(void)
{
    static const uint8_t expected[] = {0x80, 1, 0, 0, 0, 10, 0, 0, 1, 1};
    struct command c = {.length = 0};

    assert_false(vtpm_is_working());
    assert_int_equal(run_startup(0), RC_FAILURE);
    assert_int_equal(run_get_random(&c, 8), RC_FAILURE);
    command_begin(&c, ST_NO_SESSIONS, CC_GET_CAPABILITY);
    command_u32(&c, 6);
    command_u32(&c, 0x100);
    command_u32(&c, 1);
    assert_int_equal(command_run(&c), RC_FAILURE);
    assert_int_equal(c.response_length, sizeof expected);
    assert_memory_equal(c.response, expected, sizeof expected);
    assert_false(vtpm_suspend());
}

static void test_manufacture(void **state)
{
    struct command c = {.length = 0};

    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_non_null(strstr(log_text, "ephemeral"));
    assert_true(vtpm_is_ephemeral());
    assert_int_equal(run_get_random(&c, 8), RC_INITIALIZE);
    assert_int_equal(run_startup(0), 0);
    assert_int_equal(run_get_random(&c, 8), 0);
    assert_int_equal(c.response_length, 20);
    assert_true(test_store.saves > 0);
}

static void test_no_state_no_tpm(void **state)
{
    (void)state;
    assert_false(test_start(VTPM_POWER_ON));
    assert_non_null(strstr(log_text, "permanent state is missing"));
    expect_failure_mode();
    assert_false(test_start(VTPM_RESUME));
    expect_failure_mode();
    assert_null(test_store.memory.blob[STORE_PERMANENT].data);
}

/* The name of a primary key shows which TPM it is. */
static void primary_name(uint8_t name[34])
{
    struct command c = {.length = 0};

    assert_int_equal(run_create_primary(&c, 3, 0), 0);
    memcpy(name, c.response + c.response_length - 34 - 5, 34);
    assert_int_equal(run_flush(response_u32(&c, 10)), 0);
}

/* To be told to manufacture is no reason to replace what is there. */
static void test_manufacture_keeps(void **state)
{
    uint8_t first[34], second[34];

    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    primary_name(first);
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    primary_name(second);
    assert_memory_equal(first, second, sizeof first);
    assert_true(test_start(VTPM_POWER_ON));
    assert_int_equal(run_startup(0), 0);
    primary_name(second);
    assert_memory_equal(first, second, sizeof first);
}

static void read_pcr(uint8_t out[32])
{
    struct command c = {.length = 0};

    assert_int_equal(run_pcr_read(&c, 16), 0);
    memcpy(out, c.response + c.response_length - 32, 32);
}

static void test_suspend_and_resume(void **state)
{
    uint8_t before[32], after[32];
    static const uint8_t zero[32];

    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    assert_int_equal(run_pcr_extend(16, 0x55, 0), 0);
    read_pcr(before);
    assert_true(vtpm_suspend());
    assert_true(test_start(VTPM_RESUME));
    read_pcr(after);
    assert_memory_equal(before, after, sizeof before);
    assert_true(vtpm_suspend());
    assert_true(test_start(VTPM_POWER_ON));
    assert_int_equal(run_startup(0), 0);
    read_pcr(after);
    assert_memory_equal(zero, after, sizeof zero);
}

/* A state with a bit changed anywhere, or cut short, is refused, never replaced. */
static void test_damaged_state(void **state)
{
    struct store_bytes *blob = &test_store.memory.blob[STORE_PERMANENT];
    size_t whole;

    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    vtpm_stop();
    whole = blob->length;
    for (size_t i = 0; i < whole; i += i < 60 ? 1 : 13) {
        blob->data[i] ^= 0x10;
        assert_false(test_start(VTPM_MANUFACTURE));
        assert_non_null(strstr(log_text, "the state is damaged"));
        blob->data[i] ^= 0x10;
    }
    for (blob->length = 0; blob->length < whole; blob->length += 17)
        assert_false(test_start(VTPM_MANUFACTURE));
    expect_failure_mode();
    blob->length = whole;
    assert_true(test_start(VTPM_POWER_ON));
}

static void test_restore(void **state)
{
    struct store_bytes permanent, volatile_state, nothing = {NULL, 0};
    uint8_t before[32], after[32];

    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    assert_int_equal(run_pcr_extend(16, 0x77, 0), 0);
    read_pcr(before);
    assert_true(vtpm_suspend());
    permanent = test_store.memory.blob[STORE_PERMANENT];
    volatile_state = test_store.memory.blob[STORE_VOLATILE];
    assert_false(vtpm_restore(&permanent, &volatile_state));
    memset(test_store.memory.blob, 0, sizeof test_store.memory.blob);
    assert_false(test_start(VTPM_RESUME));
    expect_failure_mode();
    assert_false(vtpm_restore(&nothing, &volatile_state));
    assert_true(vtpm_restore(&permanent, &volatile_state));
    read_pcr(after);
    assert_memory_equal(before, after, sizeof before);
    vtpm_stop();
    memory_store_close(&test_store.memory);
    assert_false(test_start(VTPM_POWER_ON));
    assert_true(vtpm_restore(&permanent, &nothing));
    assert_int_equal(run_startup(0), 0);
    free(permanent.data);
    free(volatile_state.data);
}

static void test_store_fails(void **state)
{
    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    assert_int_equal(run_nv_define(0x1500001), 0);
    test_store.fails = true;
    assert_int_not_equal(run_nv_define(0x1500002), 0);
    assert_non_null(strstr(log_text, "the store did not take the state"));
    assert_int_equal(run_nv_define(0x1500003), RC_FAILURE);
    assert_false(vtpm_suspend());
}

static void test_busy(void **state)
{
    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    test_store.calls_back = true;
    assert_int_equal(run_nv_define(0x1500001), 0);
    assert_int_equal(test_store.called_back, SVSM_BUSY);
}

static void test_locality(void **state)
{
    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    assert_int_equal(run_pcr_extend(20, 1, 0), RC_LOCALITY);
    assert_int_equal(run_pcr_extend(20, 1, 3), 0);
    assert_int_equal(run_pcr_extend(20, 1, 0), RC_LOCALITY);
}

static void test_clock(void **state)
{
    const struct clock_source source = {read_clock, NULL}, none = {NULL, NULL};

    (void)state;
    clock_open(&none);
    assert_int_equal(clock_now(), 0);
    clock_open(&source);
    now = 5000;
    assert_int_equal(clock_now(), 5000);
    now = 4000;
    assert_int_equal(clock_now(), 5000);
    now = 6000;
    assert_int_equal(clock_now(), 6000);
}

/* In a child: a facade that failed is not to be trusted again in this process. */
static int in_child(void (*body)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        body();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void start_without_entropy(void)
{
    for (int mode = 1; mode < 4; mode++) {
        entropy_mode = mode;
        if (test_start(VTPM_MANUFACTURE) || strstr(log_text, "entropy source") == NULL)
            _exit(mode);
    }
    entropy_mode = 4;
    if (!test_start(VTPM_MANUFACTURE))
        _exit(4);
}

/* The source fails while the TPM works, in the middle of a command that wants a random number. */
static void lose_entropy(void)
{
    struct command c = {.length = 0};
    struct store_bytes nothing = {NULL, 0}, some = {(uint8_t *)"x", 1};
    uint32_t key;

    if (!test_start(VTPM_MANUFACTURE) || run_startup(0) != 0 || run_create_primary(&c, 3, 1) != 0)
        _exit(1);
    key = response_u32(&c, 10);
    entropy_mode = 2;
    for (int i = 0; i < 5000 && vtpm_is_working(); i++)
        run_quote(key);
    if (vtpm_is_working() || strstr(log_text, "no entropy") == NULL)
        _exit(2);
    entropy_mode = 0;
    if (run_get_random(&c, 8) != RC_FAILURE || c.response_length != 10)
        _exit(3);
    if (vtpm_restore(&some, &nothing) || test_start(VTPM_MANUFACTURE))
        _exit(4);
}

static void test_entropy(void **state)
{
    const struct entropy_source source = {read_entropy, NULL};
    uint8_t bytes[4096];

    (void)state;
    assert_int_equal(in_child(start_without_entropy), 0);
    assert_true(entropy_open(&source));
    for (int i = 0; i < 500; i++)
        assert_true(entropy_read(bytes, sizeof bytes));
    for (entropy_mode = 1; entropy_mode < 4; entropy_mode++) {
        int saved = entropy_mode;

        entropy_mode = 0;
        assert_true(entropy_open(&source));
        entropy_mode = saved;
        assert_false(entropy_read(bytes, sizeof bytes));
        assert_int_equal(bytes[100], 0);
        entropy_mode = 0;
        assert_false(entropy_read(bytes, sizeof bytes));
        assert_false(entropy_is_healthy());
        entropy_mode = saved;
    }
}

static void test_entropy_lost(void **state)
{
    (void)state;
    assert_int_equal(in_child(lose_entropy), 0);
}

/* The largest command that fits the message is the largest the TPM says it takes. */
static void test_buffer_size(void **state)
{
    struct command c = {.length = 0};

    (void)state;
    assert_true(test_start(VTPM_MANUFACTURE));
    assert_int_equal(run_startup(0), 0);
    command_begin(&c, ST_NO_SESSIONS, CC_GET_CAPABILITY);
    command_u32(&c, 6);
    command_u32(&c, 0x11e);
    command_u32(&c, 1);
    assert_int_equal(command_run(&c), 0);
    assert_int_equal(response_u32(&c, c.response_length - 4), 4087);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_store, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_manufacture),       TEST(test_no_state_no_tpm),
        TEST(test_manufacture_keeps), TEST(test_suspend_and_resume),
        TEST(test_damaged_state),     TEST(test_restore),
        TEST(test_store_fails),       TEST(test_busy),
        TEST(test_locality),          TEST(test_clock),
        TEST(test_entropy),           TEST(test_entropy_lost),
        TEST(test_protocol_refusals), TEST(test_protocol_responses),
        TEST(test_protocol_query),    TEST(test_buffer_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
