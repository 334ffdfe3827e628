/* SPDX-License-Identifier: BSD-2-Clause */
/* The run queue of each processor; see sched.h. */
#include "sched.h"

#include "cpu.h"
#include "irq.h"
#include "vcpu.h"

#define SLICE_MICROSECONDS 5000u

/* Where a slice follows the other although nobody competes: the timer has a handler. */
static struct cpu *ticking;

static void append(struct cpu *cpu, struct tcb *tcb)
{
    struct sched *s = &cpu->sched;
    uint32_t p = tcb->priority;

    tcb->queued = p;
    tcb->next = NULL;
    tcb->previous = s->last[p];
    if (s->last[p] != NULL) {
        s->last[p]->next = tcb;
    } else {
        s->first[p] = tcb;
    }
    s->last[p] = tcb;
    s->ready |= UINT64_C(1) << p;
    cpu->ready_most = 63 - __builtin_clzll(s->ready);
}

static void unlink_ready(struct cpu *cpu, struct tcb *tcb)
{
    struct sched *s = &cpu->sched;
    uint32_t p = tcb->queued;

    *(tcb->previous != NULL ? &tcb->previous->next : &s->first[p]) = tcb->next;
    *(tcb->next != NULL ? &tcb->next->previous : &s->last[p]) = tcb->previous;
    tcb->next = NULL;
    tcb->previous = NULL;
    if (s->first[p] == NULL) {
        s->ready &= ~(UINT64_C(1) << p);
    }
    cpu->ready_most = s->ready != 0 ? 63 - __builtin_clzll(s->ready) : -1;
}

/* What the inbox of `from` holds goes into the queue of this processor. */
static void take_inbox(struct cpu *cpu, struct cpu *from)
{
    struct tcb *tcb = __atomic_exchange_n(&from->inbox, NULL, __ATOMIC_ACQUIRE);
    struct tcb *oldest = NULL;

    while (tcb != NULL) { /* newest first: turn it round */
        struct tcb *next = tcb->next;

        tcb->next = oldest;
        oldest = tcb;
        tcb = next;
    }
    while (oldest != NULL) {
        struct tcb *next = oldest->next;

        oldest->cpu = cpu;
        append(cpu, oldest);
        oldest = next;
    }
}

void sched_ready(struct tcb *tcb)
{
    struct cpu *cpu = tcb->cpu;
    struct tcb *head;

    if (cpu == machine_cpu()) {
        __atomic_store_n(&tcb->state, TCB_READY, __ATOMIC_RELEASE);
        append(cpu, tcb);
        return;
    }
    head = __atomic_load_n(&cpu->inbox, __ATOMIC_RELAXED);
    __atomic_store_n(&tcb->state, TCB_READY, __ATOMIC_RELEASE);
    do {
        tcb->next = head;
    } while (!__atomic_compare_exchange_n(&cpu->inbox, &head, tcb, false, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
    cpu_attend(cpu, ATTEND_INBOX);
    if (__atomic_load_n(&cpu->in_guest, __ATOMIC_SEQ_CST) != 0) {
        take_inbox(machine_cpu(), cpu); /* it would not see it for long: run it here */
    }
}

void sched_take_inbox(struct cpu *cpu)
{
    take_inbox(cpu, cpu);
}

void sched_stop_ready(struct cpu *cpu)
{
    sched_take_inbox(cpu);
    for (uint64_t left = cpu->sched.ready; left != 0; left &= left - 1) {
        struct tcb *next;

        for (struct tcb *t = cpu->sched.first[__builtin_ctzll(left)]; t != NULL; t = next) {
            next = t->next;
            if (__atomic_load_n(&t->stop, __ATOMIC_ACQUIRE) != 0) {
                unlink_ready(cpu, t);
                tcb_stopped(t);
            }
        }
    }
}

bool sched_remove(struct cpu *cpu, struct tcb *tcb)
{
    uint32_t p = tcb->queued;

    sched_take_inbox(cpu);
    for (struct tcb *t = cpu->sched.first[p]; t != NULL; t = t->next) {
        if (t == tcb) {
            unlink_ready(cpu, tcb);
            return true;
        }
    }
    return false;
}

void sched_save_fpu(struct cpu *cpu)
{
    machine_fpu_save(cpu_current(cpu)->fpu);
    machine_fpu_forbid();
    cpu->fpu_live = 0;
}

void sched_use_fpu(struct cpu *cpu)
{
    machine_fpu_load(cpu_current(cpu)->fpu);
    cpu->fpu_live = 1;
}

void sched_release(struct cpu *cpu)
{
    if (cpu->fpu_live != 0) {
        sched_save_fpu(cpu);
    }
    cpu->frame_top = thread_top(&cpu->idle);
}

void sched_take(struct cpu *cpu, struct tcb *tcb)
{
    tcb->cpu = cpu;
    __atomic_store_n(&tcb->state, TCB_RUNNING, __ATOMIC_RELEASE);
    cpu->frame_top = thread_top(tcb);
}

void sched_yield(struct cpu *cpu)
{
    struct tcb *current = cpu_current(cpu);

    if (cpu->ready_most >= (int32_t)current->priority) {
        sched_release(cpu);
        sched_ready(current);
    }
}

static void arm_slice(struct cpu *cpu)
{
    if (platform->interrupts && !cpu->slice_armed) {
        cpu->slice_armed = true;
        platform->timer_arm(SLICE_MICROSECONDS);
    }
}

void sched_keep_ticking(bool wanted)
{
    struct cpu *cpu = machine_cpu();

    __atomic_store_n(&ticking, wanted ? cpu : NULL, __ATOMIC_RELAXED);
    if (wanted) {
        arm_slice(cpu);
    }
}

void sched_tick(struct cpu *cpu)
{
    cpu->slice_armed = false;
    if (cpu == __atomic_load_n(&ticking, __ATOMIC_RELAXED)) {
        arm_slice(cpu);
        irq_tick();
    }
    if (cpu_current(cpu) != &cpu->idle) {
        sched_yield(cpu);
    }
}

/* The best ready thread, out of the queue, or NULL. Threads wanted suspended stop here. */
static struct tcb *pop_best(struct cpu *cpu)
{
    while (cpu->ready_most >= 0) {
        struct tcb *tcb = cpu->sched.first[cpu->ready_most];

        unlink_ready(cpu, tcb);
        if (__atomic_load_n(&tcb->stop, __ATOMIC_ACQUIRE) == 0) {
            return tcb;
        }
        tcb_stopped(tcb);
    }
    return NULL;
}

bool sched_must_stop(const struct cpu *cpu)
{
    return __atomic_load_n(&cpu_current(cpu)->stop, __ATOMIC_ACQUIRE) != 0;
}

/* Others want something; it may be that the current thread stops. */
static void attend(struct cpu *cpu)
{
    struct tcb *current = cpu_current(cpu);

    cpu_answer(cpu);
    __atomic_fetch_and(&cpu->attention, ~(uint32_t)ATTEND_STOP, __ATOMIC_SEQ_CST);
    if (sched_must_stop(cpu)) {
        sched_release(cpu);
        tcb_stopped(current);
    }
}

static _Noreturn void wait_for_work(struct cpu *cpu)
{
    for (;;) {
        if (cpu->attention != 0) {
            attend(cpu);
        }
        if (cpu->ready_most >= 0) {
            sched_leave(cpu);
        }
        if (vcpu_run(cpu)) {
            continue;
        }
        cpu->entries++; /* idle is as good as outside */
        platform->idle(cpu);
        __atomic_add_fetch(&cpu->entries, 1, __ATOMIC_SEQ_CST);
    }
}

/* A thread this processor owns becomes current, and its address space the one that is loaded. */
static void become(struct cpu *cpu, struct tcb *next)
{
    sched_take(cpu, next);
    if (cpu->vspace == NULL && platform->guest != NULL) {
        platform->guest->settle(); /* the guest ran here */
    }
    machine_load_fs_base(next->frame.fs_base);
    if (cpu->vspace != next->vspace) {
        cpu_load_space(cpu, next->vspace);
    }
}

/* The best ready thread becomes current. */
static void choose(struct cpu *cpu)
{
    struct tcb *next = pop_best(cpu);

    if (next == NULL) {
        machine_restart_stack(cpu, wait_for_work);
    }
    become(cpu, next);
}

void sched_run(struct cpu *cpu, struct tcb *tcb)
{
    become(cpu, tcb);
    machine_resume(&tcb->frame);
}

/* The current thread is the idle one, or another is at least as good. */
static void contend(struct cpu *cpu)
{
    struct tcb *current = cpu_current(cpu);

    if (current != &cpu->idle && cpu->ready_most > (int32_t)current->priority) {
        sched_release(cpu);
        sched_ready(current);
    }
    if (cpu_current(cpu) == &cpu->idle) {
        choose(cpu);
    }
    if (cpu->ready_most == (int32_t)cpu_current(cpu)->priority) {
        arm_slice(cpu);
    }
}

void sched_leave(struct cpu *cpu)
{
    if (cpu->attention != 0) {
        attend(cpu);
    }
    if (cpu->ready_most >= (int32_t)cpu_current(cpu)->priority) {
        contend(cpu);
    }
    machine_resume(&cpu_current(cpu)->frame);
}
