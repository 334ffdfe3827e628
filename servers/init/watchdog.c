/* SPDX-License-Identifier: BSD-2-Clause */
/* See watchdog.h. A tick is one slice of the kernel's. */
#include "watchdog.h"

#include "say.h"

#define TICK_MS 5u

static bool is_watched(const struct server *server)
{
    return server->entry->watchdog_ms != 0 && server->state == SERVER_RUNNING;
}

void watchdog_prepare(const struct system *system)
{
    const struct server *own = &system->servers[system->manifest->init];
    seL4_CPtr handler, signal;
    bool wanted = false;

    for (unsigned i = 0; i < system->count; i++)
        wanted = wanted || system->servers[i].entry->watchdog_ms != 0;
    if (!wanted || system->boot->timerIrq == ~UINT64_C(0))
        return;
    handler = slots_new(1);
    signal = slots_new(1);
    if (seL4_IRQControl_Get(seL4_CapIRQControl, system->boot->timerIrq, object_place(handler)) !=
        seL4_NoError)
        init_fail("the timer is not to be had");
    object_give(object_place(signal), own->notification, seL4_CanWrite, WATCHDOG_SIGNAL);
    if (seL4_IRQHandler_SetNotification(handler, signal) != seL4_NoError)
        init_fail("the timer can not signal");
}

/* One look at one server: whether it is late. */
static bool look(struct server *server)
{
    struct watch *watch = &server->watch;
    seL4_Word words[seL4_MsgMaxLength];
    uint64_t calls;

    if (seL4_CNode_Inspect(seL4_CapInitThreadCNode, server->reply, words) != seL4_NoError)
        init_fail("a reply object can not be inspected");
    calls = words[2];
    if (words[3] == 0 || calls != watch->calls) {
        watch->calls = calls;
        watch->ticks = 0;
        return false;
    }
    watch->ticks++;
    return watch->ticks > server->entry->watchdog_ms / TICK_MS;
}

struct server *watchdog_look(struct system *system)
{
    struct server *late = NULL;

    for (unsigned i = 0; i < system->count; i++) {
        struct server *server = &system->servers[i];

        if (!is_watched(server) || !look(server))
            continue;
        if (late == NULL || server->entry->priority > late->entry->priority)
            late = server;
    }
    if (late != NULL)
        for (unsigned i = 0; i < system->count; i++)
            system->servers[i].watch.ticks = 0;
    return late;
}
