/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One processor: what only it may touch, and the few words others may.
 *
 * struct cpu is found through machine_cpu() and lives in memory taken from the region at boot; how
 * many there are is data. Everything in it belongs to its processor alone and needs no lock, but
 * for `entries` (others read it), `attention`, `inbox` and `flushed` (others write them by atomic
 * operations). The head is known to the assembly, see offsets.h.
 */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lock.h"
#include "machine.h"
#include "pagetable.h"
#include "platform.h"
#include "sched.h"
#include "tcb.h"
#include "thread_word.h"
#include "tracing.h"

/* Reasons to leave the fast path, set by anyone with cpu_attend(). */
enum attention {
    ATTEND_INBOX = 1, /* a thread was made ready here by another processor */
    ATTEND_STOP = 2,  /* a thread of ours is wanted suspended */
    ATTEND_FLUSH = 4, /* translations are to be forgotten */
};

#define CPU_PCIDS 64u

struct vcpu;

struct cpu {
    struct cpu *self;
    uint64_t frame_top; /* the running thread's frame + FRAME_PUSHED: SYSCALL pushes there */
    uint64_t stack_top;
    uint64_t entries;    /* odd while in the kernel */
    uint64_t user_flags; /* RFLAGS of a thread that returns from a system call */

    union {
        struct {
            uint32_t attention; /* enum attention */
            uint32_t fpu_live;  /* the running thread's floating-point state is in the registers */
        };
        uint64_t unusual; /* one of the two */
    };
    int32_t ready_most;    /* the highest priority with a ready thread, -1: none */
    uint32_t id;           /* 0 is the boot processor */
    struct vspace *vspace; /* loaded now; may be one that nobody here runs in any more */
    uint64_t no_flush;     /* what CR3 needs besides when its PCID's translations are still good */
    uint64_t pcid_tag[CPU_PCIDS]; /* whose translations a PCID holds: struct vspace's tag */

    struct sched sched;
    struct tcb *inbox; /* made ready by others, newest first */
    struct tcb idle;   /* current while nothing runs; never leaves the kernel */
    struct vcpu *vcpu; /* the guest's, which runs when nothing else does; may be NULL */
    uint32_t in_guest; /* it runs, and no request for attention reaches this processor */
    bool online;
    bool slice_armed; /* the timer will end the current slice */
    uint64_t flushes; /* how often all translations were forgotten on somebody's behalf */
    uint32_t apic_id;
    void *arch; /* descriptors and the like: platform/x86 */
    void *platform_data;
};

_Static_assert(offsetof(struct cpu, self) == CPU_SELF, "offsets.h");
_Static_assert(offsetof(struct cpu, frame_top) == CPU_FRAME_TOP, "offsets.h");
_Static_assert(offsetof(struct cpu, stack_top) == CPU_STACK_TOP, "offsets.h");
_Static_assert(offsetof(struct cpu, entries) == CPU_ENTRIES, "offsets.h");
_Static_assert(offsetof(struct cpu, user_flags) == CPU_USER_FLAGS, "offsets.h");

/* All processors that were made known at boot; some may never have come up. */
extern struct cpu **cpus;
extern uint32_t cpu_count;

static inline struct tcb *cpu_current(const struct cpu *cpu)
{
    return thread_below(cpu->frame_top);
}

static inline void cpu_set_current(struct cpu *cpu, struct tcb *tcb)
{
    cpu->frame_top = thread_top(tcb);
    tcb->cpu = cpu;
}

void cpu_init(struct cpu *cpu, uint32_t id);

/* Asks a processor to look at something before it goes on; any processor may. */
void cpu_attend(struct cpu *cpu, enum attention why);
/* Does what was asked of this one, but that its current thread stops, which is for sched_leave();
   also called by whoever spins, so that spinning ends. */
void cpu_answer(struct cpu *cpu);

/* Returns when no other processor is still in the kernel entry it is in now: what was removed from
   every slot and queue before is known to nobody any more. */
void cpus_quiesce(void);
/* Returns when no processor uses a translation that was removed from the space before, and its tag
   changed. */
void cpus_flush(struct vspace *vspace);

/* After the root of `vspace` was loaded without forgetting what its PCID's translations were: they
   may be another space's, or older than what was unmapped since. */
void cpu_check_pcid(struct cpu *cpu, struct vspace *vspace);

/* Makes the translations of `vspace` those of this processor. Loading a root is a barrier: whoever
   removes a translation either finds `vspace` here or is seen by cpu_check_pcid(). */
static inline void cpu_load_space_without_pcid(struct cpu *cpu, struct vspace *vspace)
{
    __atomic_store_n(&cpu->vspace, vspace, __ATOMIC_RELEASE);
    tracing_space(vspace);
    machine_load_root(vspace->cr3);
}

static inline void cpu_load_space(struct cpu *cpu, struct vspace *vspace)
{
    if (cpu->no_flush == 0) {
        cpu_load_space_without_pcid(cpu, vspace);
    } else {
        __atomic_store_n(&cpu->vspace, vspace, __ATOMIC_RELEASE);
        tracing_space(vspace);
        machine_load_root(vspace->cr3 | cpu->no_flush);
        cpu_check_pcid(cpu, vspace);
    }
}

#endif
