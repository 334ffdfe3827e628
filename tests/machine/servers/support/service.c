/* SPDX-License-Identifier: BSD-2-Clause */
/* What init does for the servers of a test; in place of servers/init/service.c. See test.h. */
#include <service.h>

#include <string.h>

#include <say.h>
#include <status.h>
#include <supervise.h>
#include <svsm/status.h>

#include "test.h"

#define END_DONE   1u /* as platform.h numbers them */
#define END_FAILED 2u

static void say_words(const uint64_t words[seL4_MsgMaxLength])
{
    char text[seL4_MsgMaxLength * sizeof(*words) + 1] = "";

    memcpy(text, words, seL4_MsgMaxLength * sizeof(*words));
    say(text);
}

static void look(const struct server *server, uint64_t words[seL4_MsgMaxLength])
{
    words[0] = server->state;
    words[1] = server->start->generation;
    words[2] = server->policy.restarts;
    words[3] = server->faults + server->exits + server->overruns;
}

static uint64_t move(const struct server *server, uint64_t cpu)
{
    seL4_Error error;

    seL4_TCB_Suspend(server->tcb);
    error = seL4_TCB_SetAffinity(server->tcb, cpu);
    seL4_TCB_Resume(server->tcb);
    return error == seL4_NoError ? SVSM_OK : SVSM_DENIED;
}

static uint64_t about_server(struct system *system, uint64_t label,
                             uint64_t words[seL4_MsgMaxLength])
{
    struct server *server = &system->servers[words[0]];

    if (words[0] >= system->count || words[0] == system->manifest->init)
        return SVSM_DENIED;
    switch (label) {
    case TEST_KILL:
        supervise_end(system, server);
        return SVSM_OK;
    case TEST_LOOK:
        look(server, words);
        return SVSM_OK;
    case TEST_MOVE:
        return move(server, words[1]);
    case TEST_COST:
        words[0] = server->cost_clock;
        words[1] = server->cost_pages;
        return SVSM_OK;
    default:
        return SVSM_UNKNOWN_CALL;
    }
}

uint64_t service_call(struct system *system, uint64_t badge, uint64_t label,
                      uint64_t words[seL4_MsgMaxLength])
{
    (void)badge;
    switch (label) {
    case TEST_SAY:
        say_words(words);
        return SVSM_OK;
    case TEST_END:
        seL4_System_Shutdown(svsm_CapSystem, words[0] == 0 ? END_DONE : END_FAILED);
        return SVSM_FAILED;
    case TEST_CHECK:
        if (seL4_System_Check(svsm_CapSystem, words) != seL4_NoError)
            words[0] = 0;
        return SVSM_OK;
    case TEST_STATUS:
        status_all(system);
        return SVSM_OK;
    default:
        return about_server(system, label, words);
    }
}
