/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of the test of ends: ends every server in every way at every point of a message, sees
 * that whoever waited is told, that the server comes back as on its first day, and that nothing is
 * lost however often that happens.
 */
#include <sel4/syscalls.h>
#include <svsm/hook.h>

#include "ends.h"
#include "test.h"

#define RESTARTS  10000u
#define ELSEWHERE 1000u
#define TRIES     UINT32_C(100000000)

static volatile struct plan *plan;
static struct channel *middle;

static uint64_t call(uint64_t label, struct message *message)
{
    *message = (struct message){.label = label, .length = 1, .words = {41}};
    return channel_call(middle, message);
}

static bool is_passing(uint64_t status)
{
    return status == SVSM_RESTARTED || status == SVSM_AWAY;
}

/* Calls until both servers behind the call are there again, as they must be soon. */
static struct message settle(void)
{
    struct message message;

    for (uint32_t i = 0; i < TRIES; i++) {
        uint64_t status = call(ENDS_WORK, &message);

        if (status == SVSM_OK && message.words[ENDS_INNER] == SVSM_OK)
            return message;
        test_expect(is_passing(status) || is_passing(message.words[ENDS_INNER]),
                    "an answer while a server comes back");
    }
    test_expect(false, "a server that comes back");
    return message;
}

static void order(uint32_t server, uint32_t point, uint32_t how)
{
    plan->point = point;
    plan->how = how;
    plan->happened = 0;
    plan->server = server;
}

/* What the caller of a server that ends in the middle of the call is told. */
static void check_told(uint32_t server, uint32_t point, uint64_t status, const struct message *m)
{
    if (point >= SVSM_POINT_SIGNAL)
        return; /* no call of ours was under way where the backend is signalled */
    if (server == ENDS_MIDDLE)
        test_equal(status, SVSM_RESTARTED, "what the caller of the middle is told");
    else
        test_equal(m->words[ENDS_INNER], SVSM_RESTARTED, "what the caller of the backend is told");
}

/* Back as on its first day: its own counter and its own data say so. */
static void check_fresh(uint32_t server, const struct message *m, const struct test_look *before)
{
    struct test_look after = test_look(server);

    test_equal(after.state, TEST_RUNNING, "the state of a server that came back");
    test_equal(after.generation, before->generation + 1, "its generation");
    test_equal(after.restarts, before->restarts + 1, "its restarts");
    if (server == ENDS_MIDDLE)
        test_equal(m->words[ENDS_DATA] - ENDS_DATA_START, m->words[ENDS_COUNT] - 1,
                   "its data, filled again");
}

static void end_at(uint32_t server, uint32_t point, uint32_t how)
{
    struct message message = {0};
    struct test_look before = test_look(server);
    uint64_t status;

    order(server, point, how);
    status = call(point >= SVSM_POINT_SIGNAL ? ENDS_POKE : ENDS_WORK, &message);
    test_equal(plan->happened, 1, "the end that was planned");
    check_told(server, point, status, &message);
    message = settle();
    check_fresh(server, &message, &before);
}

static bool is_possible(uint32_t server, uint32_t point)
{
    switch (point) {
    case SVSM_POINT_CALL:
    case SVSM_POINT_ANSWERED:
    case SVSM_POINT_SIGNAL:
        return server == ENDS_MIDDLE; /* the backend calls and signals nobody */
    case SVSM_POINT_NOTIFIED:
        return server == ENDS_BACKEND;
    default:
        return true;
    }
}

static void every_point(void)
{
    uint32_t ends = 0;

    for (uint32_t server = ENDS_BACKEND; server <= ENDS_MIDDLE; server++)
        for (uint32_t point = 1; point < SVSM_POINTS; point++)
            for (uint32_t how = 0; how < ENDS_HOWS && is_possible(server, point); how++) {
                end_at(server, point, how);
                ends++;
            }
    test_check();
    test_number("ends: server, point and way:", ends);
    test_say("\n");
}

/* Ended while it only waits in its endpoint. */
static void idle(uint32_t server)
{
    struct test_look before = test_look(server);
    struct message message;
    uint64_t status;

    test_kill(server);
    status = call(ENDS_WORK, &message);
    if (server == ENDS_MIDDLE)
        test_expect(is_passing(status), "a caller learns that the middle is another one");
    else
        test_expect(is_passing(message.words[ENDS_INNER]), "so does the middle of the backend");
    message = settle();
    check_fresh(server, &message, &before);
}

/* The middle is ended while it waits for the backend, which then answers nobody. */
static void awaiting(void)
{
    struct test_look before = test_look(ENDS_MIDDLE);
    struct message message;

    plan->other = ENDS_MIDDLE;
    order(ENDS_BACKEND, SVSM_POINT_HANDLED, ENDS_OTHER);
    test_equal(call(ENDS_WORK, &message), SVSM_RESTARTED, "what a caller's caller is told");
    message = settle();
    check_fresh(ENDS_MIDDLE, &message, &before);
}

static void send(unsigned client, uint32_t label)
{
    plan->order[client] = label;
    test_equal(channel_notify(channel_find(client == 0 ? "client-a" : "client-b")), SVSM_OK,
               "a signal");
}

/* A is served and never answered, B waits in the queue: both are told. */
static void queued(bool caller_too)
{
    uint32_t before[2] = {plan->done[0], plan->done[1]};

    send(0, ENDS_HANG);
    send(1, ENDS_WORK);
    test_equal(plan->done[0] + plan->done[1], before[0] + before[1], "calls that came back");
    if (caller_too)
        test_kill(ENDS_B);
    test_kill(ENDS_MIDDLE);
    settle();
    test_equal(plan->done[0], before[0] + 1, "A came back");
    test_equal(plan->status[0], SVSM_RESTARTED, "and was told");
    test_equal(plan->done[1], before[1] + !caller_too, "B came back");
    if (!caller_too)
        test_equal(plan->status[1], SVSM_RESTARTED, "and was told too");
}

/* Over and over; the kernel's own count of its slots must come back to what it was. */
static void often(uint32_t restarts)
{
    uint64_t slots = test_check(), pages, clock;
    struct message message;

    for (uint32_t i = 0; i < restarts; i++) {
        uint32_t server = i % 2 == 0 ? ENDS_BACKEND : ENDS_MIDDLE;

        order(server, SVSM_POINT_RECEIVED + i % 2, i % ENDS_HOWS);
        call(ENDS_WORK, &message);
        test_equal(plan->happened, 1, "the end that was planned");
        settle();
    }
    test_equal(test_check(), slots, "slots in use after all that");
    clock = test_cost(ENDS_MIDDLE, &pages);
    test_number("ends: restarts", restarts);
    test_number("slots", slots);
    test_number("clock of the last", clock);
    test_number("pages", pages);
    test_say("\n");
}

/* False: there is one processor. Both clients call from another processor while the servers are
 * ended from this one. */
static bool from_elsewhere(void)
{
    struct message message;

    if (!test_move(ENDS_A, 1) || !test_move(ENDS_B, 1))
        return false;
    for (unsigned client = 0; client < 2; client++) {
        uint32_t before = plan->done[client];

        while (plan->done[client] == before) {
            send(client,
                 ENDS_LOOP); /* again: being moved may have ended it, and a signal with it */
            seL4_Yield();
        }
    }
    for (uint32_t i = 0; i < ELSEWHERE; i++) {
        uint32_t before = plan->done[0] + plan->done[1];

        test_kill(i % 3 == 0 ? ENDS_BACKEND : ENDS_MIDDLE);
        if (i % 4 == 0)
            settle();
        else
            call(ENDS_WORK, &message);
        while (plan->done[0] + plan->done[1] == before)
            seL4_Yield(); /* without interrupts nobody else gets this processor otherwise */
    }
    plan->order[0] = plan->order[1] = ENDS_WORK;
    settle();
    test_check();
    test_equal(plan->wrong[0] + plan->wrong[1], 0, "wrong answers on another processor");
    test_expect(plan->told[0] + plan->told[1] != 0, "answers that a server has ended");
    test_number("ends: on another processor: calls", plan->done[0] + plan->done[1]);
    test_number("of them told", plan->told[0] + plan->told[1]);
    test_say("\n");
    return true;
}

static uint64_t tell(struct channel *channel, uint64_t label)
{
    struct message message = {.label = label, .length = 1};

    return channel_call(channel, &message);
}

/* Ended for good: everybody is told at once, each time, for ever. */
static void check_gone(struct channel *channel, uint32_t server)
{
    for (unsigned i = 0; i < 100; i++)
        test_equal(tell(channel, ENDS_WORK), SVSM_GONE, "what callers of the gone are told");
    test_equal(test_look(server).state, TEST_DOWN, "a state");
}

static void policies(void)
{
    struct channel *capped = channel_find("capped");
    uint64_t status;

    test_equal(tell(channel_find("closed"), ENDS_DIE), SVSM_GONE, "never, fail-closed");
    check_gone(channel_find("closed"), ENDS_CLOSED);
    test_equal(tell(channel_find("single"), ENDS_LEAVE), SVSM_GONE, "once");
    check_gone(channel_find("single"), ENDS_SINGLE);
    for (unsigned i = 0; i < 3; i++) {
        test_equal(tell(capped, ENDS_DIE), SVSM_RESTARTED, "always, up to three times");
        do
            status = tell(capped, ENDS_WORK);
        while (is_passing(status));
        test_equal(status, SVSM_OK, "back again");
    }
    test_equal(tell(capped, ENDS_DIE), SVSM_GONE, "and no fourth time");
    check_gone(capped, ENDS_CAPPED);
    test_say("ends: closed, once, capped\n");
}

int main(void)
{
    plan = test_region("plan");
    middle = channel_find("middle");
    plan->server = ENDS_NOBODY;
    settle();
    every_point();
    idle(ENDS_BACKEND);
    idle(ENDS_MIDDLE);
    awaiting();
    queued(false);
    queued(true);
    test_say("ends: idle, awaiting, queued\n");
    policies();
    often(from_elsewhere() ? RESTARTS / 10 : RESTARTS);
    test_status();
    test_end(true);
}
