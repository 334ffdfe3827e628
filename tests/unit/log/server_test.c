/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log as a process, called by clients that mean it harm: floods, malformed calls, text that
 * changes while it is read, calls that are the reader's. The test itself is all of its clients.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <launcher.h>
#include <svsm/interface/log.h>

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUIET, NOISY, READER, BARE, CHANNELS };

static const struct launcher_server servers[] = {{"log", LOG_PROGRAM, 1}};
static const struct launcher_channel channels[CHANNELS] = {
    {.client = {LAUNCHER_TEST, ""}, .server = {0, "quiet"}, .message = 4096},
    {.client = {LAUNCHER_TEST, ""}, .server = {0, "noisy"}, .message = 4096},
    {.client = {LAUNCHER_TEST, ""}, .server = {0, LOG_READER}, .message = 4096},
    {.client = {LAUNCHER_TEST, ""}, .server = {0, "bare"}},
};
static struct launcher launcher;
static char *memory[CHANNELS];

static int start(void **state)
{
    (void)state;
    launcher = (struct launcher){
        .servers = servers, .channels = channels, .server_count = 1, .channel_count = CHANNELS};
    launcher_start(&launcher);
    for (unsigned i = 0; i < BARE; i++) {
        memory[i] = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, launcher.memories[i], 0);
        assert_ptr_not_equal(memory[i], MAP_FAILED);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BARE; i++) {
        munmap(memory[i], 4096);
    }
    launcher_end(&launcher);
    return 0;
}

static enum svsm_status call(uint32_t channel, uint64_t label, struct message message)
{
    message.label = label;
    return launcher_call(&launcher, channel, &message);
}

static enum svsm_status write_line(uint32_t channel, const char *text)
{
    strcpy(memory[channel], text);
    return call(channel, 1, (struct message){.length = 2, .words = {LOG_NOTICE, strlen(text)}});
}

static struct log_read_out read_line(uint64_t number)
{
    struct message message = {.label = 3, .length = 1, .words = {number}};

    assert_int_equal(launcher_call(&launcher, READER, &message), SVSM_OK);
    assert_int_equal(message.length, 4);
    assert_in_range(message.words[1], 0, LOG_LINE);
    memory[READER][message.words[1]] = 0;
    return (struct log_read_out){message.words[0], (uint32_t)message.words[1],
                                 (uint8_t)message.words[2], (uint8_t)message.words[3]};
}

static void test_write_and_read(void **state)
{
    (void)state;
    assert_int_equal(write_line(QUIET, "one"), SVSM_OK);
    assert_int_equal(write_line(NOISY, "two\n[quiet] three"), SVSM_OK);
    assert_int_equal(read_line(0).source, QUIET);
    assert_string_equal(memory[READER], "one");
    assert_int_equal(read_line(1).source, NOISY);
    assert_string_equal(memory[READER], "two?[quiet] three");
    assert_int_equal(call(READER, 3, (struct message){.length = 1, .words = {2}}), SVSM_EMPTY);
}

static void test_flood(void **state)
{
    struct message totals = {.label = 2};

    (void)state;
    assert_int_equal(write_line(QUIET, "still here"), SVSM_OK);
    for (unsigned i = 0; i < 3000; i++) {
        assert_int_equal(write_line(NOISY, "noise"), SVSM_OK);
    }
    assert_int_equal(read_line(0).number, 0);
    assert_string_equal(memory[READER], "still here");
    assert_int_equal(launcher_call(&launcher, NOISY, &totals), SVSM_OK);
    assert_int_equal(totals.words[0], 3000);
    assert_int_equal(totals.words[1], 3000 - 128 / CHANNELS);
    assert_int_equal(read_line(1).number, 3001 - 128 / CHANNELS);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    for (uint64_t level = 0; level < 300; level++) {
        assert_int_equal(call(QUIET, 1, (struct message){.length = 2, .words = {level, 0}}),
                         level < LOG_LEVELS ? SVSM_OK : SVSM_MALFORMED);
    }
    assert_int_equal(call(QUIET, 1, (struct message){.length = 2, .words = {0, 4096}}), SVSM_OK);
    assert_int_equal(call(QUIET, 1, (struct message){.length = 2, .words = {0, 4097}}),
                     SVSM_MALFORMED);
    assert_int_equal(call(QUIET, 1, (struct message){.length = 2, .words = {0, UINT32_MAX}}),
                     SVSM_MALFORMED);
    assert_int_equal(call(QUIET, 1, (struct message){.length = 2, .words = {0, UINT64_MAX}}),
                     SVSM_MALFORMED);
    assert_int_equal(call(BARE, 1, (struct message){.length = 2, .words = {0, 1}}), SVSM_MALFORMED);
    assert_int_equal(call(BARE, 1, (struct message){.length = 2}), SVSM_OK);
    assert_int_equal(call(QUIET, 3, (struct message){.length = 1}), SVSM_DENIED);
    assert_int_equal(call(QUIET, 4, (struct message){.length = 1}), SVSM_DENIED);
    assert_int_equal(call(BARE, 3, (struct message){.length = 1}), SVSM_DENIED);
    assert_int_equal(call(READER, 4, (struct message){.length = 1}), SVSM_EMPTY);
}

static void test_random_calls(void **state)
{
    (void)state;
    srand(1);
    for (unsigned i = 0; i < 3000; i++) {
        struct message message = {.length = (uint32_t)rand() % 6};
        for (unsigned j = 0; j < SVSM_WORDS; j++) {
            message.words[j] = (uint64_t)rand() << (rand() % 2 * 33) | (uint64_t)(rand() % 4);
        }
        call((uint32_t)rand() % CHANNELS, (uint64_t)rand() % 7, message);
    }
    assert_int_equal(write_line(QUIET, "alive"), SVSM_OK);
    assert_int_equal(launcher.processes[0].endings, 0);
}

/* A process that writes into the client's memory while the client calls. */
static pid_t scribble(volatile char *text)
{
    pid_t pid = fork();

    if (pid != 0) {
        return pid;
    }
    for (unsigned i = 0;; i++) {
        text[i % LOG_LINE] = (char)i;
    }
}

static void test_text_that_changes(void **state)
{
    pid_t scribbler = scribble(memory[NOISY]);
    uint64_t next = 0;

    (void)state;
    assert_true(scribbler > 0);
    for (unsigned i = 0; i < 300; i++) {
        struct message message = {.length = 2, .words = {LOG_NOTICE, LOG_LINE}};
        assert_int_equal(call(NOISY, 1, message), SVSM_OK);
        next = read_line(next).number + 1;
        for (unsigned j = 0; j < LOG_LINE; j++) {
            assert_in_range(memory[READER][j], ' ', '~');
        }
    }
    kill(scribbler, SIGKILL);
    assert_int_equal(waitpid(scribbler, NULL, 0), scribbler);
}

/* After a restart the book is empty: what was in it was private. */
static void test_restart(void **state)
{
    (void)state;
    assert_int_equal(write_line(QUIET, "before"), SVSM_OK);
    launcher_kill(&launcher, 0);
    assert_true(launcher_wait(&launcher, 0, 1));
    assert_int_equal(call(READER, 3, (struct message){.length = 1}), SVSM_EMPTY);
    assert_int_equal(write_line(QUIET, "after"), SVSM_OK);
    assert_int_equal(read_line(0).number, 0);
    assert_string_equal(memory[READER], "after");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_write_and_read, start, end),
        cmocka_unit_test_setup_teardown(test_flood, start, end),
        cmocka_unit_test_setup_teardown(test_what_is_refused, start, end),
        cmocka_unit_test_setup_teardown(test_random_calls, start, end),
        cmocka_unit_test_setup_teardown(test_text_that_changes, start, end),
        cmocka_unit_test_setup_teardown(test_restart, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
