/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts what it costs to start a server again that has ended, and what its caller notices: init's
 * part as init reports it, and everything between the fault and the next answered call, the
 * server's own start included. The server has 6 writable pages: data, its own page, 16 KiB.
 */
#include <svsm/interface/echo.h>

#include "test.h"

#define QUIET  20u /* restarts before: init tells only so many one by one, which costs more */
#define ROUNDS 16u
#define ECHO   1u                /* its place in restart.dts */
#define LONG   UINT64_C(2000000) /* of a life: longer than the longest back-off */

static void settle(struct channel *echo)
{
    struct echo_add_out out = {0};

    while (echo_add(echo, &(struct echo_add_in){1, 2}, &out) != SVSM_OK)
        ;
    test_equal(out.sum, 3, "a sum");
}

static void report(const char *name, uint64_t number)
{
    test_say("bench:");
    test_number(name, number);
    test_say("\n");
}

int main(void)
{
    struct channel *echo = channel_find("echo");
    uint64_t whole = 0, own = 0, pages = 0;

    settle(echo);
    for (unsigned i = 0; i < QUIET + ROUNDS; i++) {
        uint64_t start = test_clock();

        while (test_clock() - start < LONG)
            ;
        start = test_clock();
        test_kill(ECHO);
        settle(echo);
        whole += i < QUIET ? 0 : test_clock() - start;
        own += i < QUIET ? 0 : test_cost(ECHO, &pages);
    }
    report("restart-init", own / ROUNDS);
    report("restart-until-answered", whole / ROUNDS);
    report("restart-pages", pages);
    test_end(true);
}
