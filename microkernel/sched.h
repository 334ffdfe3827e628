/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs next on one processor: priorities, round robin within one, no lock.
 *
 * The running thread is not in the queue. Only the owning processor touches its queue; a thread
 * made ready for another processor goes through that one's inbox.
 */
#ifndef SCHED_H
#define SCHED_H

#include <stdint.h>

struct cpu;
struct tcb;

#define SCHED_PRIORITIES 64u

struct sched {
    uint64_t ready; /* a bit for each priority with a thread */
    struct tcb *first[SCHED_PRIORITIES];
    struct tcb *last[SCHED_PRIORITIES];
};

/* The thread may run: on its own processor, whoever calls. The caller owns the thread. */
void sched_ready(struct tcb *tcb);
/* Ready threads of this processor that somebody put into its inbox. */
void sched_take_inbox(struct cpu *cpu);
/* Out of this processor's queue; the thread is ready here. */
void sched_remove(struct cpu *cpu, struct tcb *tcb);
/* The running thread goes behind its equals. */
void sched_yield(struct cpu *cpu);
/* Makes the best thread current, and the idle one when there is none, and leaves the kernel. */
_Noreturn void sched_leave(struct cpu *cpu);

#endif
