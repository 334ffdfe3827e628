/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts what channels cost between two servers, from the client's stub to its return: the kernel's
 * part, the server's loop, both ends' checks. One line "bench: NAME COUNT" each, as tools/bench
 * wants them; under -icount the cycle counter counts instructions.
 */
#include <string.h>

#include <svsm/interface/echo.h>

#include "test.h"

#define ROUNDS 1000u
#define WARM   8192u /* the server measures itself whenever its calls have doubled */
#define CHUNK  4096u

static struct channel *echo;
static uint8_t chunk[CHUNK];

static void call_add(void)
{
    struct echo_add_out out;

    test_equal(echo_add(echo, &(struct echo_add_in){1, 2}, &out), SVSM_OK, "add");
}

static void call_count(void)
{
    struct echo_count_out out;

    test_equal(echo_count(echo, NULL, &out), SVSM_OK, "count");
}

static void call_refused(void)
{
    struct message message = {.label = 99};

    test_equal(channel_call(echo, &message), SVSM_UNKNOWN_CALL, "an unknown call");
}

static void notify(void)
{
    test_equal(channel_notify(echo), SVSM_OK, "notify");
}

static void ring_there_and_back(void)
{
    test_equal(channel_write(echo, chunk, CHUNK), SVSM_OK, "write");
    test_equal(echo_reflect(echo, &(struct echo_reflect_in){CHUNK}, NULL), SVSM_OK, "reflect");
    test_equal(channel_read(echo, chunk, CHUNK), SVSM_OK, "read");
}

static void nothing(void)
{
}

static uint64_t measure(void (*what)(void))
{
    uint64_t start;

    what();
    start = test_clock();
    for (unsigned i = 0; i < ROUNDS; i++) {
        what();
    }
    return test_clock() - start;
}

int main(void)
{
    static const struct {
        const char *name;
        void (*what)(void);
    } rows[] = {{"channel-call", call_add},
                {"channel-call-no-arguments", call_count},
                {"channel-call-refused", call_refused},
                {"channel-notify", notify},
                {"ring-4096-there-and-back", ring_there_and_back}};
    uint64_t loop;

    echo = channel_find("echo");
    for (unsigned i = 0; i < WARM; i++) {
        call_count();
    }
    loop = measure(nothing);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t cost = measure(rows[i].what) - loop;

        test_say("bench:");
        test_number(rows[i].name, (cost + ROUNDS / 2) / ROUNDS);
        test_say("\n");
    }
    test_end(true);
}
