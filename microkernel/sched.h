/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs next on one processor: priorities, round robin within one, no lock.
 *
 * The running thread is not in the queue. Only the owning processor touches its queue; a thread
 * made ready for another processor goes through that one's inbox. Before a running thread is made
 * known to anybody else (put into an endpoint, say), sched_release() takes it off the processor.
 */
#ifndef SCHED_H
#define SCHED_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;
struct tcb;

#define SCHED_PRIORITIES 64u

struct sched {
    uint64_t ready; /* a bit for each priority with a thread */
    struct tcb *first[SCHED_PRIORITIES];
    struct tcb *last[SCHED_PRIORITIES];
};

/* The thread may run, on its own processor, whoever calls this; the caller owns the thread. */
void sched_ready(struct tcb *tcb);
/* Takes a thread out of this processor's queue. False: it is not there, or not yet. */
bool sched_remove(struct cpu *cpu, struct tcb *tcb);
/* Threads in the inbox of this processor go into its queue. */
void sched_take_inbox(struct cpu *cpu);
/* Those in inbox and queue that are wanted suspended stop. */
void sched_stop_ready(struct cpu *cpu);
/* Whether the current thread is wanted suspended. */
bool sched_must_stop(const struct cpu *cpu);

/* The current thread's registers are all in its struct tcb; current is the idle thread now. */
void sched_release(struct cpu *cpu);
/* A thread the caller owns becomes current. */
void sched_take(struct cpu *cpu, struct tcb *tcb);
/* Leaves the kernel into a thread the caller owns, on a processor where nothing is ready. */
_Noreturn void sched_run(struct cpu *cpu, struct tcb *tcb);
/* The current thread goes behind its equals. */
void sched_yield(struct cpu *cpu);
/* The slice that was given when somebody of the same priority waited is over. */
void sched_tick(struct cpu *cpu);
/* Whether this processor has slices, and irq_tick() their ends, even when nobody competes. */
void sched_keep_ticking(bool wanted);
/* Leaves the kernel into the best thread there is; waits for one when there is none. */
_Noreturn void sched_leave(struct cpu *cpu);

/* The current thread uses floating point for the first time since it became current. */
void sched_use_fpu(struct cpu *cpu);
/* The current thread's floating-point state, which is in the registers, goes to its struct tcb. */
void sched_save_fpu(struct cpu *cpu);

#endif
