/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client of the example, and the reader of the log: what the example says arrives, what init
 * counts is there, and both survive a restart of the example, of the log, and of this client
 * itself.
 */
#include <string.h>

#include <svsm/interface/log.h>
#include <svsm/statistics.h>

#include "example.h"
#include "test.h"

enum { INIT, LOG, EXAMPLE, VISITOR, SERVERS }; /* as in the manifest */

static struct channel *example;
static struct channel *log_channel;

static enum svsm_status add(uint32_t amount, uint64_t *sum)
{
    struct example_add_in in = {.amount = amount};
    struct example_add_out out = {0};
    enum svsm_status status = example_add(example, &in, &out);

    *sum = out.sum;
    return status;
}

static void expect_line(uint64_t number, const char *text)
{
    struct log_read_in in = {.number = number};
    struct log_read_out out = {0};
    size_t room;
    const char *memory = channel_memory(log_channel, &room);

    test_equal(log_read(log_channel, &in, &out), SVSM_OK, "reading a line");
    test_equal(out.number, number, "a line's number");
    test_equal(out.length, strlen(text), "a line's length");
    test_expect(memcmp(memory, text, out.length) == 0, text);
}

static const struct svsm_server_statistics *row(uint32_t index)
{
    struct log_statistics_in in = {.index = index};
    struct log_statistics_out out = {0};
    size_t room;
    const struct svsm_server_statistics *memory = channel_memory(log_channel, &room);

    test_equal(log_statistics(log_channel, &in, &out), SVSM_OK, "reading statistics");
    test_equal(out.length, sizeof(*memory), "the size of statistics");
    return memory;
}

static void sums(void)
{
    uint64_t sum;

    test_equal(add(40, &sum), SVSM_OK, "a call");
    test_equal(add(2, &sum), SVSM_OK, "a call");
    test_equal(sum, 42, "a sum");
    test_equal(add(1000000, &sum), SVSM_DENIED, "a sum too large");
    expect_line(0, "the example is ready");
    expect_line(1, "a sum would have become too large");
}

static void counters(void)
{
    test_expect(strcmp(row(EXAMPLE)->name, "example") == 0, "rows in the manifest's order");
    test_equal(row(EXAMPLE)->state, SVSM_SERVER_RUNNING, "its state");
    test_equal(row(EXAMPLE)->restarts, 0, "no restart yet");
    test_equal(row(EXAMPLE)->calls, 3, "its calls");
    test_equal(row(EXAMPLE)->answers, 3, "its answers");
    test_expect(row(EXAMPLE)->stack == 0x2000, "its stack");
    test_expect(row(EXAMPLE)->pages > 4 && row(EXAMPLE)->pages < 64, "its pages");
}

/* In its second life it is a new client, whose sum starts anew. */
static void second_life(void)
{
    uint64_t sum;

    test_equal(add(1, &sum), SVSM_OK, "a call by a new client");
    test_equal(sum, 1, "a new client's sum");
    test_equal(row(VISITOR)->exits, 1, "its first life's end");
}

static void restarts(void)
{
    uint64_t sum;

    test_kill(EXAMPLE);
    test_equal(add(1, &sum), SVSM_RESTARTED, "the first call after a restart");
    test_equal(add(1, &sum), SVSM_OK, "the second");
    test_equal(sum, 1, "a new sum");
    test_equal(row(EXAMPLE)->restarts, 1, "one restart");
    test_equal(row(EXAMPLE)->generation, 2, "its second life");
    expect_line(2, "the example is ready");
    test_kill(LOG);
    test_equal(log_read(log_channel, &(struct log_read_in){0}, &(struct log_read_out){0}),
               SVSM_RESTARTED, "the log is new");
    test_equal(log_read(log_channel, &(struct log_read_in){0}, &(struct log_read_out){0}),
               SVSM_EMPTY, "and empty");
    test_equal(add(1000000, &sum), SVSM_DENIED, "a sum too large");
    test_equal(add(1000000, &sum), SVSM_DENIED, "a sum too large again");
    expect_line(0, "a sum would have become too large");
}

int main(void)
{
    example = channel_find("example");
    log_channel = channel_find("log");
    test_expect(example != NULL && log_channel != NULL, "both channels");
    if (server_start()->generation == 1) {
        sums();
        counters();
        svsm_exit(0);
    }
    second_life();
    restarts();
    test_check();
    test_status();
    test_end(true);
}
