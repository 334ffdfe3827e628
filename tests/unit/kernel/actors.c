/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that run; see actors.h. */
#include "actors.h"

#include <string.h>

#define STACK UINT64_C(0x7000)
#define CODE  UINT64_C(0x401000)

static struct tcb *tcbs[ACTORS];
static unsigned count;

int actors_start(void **state)
{
    count = 0;
    return world_start(state);
}

struct endpoint *endpoint_in(seL4_CPtr cptr)
{
    return endpoint_of(world_slot(cptr)->cap);
}

struct reply *reply_in(seL4_CPtr cptr)
{
    return reply_of(world_slot(cptr)->cap);
}

struct notification *notification_in(seL4_CPtr cptr)
{
    return notification_of(world_slot(cptr)->cap);
}

seL4_CPtr actor_badged(seL4_CPtr original, seL4_CapRights_t rights, uint64_t badge)
{
    seL4_CPtr slot = world_free_slot();

    OK(CNODE, LABEL_CNode_Mint, slot, seL4_Slot(CNODE, original), rights, badge);
    return slot;
}

struct actor actor_in_space(seL4_CPtr space, seL4_CPtr fault_endpoint)
{
    struct actor a = {.cptr = world_make(seL4_TCBObject, 0),
                      .reply = world_make(seL4_ReplyObject, 0)};

    a.tcb = tcb_of(world_slot(a.cptr)->cap);
    assert_true(count < ACTORS);
    tcbs[count++] = a.tcb;
    OK(a.cptr, LABEL_TCB_Configure, fault_endpoint, CNODE, space);
    OK(a.cptr, LABEL_TCB_WriteRegisters, SEL4_REGISTER(rip) | 2 << 8, CODE, STACK);
    return a;
}

struct actor actor_make(void)
{
    return actor_in_space(seL4_CapInitThreadVSpace, 0);
}

void actor_start(const struct actor *a, uint64_t priority, uint64_t cpu)
{
    OK(a->cptr, LABEL_TCB_SetPriority, priority);
    OK(a->cptr, LABEL_TCB_SetAffinity, cpu);
    OK(a->cptr, LABEL_TCB_Resume, 0);
    processor_interrupt((uint32_t)cpu);
    actors_check();
}

/* What no thread is meant to do to another, the test may: whoever is in its way is made ready. */
static void make_current(struct cpu *cpu, const void *argument)
{
    struct tcb *tcb = *(struct tcb *const *)argument, *current = cpu_current(cpu);

    assert_true(sched_remove(cpu, tcb));
    if (current != &cpu->idle) {
        sched_release(cpu);
        sched_ready(current);
    }
    sched_take(cpu, tcb);
    machine_load_fs_base(tcb->frame.fs_base);
    cpu_load_space(cpu, tcb->vspace);
    machine_resume(&tcb->frame);
}

void actor_run(const struct actor *a)
{
    struct cpu *cpu = a->tcb->cpu;

    if (cpu_current(cpu) != a->tcb) {
        assert_ptr_equal(processor_enter(cpu->id, make_current, &a->tcb), a->tcb);
    }
}

struct tcb *actor_call(const struct actor *a, seL4_Syscall_ID number, const struct message *m)
{
    struct frame *f = &a->tcb->frame;
    struct tcb *next;

    assert_ptr_equal(cpu_current(a->tcb->cpu), a->tcb);
    f->rdi = m->cptr;
    f->rsi = m->info;
    memcpy(f->mr, m->mr, sizeof(f->mr));
    f->r12 = m->reply;
    f->rbx = STACK;
    next = processor_syscall(a->tcb->cpu->id, number);
    actors_check();
    return next;
}

struct message actor_message(const struct actor *a)
{
    const struct frame *f = &a->tcb->frame;
    struct message m = {.cptr = f->rdi, .info = f->rsi};

    memcpy(m.mr, f->mr, sizeof(m.mr));
    return m;
}

struct tcb *actor_recv(const struct actor *a, seL4_CPtr endpoint)
{
    return actor_call(a, seL4_SysRecv, &(struct message){.cptr = endpoint, .reply = a->reply});
}

struct tcb *actor_send(const struct actor *a, seL4_CPtr reply, uint64_t label)
{
    return actor_call(a, seL4_SysSend,
                      &(struct message){.cptr = reply, .info = INFO(label, 4), .mr = {5, 6, 7, 8}});
}

struct tcb *actor_ask(const struct actor *a, seL4_CPtr endpoint, uint64_t label)
{
    return actor_call(
        a, seL4_SysCall,
        &(struct message){.cptr = endpoint, .info = INFO(label, 4), .mr = {1, 2, 3, 4}});
}

struct tcb *actor_answer(const struct actor *a, seL4_CPtr endpoint, uint64_t label)
{
    return actor_call(
        a, seL4_SysReplyRecv,
        &(struct message){
            .cptr = endpoint, .info = INFO(label, 4), .mr = {5, 6, 7, 8}, .reply = a->reply});
}

static unsigned times_in_list(const struct tcb *first, const struct tcb *tcb)
{
    unsigned times = 0;

    for (; first != NULL; first = first->next) {
        assert_true(first->next == NULL || first->next->previous == first);
        times += first == tcb;
    }
    return times;
}

static unsigned times_ready(const struct tcb *tcb)
{
    unsigned times = 0;

    for (uint32_t i = 0; i < cpu_count; i++) {
        for (unsigned p = 0; p < SCHED_PRIORITIES; p++) {
            unsigned here = times_in_list(cpus[i]->sched.first[p], tcb);

            assert_true(here == 0 || (cpus[i] == tcb->cpu && p == tcb->queued));
            times += here;
        }
        for (const struct tcb *t = cpus[i]->inbox; t != NULL; t = t->next) {
            assert_true(t != tcb || cpus[i] == tcb->cpu);
            times += t == tcb;
        }
    }
    return times;
}

static unsigned times_current(const struct tcb *tcb)
{
    unsigned times = 0;

    for (uint32_t i = 0; i < cpu_count; i++) {
        times += cpu_current(cpus[i]) == tcb;
    }
    assert_true(times == 0 || cpu_current(tcb->cpu) == tcb);
    return times;
}

/* In the endpoint it names, as what it is there. */
static unsigned times_in_endpoint(const struct tcb *tcb, bool receiver)
{
    const struct endpoint *e = tcb->endpoint;

    assert_true(e->word != ENDPOINT_LOCKED);
    if ((e->word & ENDPOINT_TAG) == ENDPOINT_RECEIVER) {
        assert_null(e->first);
        return receiver && e->word == ((uint64_t)tcb | ENDPOINT_RECEIVER);
    }
    assert_true((e->word == ENDPOINT_QUEUE) == (e->first != NULL));
    return e->receivers == receiver ? times_in_list(e->first, tcb) : 0;
}

static unsigned times_where_it_waits(const struct tcb *tcb)
{
    switch (tcb->state) {
    case TCB_RECEIVING:
        assert_int_equal(tcb->reply->word, (uint64_t)tcb | REPLY_ARMED);
        return times_in_endpoint(tcb, true);
    case TCB_CALLING:
        return times_in_endpoint(tcb, false);
    case TCB_AWAITING:
        return tcb->reply->word == ((uint64_t)tcb | REPLY_CALLER);
    case TCB_WAITING:
        return tcb->waiting->waiter == tcb;
    default:
        return 0;
    }
}

void actors_check(void)
{
    for (unsigned i = 0; i < count; i++) {
        const struct tcb *tcb = tcbs[i];
        bool waits = tcb->state >= TCB_RECEIVING;

        assert_int_equal(times_current(tcb), tcb->state == TCB_RUNNING);
        assert_int_equal(times_ready(tcb), tcb->state == TCB_READY);
        assert_int_equal(times_where_it_waits(tcb), waits);
        assert_true(tcb->state != TCB_INACTIVE || tcb->frame.whole == 1);
    }
}
