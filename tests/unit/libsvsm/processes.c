/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers as Linux processes: calls, rings, deaths at every point of a message, a hostile client.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <launcher.h>
#include <sel4/types.h>
#include <svsm/hook.h>
#include <svsm/interface/echo.h>
#include <wire.h>

enum { ECHO, DRIVER };

static const struct launcher_channel one_channel[] = {
    {.client = {DRIVER, "echo"},
     .server = {ECHO, "client"},
     .ring_to_client = 8192,
     .ring_to_server = 8192},
};

static void expect_done(const struct launcher *launcher, uint32_t server)
{
    int status = launcher->processes[server].last_status;

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_calls_and_bytes(void **state)
{
    static const struct launcher_server servers[] = {{"echo", ECHO_PROGRAM, 0},
                                                     {"driver", DRIVER_PROGRAM, 0}};
    struct launcher launcher = {
        .servers = servers, .channels = one_channel, .server_count = 2, .channel_count = 1};

    (void)state;
    launcher_start(&launcher);
    assert_true(launcher_wait(&launcher, DRIVER, 1));
    expect_done(&launcher, DRIVER);
    assert_int_equal(launcher.processes[ECHO].endings, 0);
    assert_true(launcher.processes[ECHO].block->calls >= 100000 + 512);
    assert_int_equal(launcher.processes[ECHO].block->refused, 0);
    launcher_end(&launcher);
}

/* The server dies at one point of its thousandth message, in each of its first three lives. */
static void test_death_at(enum svsm_point point)
{
    static const struct launcher_server servers[] = {{"echo", DYING_PROGRAM, 3},
                                                     {"driver", DRIVER_PROGRAM, 0}};
    struct launcher launcher = {
        .servers = servers, .channels = one_channel, .server_count = 2, .channel_count = 1};
    char when[32];

    snprintf(when, sizeof(when), "%d", point);
    assert_int_equal(setenv("DIE_AT", when, 1), 0);
    launcher_start(&launcher);
    assert_true(launcher_wait(&launcher, DRIVER, 1));
    expect_done(&launcher, DRIVER);
    assert_int_equal(launcher.processes[ECHO].endings, 3);
    launcher_end(&launcher);
}

static void test_deaths(void **state)
{
    (void)state;
    test_death_at(SVSM_POINT_RECEIVED);
    test_death_at(SVSM_POINT_HANDLED);
}

/* Calls that no stub would make: the answers name the mistake, and the server goes on. */
static void test_malformed(void **state)
{
    static const struct launcher_server servers[] = {{"echo", ECHO_PROGRAM, 0}};
    static const struct launcher_channel channels[] = {
        {.client = {LAUNCHER_TEST, ""}, .server = {ECHO, "client"}}};
    struct launcher launcher = {
        .servers = servers, .channels = channels, .server_count = 1, .channel_count = 1};
    struct message good = {.label = 1, .length = 2, .words = {20, 22}};
    struct message length = {.label = 1, .length = 3}, none = {.label = 9, .length = 2};
    struct message range = {.label = 1, .length = 2, .words = {UINT64_C(1) << 32, 1}};
    struct message bare = {.label = 2, .length = 1, .words = {64}};

    (void)state;
    launcher_start(&launcher);
    assert_int_equal(launcher_call(&launcher, 0, &length), SVSM_MALFORMED);
    assert_int_equal(launcher_call(&launcher, 0, &none), SVSM_UNKNOWN_CALL);
    assert_int_equal(launcher_call(&launcher, 0, &range), SVSM_MALFORMED);
    assert_int_equal(launcher_call(&launcher, 0, &bare), SVSM_NO_CHANNEL); /* it has no rings */
    assert_int_equal(launcher_call(&launcher, 0, &good), SVSM_OK);
    assert_int_equal(good.length, 1);
    assert_int_equal(good.words[0], 42);
    assert_int_equal(launcher.processes[ECHO].block->refused, 3);
    launcher_end(&launcher);
}

/* The test as a client with the stubs any client has: calls, both rings, a restart. */
static void test_own_client(void **state)
{
    static const struct launcher_server servers[] = {{"echo", ECHO_PROGRAM, 1}};
    static const struct launcher_channel channels[] = {{.client = {LAUNCHER_TEST, "echo"},
                                                        .server = {ECHO, "client"},
                                                        .ring_to_client = 4096,
                                                        .ring_to_server = 8192}};
    struct launcher launcher = {
        .servers = servers, .channels = channels, .server_count = 1, .channel_count = 1};
    struct echo_add_out sum;
    struct channel *echo;
    char bytes[3];

    (void)state;
    launcher_start(&launcher);
    echo = channel_find("echo");
    assert_int_equal(echo_add(echo, &(struct echo_add_in){1, 2}, &sum), SVSM_OK);
    assert_int_equal(sum.sum, 3);
    assert_int_equal(channel_room(echo), 8192);
    assert_int_equal(channel_write(echo, "HAL", 3), SVSM_OK);
    assert_int_equal(echo_reflect(echo, &(struct echo_reflect_in){3}, NULL), SVSM_OK);
    assert_int_equal(channel_fill(echo), 3);
    assert_int_equal(channel_read(echo, bytes, 3), SVSM_OK);
    assert_memory_equal(bytes, "IBM", 3);
    launcher_kill(&launcher, ECHO);
    assert_true(launcher_wait(&launcher, ECHO, 1));
    assert_int_equal(echo_add(echo, &(struct echo_add_in){1, 2}, &sum), SVSM_RESTARTED);
    assert_int_equal(echo_add(echo, &(struct echo_add_in){1, 2}, &sum), SVSM_OK);
    launcher_kill(&launcher, ECHO);
    assert_true(launcher_wait(&launcher, ECHO, 2));
    assert_int_equal(echo_add(echo, &(struct echo_add_in){1, 2}, &sum), SVSM_GONE);
    launcher_end(&launcher);
}

/* A server that is gone for good says so to everybody, at once. */
static void test_gone(void **state)
{
    static const struct launcher_server servers[] = {{"echo", ECHO_PROGRAM, 1}};
    static const struct launcher_channel channels[] = {
        {.client = {LAUNCHER_TEST, ""}, .server = {ECHO, "client"}}};
    struct launcher launcher = {
        .servers = servers, .channels = channels, .server_count = 1, .channel_count = 1};
    struct message good = {.label = 1, .length = 2, .words = {20, 22}};

    (void)state;
    launcher_start(&launcher);
    launcher_kill(&launcher, ECHO);
    assert_true(launcher_wait(&launcher, ECHO, 1));
    assert_int_equal(launcher_call(&launcher, 0, &good), SVSM_OK);
    launcher_kill(&launcher, ECHO);
    assert_true(launcher_wait(&launcher, ECHO, 2));
    assert_int_equal(launcher_call(&launcher, 0, &good), SVSM_GONE);
    launcher_end(&launcher);
}

/* Two clients; one writes nonsense over its channel's memory all the time and calls. */
static void test_hostile(void **state)
{
    enum { HOSTILE = 2 };
    static const struct launcher_server servers[] = {
        {"echo", ECHO2_PROGRAM, 0}, {"driver", DRIVER_PROGRAM, 0}, {"hostile", HOSTILE_PROGRAM, 0}};
    static const struct launcher_channel channels[] = {
        {{DRIVER, "echo"}, {ECHO, "client"}, 0, 8192, 8192, 0},
        {{HOSTILE, "echo"}, {ECHO, "other"}, 0, 4096, 12288, 0},
    };
    struct launcher launcher = {
        .servers = servers, .channels = channels, .server_count = 3, .channel_count = 2};

    (void)state;
    launcher_start(&launcher);
    assert_true(launcher_wait(&launcher, DRIVER, 1));
    assert_true(launcher_wait(&launcher, HOSTILE, 1));
    expect_done(&launcher, DRIVER);
    expect_done(&launcher, HOSTILE);
    assert_int_equal(launcher.processes[ECHO].endings, 0);
    launcher_end(&launcher);
}

/* The server ends twice while nobody waits for it. */
static void test_idle_restarts(void **state)
{
    static const struct launcher_server servers[] = {{"echo", ECHO_PROGRAM, 5},
                                                     {"patient", PATIENT_PROGRAM, 0}};
    struct launcher launcher = {
        .servers = servers, .channels = one_channel, .server_count = 2, .channel_count = 1};

    (void)state;
    launcher_start(&launcher);
    for (uint32_t life = 1; life <= 2; life++) {
        while (launcher.processes[ECHO].block->signals == 0 &&
               launcher.processes[DRIVER].endings == 0) {
            launcher_attend(&launcher);
        }
        launcher_kill(&launcher, ECHO);
        assert_true(launcher_wait(&launcher, ECHO, life));
    }
    assert_true(launcher_wait(&launcher, DRIVER, 1));
    expect_done(&launcher, DRIVER);
    launcher_end(&launcher);
}

/* Signals in both directions; a client that is started again, which its server is told. */
static void test_signals(void **state)
{
    enum { BELL, VISITOR };
    static const struct launcher_server servers[] = {{"bell", BELL_PROGRAM, 0},
                                                     {"visitor", VISITOR_PROGRAM, 2}};
    static const struct launcher_channel channels[] = {
        {.client = {VISITOR, "bell"}, .server = {BELL, "client"}}};
    struct launcher launcher = {
        .servers = servers, .channels = channels, .server_count = 2, .channel_count = 1};

    (void)state;
    launcher_start(&launcher);
    assert_true(launcher_wait(&launcher, VISITOR, 3));
    expect_done(&launcher, VISITOR);
    assert_int_equal(launcher.processes[BELL].endings, 0);
    assert_true(launcher.processes[BELL].block->signals >= 1);
    launcher_end(&launcher);
}

/* A server whose manifest lacks a channel it needs says which one. */
static void test_lacking(void **state)
{
    static const struct launcher_server servers[] = {{"echo", ECHO_PROGRAM, 0}};
    static const char words[] = "the manifest gives this server no channel client";
    struct launcher launcher = {.servers = servers, .server_count = 1};

    (void)state;
    launcher_start(&launcher);
    assert_true(launcher_wait(&launcher, ECHO, 1));
    assert_int_equal(launcher.processes[ECHO].block->last_words_length, sizeof(words) - 1);
    assert_memory_equal(launcher.processes[ECHO].block->last_words, words, sizeof(words) - 1);
    launcher_end(&launcher);
}

/* Memory that one may write and the other only read. */
static void test_regions(void **state)
{
    enum { WRITER, READER };
    static const struct launcher_server servers[] = {{"writer", REGION_PROGRAM, 0},
                                                     {"reader", REGION_PROGRAM, 0}};
    static const struct launcher_region regions[] = {
        {.name = "board", .size = 4096, .rights = {seL4_ReadWrite, seL4_CanRead}}};
    struct launcher launcher = {
        .servers = servers, .server_count = 2, .regions = regions, .region_count = 1};
    int status;

    (void)state;
    launcher_start(&launcher);
    assert_true(launcher_wait(&launcher, WRITER, 1) && launcher_wait(&launcher, READER, 1));
    expect_done(&launcher, WRITER);
    status = launcher.processes[READER].last_status;
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 1); /* ASan's way to end */
    launcher_end(&launcher);
}

/* A client that ends while its server is at work for it. */
static void test_lingering(void **state)
{
    enum { BELL, LINGERER };
    static const struct launcher_server servers[] = {{"bell", BELL_PROGRAM, 0},
                                                     {"lingerer", LINGERER_PROGRAM, 1}};
    static const struct launcher_channel channels[] = {
        {.client = {LINGERER, "bell"}, .server = {BELL, "client"}}};
    struct launcher launcher = {
        .servers = servers, .channels = channels, .server_count = 2, .channel_count = 1};

    (void)state;
    launcher_start(&launcher);
    while (launcher.processes[BELL].block->calls == 0) {
        assert_int_equal(launcher_attend(&launcher), 0);
    }
    launcher_kill(&launcher, LINGERER);
    assert_true(launcher_wait(&launcher, LINGERER, 2));
    expect_done(&launcher, LINGERER);
    launcher_end(&launcher);
}

/* An end of each kind is told from the others, and the last words are there. */
static void test_ends(void **state)
{
    static const struct launcher_server servers[] = {{"panic", PANIC_PROGRAM, 0}};
    struct launcher launcher = {.servers = servers, .server_count = 1};
    static const char words[] = "the last words of a server";

    (void)state;
    launcher_start(&launcher);
    assert_true(launcher_wait(&launcher, 0, 1));
    assert_int_equal(WEXITSTATUS(launcher.processes[0].last_status),
                     WIRE_EXIT_KIND | SVSM_EXIT_ABORT);
    assert_int_equal(launcher.processes[0].block->last_words_length, sizeof(words) - 1);
    assert_memory_equal(launcher.processes[0].block->last_words, words, sizeof(words) - 1);
    launcher_end(&launcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_and_bytes),
        cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_own_client),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_idle_restarts),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_lingering),
        cmocka_unit_test(test_lacking),
        cmocka_unit_test(test_regions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
