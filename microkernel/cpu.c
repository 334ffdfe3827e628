/* SPDX-License-Identifier: BSD-2-Clause */
/* Processors, and what they ask of each other; see cpu.h and lock.h. */
#include "cpu.h"

#include "ipc.h"
#include "lock.h"
#include "panic.h"

struct cpu **cpus;
uint32_t cpu_count;

/* What config_lock() returns: it has no contents, having it is what counts. */
struct config {
    uint32_t held;
};

static struct config config;

void cpu_init(struct cpu *cpu, uint32_t id)
{
    cpu->self = cpu;
    cpu->id = id;
    cpu->apic_id = id;
    cpu->ready_most = -1;
    cpu->idle.cpu = cpu;
    cpu->idle.priority = UINT32_MAX; /* as a number with a sign below every other */
    cpu->idle.state = TCB_RUNNING;
    cpu->frame_top = thread_top(&cpu->idle);
}

void cpu_attend(struct cpu *cpu, enum attention why)
{
    __atomic_fetch_or(&cpu->attention, why, __ATOMIC_SEQ_CST);
    if (cpu != machine_cpu() && platform->interrupts) {
        platform->interrupt_processor(cpu);
    }
}

/* Forgets the translations of the space that is loaded: no user's is global, so a load of its root
   does it, and those of other PCIDs are judged by their tags. A space that may be gone does not
   stay loaded; a thread whose space is gone is about to stop, and needs none in the kernel. */
static void flush(struct cpu *cpu)
{
    struct vspace *vspace = cpu_current(cpu)->vspace;

    if (vspace == NULL || vspace != cpu->vspace || vspace->cr3 == 0) {
        cpu->vspace = NULL;
        machine_load_root(machine_kernel_root());
    } else {
        cpu->pcid_tag[vspace->number % CPU_PCIDS] = vspace->tag;
        machine_load_root(vspace->cr3);
    }
    __atomic_add_fetch(&cpu->flushes, 1, __ATOMIC_RELEASE);
}

void cpu_answer(struct cpu *cpu)
{
    uint32_t why = __atomic_fetch_and(&cpu->attention, ATTEND_STOP, __ATOMIC_SEQ_CST);

    if ((why & ATTEND_STOP) != 0) {
        sched_stop_ready(cpu);
    } else if ((why & ATTEND_INBOX) != 0) {
        sched_take_inbox(cpu);
    }
    if ((why & ATTEND_FLUSH) != 0) {
        flush(cpu);
    }
}

/* A waiter knows no object, so it is as good as outside the kernel; it answers others, and stops
   where its thread is wanted suspended: the holder may be waiting for that. */
static void wait_for_lock(struct cpu *cpu)
{
    __atomic_add_fetch(&cpu->entries, 1, __ATOMIC_SEQ_CST);
    do {
        if (cpu->attention != 0) {
            cpu_answer(cpu);
        }
        if ((cpu->attention & ATTEND_STOP) != 0 && sched_must_stop(cpu)) {
            __atomic_add_fetch(&cpu->entries, 1, __ATOMIC_SEQ_CST);
            ipc_fail(cpu_current(cpu), svsm_PeerRestarted);
            sched_leave(cpu);
        }
        machine_pause();
    } while (__atomic_exchange_n(&config.held, 1, __ATOMIC_ACQUIRE) != 0);
    __atomic_add_fetch(&cpu->entries, 1, __ATOMIC_SEQ_CST);
}

struct config *config_lock(void)
{
    if (__atomic_exchange_n(&config.held, 1, __ATOMIC_ACQUIRE) != 0) {
        wait_for_lock(machine_cpu());
    }
    return &config;
}

void config_unlock(struct config *holder)
{
    kernel_assert(holder->held == 1, "unlocking what is not locked");
    __atomic_store_n(&holder->held, 0, __ATOMIC_RELEASE);
}

void cpus_quiesce(void)
{
    struct cpu *self = machine_cpu();

    for (uint32_t i = 0; i < cpu_count; i++) {
        uint64_t then = __atomic_load_n(&cpus[i]->entries, __ATOMIC_SEQ_CST);

        while (cpus[i] != self && then % 2 != 0 &&
               __atomic_load_n(&cpus[i]->entries, __ATOMIC_SEQ_CST) == then) {
            cpu_answer(self);
            machine_pause();
        }
    }
}

static bool may_use(const struct cpu *cpu, const struct vspace *vspace)
{
    return __atomic_load_n(&cpu->vspace, __ATOMIC_SEQ_CST) == vspace;
}

void cpus_flush(struct vspace *vspace)
{
    struct cpu *self = machine_cpu();

    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (uint32_t i = 0; i < cpu_count; i++) {
        uint64_t then = __atomic_load_n(&cpus[i]->flushes, __ATOMIC_SEQ_CST);

        if (cpus[i] == self || !may_use(cpus[i], vspace)) {
            continue;
        }
        cpu_attend(cpus[i], ATTEND_FLUSH);
        while (may_use(cpus[i], vspace) &&
               __atomic_load_n(&cpus[i]->flushes, __ATOMIC_SEQ_CST) == then) {
            cpu_answer(self);
            machine_pause();
        }
    }
    if (may_use(self, vspace)) {
        flush(self);
    }
}

void cpu_check_pcid(struct cpu *cpu, struct vspace *vspace)
{
    uint64_t *tag = &cpu->pcid_tag[vspace->number % CPU_PCIDS];
    uint64_t now = __atomic_load_n(&vspace->tag, __ATOMIC_ACQUIRE);

    if (*tag != now) {
        *tag = now;
        machine_load_root(vspace->cr3);
    }
}
