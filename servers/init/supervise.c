/* SPDX-License-Identifier: BSD-2-Clause */
/* See supervise.h. What a server's fault message says is only reported; the policy decides. */
#include "supervise.h"

#include <svsm/statistics.h>
#include <svsm/status.h>

#include "parked.h"
#include "say.h"
#include "statistics.h"
#include "watchdog.h"

#define FOR_EVER             (~UINT64_C(0))
#define CLOCK_UNKNOWN_PER_MS UINT64_C(1000000)
#define VECTOR_UD            6u

static inline uint64_t now(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static void store_live(uint32_t *field, uint32_t value)
{
    __atomic_store_n(field, value, __ATOMIC_RELEASE);
}

/* Everybody at the other end of its channels learns that it is another one now, or gone. */
static void tell_peers(struct system *system, const struct server *server, bool gone)
{
    for (unsigned i = 0; i < system->manifest->channel_count; i++) {
        const struct manifest_end *ends = system->manifest->channels[i].ends;

        for (unsigned role = 0; role < MANIFEST_ENDS; role++) {
            unsigned number;
            struct svsm_start_channel *row;

            if (ends[role].server != server->number)
                continue;
            row = wiring_end(system, i, MANIFEST_ENDS - 1 - role, &number);
            if (gone)
                store_live(&row->peer_gone, 1);
            store_live(&row->peer_generation, row->peer_generation + 1);
        }
    }
}

/* Nobody waits for it any more, and no signal for it is pending. */
static void release_callers(const struct server *server)
{
    seL4_CNode_Drain(seL4_CapInitThreadCNode, server->endpoint);
    seL4_Reply_Abort(server->reply);
    seL4_Poll(server->notification);
}

static void start(struct server *server)
{
    server->state = SERVER_RUNNING;
    server->started = now();
    server_enter(server);
}

/* A device's interrupt that the life before did not get to acknowledge must come again. */
static void restart(struct server *server, uint64_t since)
{
    uint64_t pages = server_fill(server);

    for (uint32_t i = 0; i < server->entry->interrupt_count; i++)
        seL4_IRQHandler_Ack(server->interrupts[i]);

    store_live(&server->start->generation, server->start->generation + 1);
    server->cost_pages = pages;
    server->cost_clock = now() - since;
    start(server);
}

static void stop(struct server *server, enum server_state state, uint64_t due)
{
    server_fill(server);
    server->state = state;
    parked_start(server, due);
}

/* An unknown clock counts as slow: delays are shorter then, but there are delays. */
static uint64_t clock_per_ms(const struct system *system)
{
    return system->boot->tscHz != 0 ? system->boot->tscHz / 1000 : CLOCK_UNKNOWN_PER_MS;
}

static void judge(struct system *system, struct server *server, bool exited)
{
    uint64_t since = now();
    const struct policy_event event = {
        .now = since,
        .per_ms = clock_per_ms(system),
        .lifetime = since - server->started,
        .exited = exited,
    };
    enum policy_verdict verdict = policy_judge(&server->policy, server->entry, &event);

    tell_peers(system, server, verdict == POLICY_DOWN);
    release_callers(server);
    switch (verdict) {
    case POLICY_RESTART:
        restart(server, since);
        break;
    case POLICY_LATER:
        stop(server, SERVER_AWAY, server->policy.due);
        break;
    case POLICY_DOWN:
        stop(server, SERVER_DOWN, FOR_EVER);
        break;
    case POLICY_END:
        init_fail_at("the system can not go on without", server->entry->name);
    }
    status_event(server, verdict);
    statistics_update(system);
}

void supervise_end(struct system *system, struct server *server)
{
    if (server->state != SERVER_RUNNING)
        return; /* it has ended already */
    seL4_TCB_Suspend(server->tcb);
    judge(system, server, false);
}

/* The parked thread was called, and the time of its server has come. */
static void end_of_delay(struct server *server)
{
    uint64_t since = now();

    release_callers(server);
    restart(server, since);
    status_event(server, POLICY_RESTART);
}

static void fault(struct system *system, struct server *server, const struct fault *f)
{
    bool exit = f->label == seL4_Fault_UnknownSyscall &&
                SVSM_EXIT_IS(f->words[seL4_UnknownSyscall_Syscall]);

    seL4_TCB_Suspend(server->tcb);
    if (f->label == seL4_Fault_UserException && f->words[seL4_UserException_Number] == VECTOR_UD &&
        parked_is_due(server, f->words[seL4_UserException_FaultIP])) {
        end_of_delay(server);
        statistics_update(system);
        return;
    }
    server->exits += exit;
    server->faults += !exit;
    status_fault(server, f);
    judge(system, server,
          exit && f->words[seL4_UnknownSyscall_Syscall] == SVSM_EXIT(SVSM_EXIT_DONE, 0));
}

/* Priorities are strict and init is above all: nobody runs before init waits. */
void supervise_start(struct system *system)
{
    for (unsigned i = 0; i < system->count; i++)
        if (i != system->manifest->init) {
            server_fill(&system->servers[i]);
            start(&system->servers[i]);
        }
}

/* What every init does for its callers, then what this one does. */
static uint64_t answer(const struct supervision *s, uint64_t badge, struct fault *call)
{
    if (call->label == SVSM_STATISTICS_CALL) {
        statistics_update(s->system);
        return SVSM_OK;
    }
    return s->call(s->system, badge, call->label, call->words);
}

static void tick(struct system *system)
{
    struct server *late = watchdog_look(system);

    if (late == NULL)
        return;
    late->overruns++;
    supervise_end(system, late);
}

static void handle(const struct supervision *s, uint64_t badge, const struct fault *f)
{
    uint64_t number = badge - FAULT_BADGE(0);

    if ((badge & WATCHDOG_SIGNAL) != 0)
        tick(s->system);
    if (number < s->system->count && number != s->system->manifest->init)
        fault(s->system, &s->system->servers[number], f);
}

_Noreturn void supervise(const struct supervision *s)
{
    struct svsm_message m = {.badge = s->inbox};

    svsm_syscall(seL4_SysRecv, &m, s->reply);
    for (;;) {
        struct fault f = {.label = seL4_MessageInfo_get_label(m.info)};
        bool call = (m.badge & SVSM_BADGE_CALL) != 0;

        svsm_take_words(f.words, &m);
        if (call) {
            m.info = seL4_MessageInfo_new(answer(s, m.badge, &f), 0, 0, seL4_MsgMaxLength);
            for (unsigned i = 0; i < seL4_MsgMaxLength; i++)
                m.mr[i] = f.words[i];
        } else {
            handle(s, m.badge, &f);
        }
        m.badge = s->inbox;
        svsm_syscall(call ? seL4_SysReplyRecv : seL4_SysRecv, &m, s->reply);
    }
}
