/* SPDX-License-Identifier: BSD-2-Clause */
/* The example as a process beside the log, and the test as its client and the log's reader. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <launcher.h>
#include <svsm/interface/log.h>

#include "example.h"

#include <sys/mman.h>

enum { LOG, EXAMPLE };
enum { CLIENT, SPEAKS, READER };

static const struct launcher_server servers[] = {{"log", LOG_PROGRAM, 0},
                                                 {"example", EXAMPLE_PROGRAM, 1}};
static const struct launcher_channel channels[] = {
    {.client = {LAUNCHER_TEST, ""}, .server = {EXAMPLE, "client"}},
    {.client = {EXAMPLE, "log"}, .server = {LOG, "example"}, .message = 4096},
    {.client = {LAUNCHER_TEST, ""}, .server = {LOG, LOG_READER}, .message = 4096},
};
static struct launcher launcher;

static int start(void **state)
{
    (void)state;
    launcher = (struct launcher){
        .servers = servers, .channels = channels, .server_count = 2, .channel_count = 3};
    launcher_start(&launcher);
    return 0;
}

static int end(void **state)
{
    (void)state;
    launcher_end(&launcher);
    return 0;
}

static enum svsm_status add(uint64_t amount, uint64_t *sum)
{
    struct message message = {.label = 1, .length = 1, .words = {amount}};
    enum svsm_status status = launcher_call(&launcher, CLIENT, &message);

    *sum = status == SVSM_OK ? message.words[0] : 0;
    return status;
}

static void expect_line(uint64_t number, const char *text)
{
    struct message message = {.label = 3, .length = 1, .words = {number}};
    void *memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, launcher.memories[READER], 0);

    assert_ptr_not_equal(memory, MAP_FAILED);
    assert_int_equal(launcher_call(&launcher, READER, &message), SVSM_OK);
    assert_int_equal(message.words[1], strlen(text));
    assert_memory_equal(memory, text, strlen(text));
    munmap(memory, 4096);
}

static void test_sums(void **state)
{
    uint64_t sum;

    (void)state;
    assert_int_equal(add(40, &sum), SVSM_OK);
    assert_int_equal(add(2, &sum), SVSM_OK);
    assert_int_equal(sum, 42);
    assert_int_equal(add(1000000 - 42, &sum), SVSM_OK);
    assert_int_equal(sum, 1000000);
    expect_line(0, "the example is ready");
}

static void test_refused(void **state)
{
    uint64_t sum;

    (void)state;
    assert_int_equal(add(1, &sum), SVSM_OK);
    assert_int_equal(add(1000000, &sum), SVSM_DENIED);
    assert_int_equal(add(UINT32_MAX, &sum), SVSM_DENIED);
    assert_int_equal(add(UINT64_C(1) << 32, &sum), SVSM_MALFORMED);
    assert_int_equal(add(1, &sum), SVSM_OK);
    assert_int_equal(sum, 2);
    expect_line(1, "a sum would have become too large");
}

static void test_restart(void **state)
{
    uint64_t sum;

    (void)state;
    assert_int_equal(add(5, &sum), SVSM_OK);
    launcher_kill(&launcher, EXAMPLE);
    assert_true(launcher_wait(&launcher, EXAMPLE, 1));
    assert_int_equal(add(5, &sum), SVSM_OK);
    assert_int_equal(sum, 5);
    expect_line(1, "the example is ready");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sums, start, end),
        cmocka_unit_test_setup_teardown(test_refused, start, end),
        cmocka_unit_test_setup_teardown(test_restart, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
