/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of the hostile server: has it do everything it can, and sees after each that the kernel
 * checks out, that the neighbour answers and never had to be restarted, and that the hostile one
 * was ended or came through as it should.
 */
#include <string.h>

#include <sel4/bootinfo.h>
#include <sel4/syscalls.h>
#include <svsm/interface/echo.h>

#include "hostile.h"
#include "test.h"

#ifndef RANDOM_CALLS
#define RANDOM_CALLS 200000u
#endif
#define RANDOM_CALLS_SNP (RANDOM_CALLS / 10) /* changes of address space are dear there */
#define CHECK_EVERY      20000u
#define MORE_ROWS        5u /* of hostile_server.c */
#define TURNS            100u
#define TRIES            UINT32_C(100000000)

static volatile struct hostile_region *region;
static struct channel *hostile, *neighbour;
static uint64_t slots;

static uint64_t call(uint64_t label, uint64_t *word)
{
    struct message message = {.label = label, .length = 1};
    uint64_t status = channel_call(hostile, &message);

    if (word != NULL)
        *word = message.words[0];
    return status;
}

/* Until the hostile server is there again. */
static void settle(void)
{
    for (uint32_t i = 0; i < TRIES; i++) {
        uint64_t status = call(HOSTILE_PING, NULL);

        if (status == SVSM_OK)
            return;
        test_expect(status == SVSM_RESTARTED || status == SVSM_AWAY, "a server that comes back");
    }
    test_expect(false, "a server that comes back soon");
}

static void check_others(const char *after)
{
    struct echo_add_in in = {.left = 40, .right = 2};
    struct echo_add_out out = {0};
    struct test_look look = test_look(HOSTILE_NEIGHBOUR);

    test_equal(echo_add(neighbour, &in, &out), SVSM_OK, after);
    test_equal(out.sum, 42, after);
    test_equal(look.generation, 1, after);
    test_equal(test_check(), slots, after);
}

static void check_row(uint64_t number, const char *name)
{
    struct test_look before = test_look(HOSTILE_SELF), after;

    test_equal(call(HOSTILE_ROW + number, NULL), SVSM_RESTARTED, name);
    settle();
    after = test_look(HOSTILE_SELF);
    test_equal(after.ends, before.ends + 1, name);
    test_equal(after.generation, before.generation + 1, name);
    test_equal(after.state, TEST_RUNNING, name);
    check_others(name);
}

static void check_rows(void)
{
    static const char *const names[] = {
#define ROW(name, code) #name,
#include "hostile.def"
#undef ROW
        "write_start_page", "write_parked_page", "run_data", "run_heap", "overflow_stack",
    };

    for (uint64_t i = 0; i < HOSTILE_ROWS + MORE_ROWS; i++)
        check_row(i, names[i]);
    test_number("hostile: rows that ended it", HOSTILE_ROWS + MORE_ROWS);
    test_say("\n");
}

/* What it comes through, and what nobody else notices. */
static void check_survived(uint64_t label, const char *name)
{
    struct test_look before = test_look(HOSTILE_SELF);
    uint64_t word;

    test_equal(call(label, &word), SVSM_OK, name);
    test_equal(test_look(HOSTILE_SELF).generation, before.generation, name);
    test_say("hostile: ");
    test_say(name);
    test_number("", word);
    test_say("\n");
    test_expect(word != 0, name);
    check_others(name);
}

static void check_let_go(void)
{
    test_equal(call(HOSTILE_ABORT, NULL), SVSM_AWAY, "a server that lets go of its caller");
    settle();
    check_others("after letting go of a caller");
}

/* False when it makes no more of them: on this processor it has had its turn, on another it gets
   some time between two looks. */
static bool finished(void)
{
    uint64_t last;

    do {
        last = region->made;
        for (unsigned i = 0; i < TURNS && region->made != region->wanted; i++)
            seL4_Yield();
    } while (region->made != last && region->made != region->wanted);
    return region->made == region->wanted;
}

/* In the background, since some of them never come back: such a life is ended by init. */
static void random_calls(void)
{
    bool timer = (server_start()->features & SVSM_FEATURE_TIMER) != 0;
    uint64_t wanted = timer ? RANDOM_CALLS : RANDOM_CALLS_SNP, checked = 0;

    region->random = 88172645463325252u;
    region->made = 0;
    while (region->made < wanted) {
        uint64_t before = region->made;

        region->wanted = before + CHECK_EVERY < wanted ? before + CHECK_EVERY : wanted;
        channel_notify(hostile);
        if (!finished())
            test_kill(HOSTILE_SELF);
        settle();
        if (region->made - checked >= CHECK_EVERY) {
            checked = region->made;
            check_others("after random system calls");
        }
    }
    check_others("after all random system calls");
    test_number("hostile: random system calls", wanted);
    test_number("generation", test_look(HOSTILE_SELF).generation);
    test_say("\n");
}

/* Where a timer can end it: whether it runs or waits does not matter, its caller waits too long. */
static void check_late(uint64_t label, const char *what)
{
    struct test_look before = test_look(HOSTILE_SELF);

    test_equal(call(label, NULL), SVSM_RESTARTED, what);
    settle();
    test_equal(test_look(HOSTILE_SELF).ends, before.ends + 1, what);
    check_others(what);
    test_say("hostile: ended by the watchdog: ");
    test_say(what);
    test_say("\n");
}

/* No instruction of CPL3 on a plain machine; on SNP anybody's, and what the kernel left for the
   host to see must be nothing that hurts when it is asked for again. */
static void check_vmgexit(void)
{
    bool ended = call(HOSTILE_VMGEXIT, NULL) == SVSM_RESTARTED;

    settle();
    check_others("after asking the host");
    test_say(ended ? "hostile: may not ask the host\n" : "hostile: asked the host in vain\n");
}

int main(void)
{
    region = test_region("orders");
    hostile = channel_find("hostile");
    neighbour = channel_find("neighbour");
    slots = test_check();
    check_others("before anything");
    check_rows();
    check_survived(HOSTILE_FORGE, "forged capability numbers refused");
    check_survived(HOSTILE_MALFORM, "malformed messages answered");
    check_survived(HOSTILE_RINGS, "calls with corrupted rings answered");
    check_survived(HOSTILE_FLOOD, "signals nobody minded");
    check_let_go();
    if (test_move(HOSTILE_SELF, 1))
        settle(); /* from here on it is at work on another processor */
    random_calls();
    check_vmgexit();
    if ((server_start()->features & SVSM_FEATURE_TIMER) != 0) {
        check_late(HOSTILE_SPIN, "it never stopped");
        check_late(HOSTILE_SLEEP, "it never went on");
    }
    test_equal(call(HOSTILE_EXIT, NULL), SVSM_RESTARTED, "an exit");
    settle();
    test_status();
    test_end(true);
}
