/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One image for the backend, the middle and the two clients of the test of ends: which one it is,
 * its start page says. Each ends where the plan tells it to.
 */
#include <stdlib.h>
#include <string.h>

#include <sel4/syscalls.h>
#include <svsm/hook.h>

#include "ends.h"
#include "test.h"

static volatile struct plan *plan;
static uint32_t self;
static uint64_t data = ENDS_DATA_START; /* says whether .data was filled again */
static uint64_t count;                  /* and this whether .bss was cleared */

static const char *const names[] = {"init",     "backend", "middle", "client-a",
                                    "client-b", "closed",  "single", "capped"};

static void end(void)
{
    switch (plan->how) {
    case ENDS_FAULT:
        __asm__ volatile("ud2");
        break;
    case ENDS_WRITE:
        __asm__ volatile("movq %%rax, 8" ::: "memory");
        break;
    case ENDS_EXIT:
        svsm_exit(7);
    case ENDS_PANIC:
        svsm_panic("as planned");
    case ENDS_KILLED:
        test_kill(self);
        break;
    default:
        test_kill(plan->other);
        return;
    }
    svsm_panic("it should have ended by now");
}

void svsm_hook(enum svsm_point point, uint32_t channel)
{
    (void)channel;
    if (plan == NULL || plan->server != self || plan->point != point)
        return;
    plan->server = ENDS_NOBODY;
    plan->happened++;
    end();
}

static uint64_t work(struct message *message)
{
    struct channel *backend = channel_find("backend");
    struct message inner = {.label = ENDS_WORK, .length = 1, .words = {message->words[0]}};
    uint64_t status = SVSM_OK;

    if (backend != NULL)
        status = channel_call(backend, &inner);
    message->words[ENDS_VALUE]++;
    message->words[ENDS_COUNT] = ++count;
    message->words[ENDS_DATA] = data++;
    message->words[ENDS_INNER] = status;
    message->length = SVSM_WORDS;
    return SVSM_OK;
}

static uint64_t serve(struct channel *channel, const void *handlers, struct message *message)
{
    (void)channel;
    (void)handlers;
    switch (message->label) {
    case ENDS_WORK:
        return work(message);
    case ENDS_HANG:
        for (;;)
            seL4_Wait(SVSM_SLOT_NOTIFICATION);
    case ENDS_DIE:
        __asm__ volatile("ud2");
        return SVSM_FAILED;
    case ENDS_LEAVE:
        svsm_exit(0);
    case ENDS_POKE:
        message->length = 0;
        return channel_notify(channel_find("backend"));
    default:
        message->length = 0;
        return SVSM_UNKNOWN_CALL;
    }
}

/* Whatever happens to the servers meanwhile, there is an answer, the right one or that they end. */
static void loop(struct channel *middle, unsigned number)
{
    while (plan->order[number] == ENDS_LOOP) {
        struct message message = {.label = ENDS_WORK, .length = 1, .words = {plan->done[number]}};
        uint64_t status = channel_call(middle, &message);

        if (status == SVSM_RESTARTED || status == SVSM_AWAY)
            plan->told[number]++;
        else if (status != SVSM_OK || message.words[ENDS_VALUE] != plan->done[number] + UINT64_C(1))
            plan->wrong[number]++;
        plan->done[number]++;
        seL4_Yield();
    }
}

/* A client's whole life: it is signalled, calls the middle, and notes what came back. */
static void notified(struct channel *channel)
{
    struct channel *middle = channel_find("middle");
    unsigned number = self == ENDS_B;
    struct message message = {.label = plan->order[number], .length = 1};

    (void)channel;
    if (middle == NULL)
        return;
    if (plan->order[number] == ENDS_LOOP) {
        loop(middle, number);
        return;
    }
    channel_check(middle); /* restarts from before are no news here */
    plan->status[number] = channel_call(middle, &message);
    plan->done[number]++;
}

int main(void)
{
    static const struct service services[] = {
        {.channel = "client", .call = serve, .notified = notified},
        {.channel = "client-a", .call = serve},
        {.channel = "client-b", .call = serve},
    };
    unsigned service_count = 1;

    for (self = ENDS_BACKEND; self < ENDS_JUDGE; self++)
        if (strcmp(names[self], server_start()->name) == 0)
            break;
    plan = test_region("plan");
    if (self == ENDS_MIDDLE)
        service_count = 3;
    server_run(services, service_count);
}
