/* SPDX-License-Identifier: BSD-2-Clause */
/* Processors that a test drives; see processors.h. */
#include "processors.h"

#include <setjmp.h>
#include <string.h>

#include "host.h"
#include "ipc.h"
#include "panic.h"
#include "vcpu.h"

#define KERNEL_ROOT UINT64_C(0x1000)
#define NO_FLUSH    (UINT64_C(1) << 63)
#define PCID_MASK   UINT64_C(0xfff)

struct processor_state processors[HOST_CPUS];
bool processors_have_pcid, processors_have_interrupts;

static struct cpu cpu_memory[HOST_CPUS];
static struct cpu *cpu_list[HOST_CPUS];
static struct cpu *running; /* the one that is in the kernel */
static jmp_buf *way_out;
static struct tcb *left_into;

struct cpu *machine_cpu(void)
{
    return running;
}

static struct processor_state *state(void)
{
    return &processors[running->id];
}

/* The others have nothing else to do. */
void machine_pause(void)
{
    for (uint32_t i = 0; i < cpu_count; i++) {
        if (cpus[i]->attention != 0 && cpus[i]->entries % 2 == 0) {
            processor_interrupt(i);
        }
    }
}

void machine_load_root(uint64_t cr3)
{
    struct processor_state *p = state();

    p->roots++;
    p->cr3 = cr3 & ~NO_FLUSH;
    kernel_assert((cr3 & NO_FLUSH) == 0 || processors_have_pcid, "bit 63 of CR3 without PCIDs");
    if ((cr3 & NO_FLUSH) == 0) {
        p->cached_root[cr3 & PCID_MASK & (CPU_PCIDS - 1)] = 0;
    }
}

uint64_t machine_pcid_mask(void)
{
    return processors_have_pcid ? CPU_PCIDS - 1 : 0;
}

uint64_t machine_kernel_root(void)
{
    return KERNEL_ROOT;
}

void machine_load_fs_base(uint64_t base)
{
    state()->fs_base = base;
}

void machine_fpu_save(void *area)
{
    kernel_assert(state()->fpu_allowed, "no state to save");
    memcpy(area, &state()->fpu, sizeof(state()->fpu));
}

void machine_fpu_load(const void *area)
{
    memcpy(&state()->fpu, area, sizeof(state()->fpu));
    state()->fpu_allowed = true;
}

void machine_fpu_forbid(void)
{
    state()->fpu_allowed = false;
}

void machine_fpu_reset(void *area)
{
    memset(area, 0, MACHINE_FPU_BYTES);
}

void machine_backtrace(void)
{
}

/* What the thread is about to see through: its own space, as it is now. */
static void check_translations(const struct tcb *tcb)
{
    struct processor_state *p = state();
    uint64_t pcid = p->cr3 & PCID_MASK & (CPU_PCIDS - 1);

    kernel_assert(tcb->vspace != NULL && p->cr3 == tcb->vspace->cr3, "the root of another space");
    if (p->cached_root[pcid] != 0) {
        kernel_assert(p->cached_root[pcid] == p->cr3, "translations of another space");
        kernel_assert(p->cached_tag[pcid] == tcb->vspace->tag, "translations of the past");
    }
    p->cached_root[pcid] = p->cr3;
    p->cached_tag[pcid] = tcb->vspace->tag;
}

void machine_resume(struct frame *frame)
{
    struct tcb *tcb = (struct tcb *)(void *)frame;

    kernel_assert(tcb == cpu_current(running), "it is not the current thread that runs");
    kernel_assert(tcb->cpu == running && tcb->state == TCB_RUNNING, "nor is it one that may");
    kernel_assert(state()->fs_base == frame->fs_base, "the FS base of another");
    kernel_assert(state()->fpu_allowed == (running->fpu_live != 0), "floating point of nobody");
    check_translations(tcb);
    frame->whole = 0;
    left_into = tcb;
    running->entries++;
    longjmp(*way_out, 1);
}

void machine_restart_stack(struct cpu *cpu, void (*continue_in)(struct cpu *))
{
    continue_in(cpu);
    panic(END_INVARIANT, "a function that cannot return did");
}

static void idle(struct cpu *cpu)
{
    kernel_assert(cpu == running && cpu_current(cpu) == &cpu->idle, "idling with a thread");
    if (cpu->attention != 0) {
        return;
    }
    left_into = NULL;
    longjmp(*way_out, 1);
}

static void interrupt_processor(const struct cpu *cpu)
{
    kernel_assert(cpu != running, "an interrupt to oneself");
    host.alarms++;
}

static void timer_arm(uint32_t microseconds)
{
    kernel_assert(microseconds != 0, "a slice of no length");
    host.timers++;
}

/* No guest is below. */
bool vcpu_run(struct cpu *cpu)
{
    (void)cpu;
    return false;
}

void vcpu_answer(struct tcb *caller, const struct tcb *server)
{
    (void)server;
    vcpu_fail(caller);
}

void vcpu_fail(struct tcb *caller)
{
    (void)caller;
    panic(END_INVARIANT, "a guest that does not exist was answered");
}

void host_start_threads(void)
{
    memset(cpu_memory, 0, sizeof(cpu_memory));
    memset(processors, 0, sizeof(processors));
    for (uint32_t i = 0; i < HOST_CPUS; i++) {
        cpu_list[i] = &cpu_memory[i];
        cpu_init(cpu_list[i], i);
        cpu_list[i]->online = i != HOST_CPUS - 1; /* one never came up */
        cpu_list[i]->no_flush = processors_have_pcid ? NO_FLUSH : 0;
        cpu_list[i]->user_flags = 2;
    }
    cpus = cpu_list;
    cpu_count = HOST_CPUS;
    running = cpus[0];
    host_platform.idle = idle;
    host_platform.interrupts = processors_have_interrupts;
    host_platform.interrupt_processor = interrupt_processor;
    host_platform.timer_arm = timer_arm;
}

struct tcb *processor_enter(uint32_t id, processor_body *body, const void *argument)
{
    struct cpu *before = running;
    jmp_buf *outer = way_out;
    jmp_buf here;

    kernel_assert(cpus[id]->entries % 2 == 0, "a processor enters the kernel twice");
    running = cpus[id];
    way_out = &here;
    running->entries++;
    if (setjmp(here) == 0) {
        body(running, argument);
        panic(END_INVARIANT, "an entry ends nowhere");
    }
    way_out = outer;
    running = before;
    return left_into;
}

/* As entry.S saves a thread that was interrupted. */
static void interrupted(struct cpu *cpu)
{
    if (cpu_current(cpu) != &cpu->idle) {
        cpu_current(cpu)->frame.whole = 1;
    }
}

static void take_interrupt(struct cpu *cpu, const void *argument)
{
    (void)argument;
    interrupted(cpu);
    sched_leave(cpu);
}

struct tcb *processor_interrupt(uint32_t id)
{
    return processor_enter(id, take_interrupt, NULL);
}

static void take_tick(struct cpu *cpu, const void *argument)
{
    (void)argument;
    interrupted(cpu);
    sched_tick(cpu);
    sched_leave(cpu);
}

struct tcb *processor_tick(uint32_t id)
{
    return processor_enter(id, take_tick, NULL);
}

static void take_syscall(struct cpu *cpu, const void *argument)
{
    const struct frame *f = &cpu_current(cpu)->frame;
    int64_t number = *(const int64_t *)argument;

    if (number == SYSCALL_CALL) {
        machine_resume(ipc_call(f->rdi, f->rsi, cpu));
    } else if (number == SYSCALL_REPLY_RECV) {
        machine_resume(ipc_reply_recv(f->rdi, f->rsi, cpu, f->r12));
    }
    syscall_slow(cpu, (uint64_t)number);
}

struct tcb *processor_syscall(uint32_t id, int64_t number)
{
    return processor_enter(id, take_syscall, &number);
}

static void take_fpu(struct cpu *cpu, const void *argument)
{
    (void)argument;
    interrupted(cpu);
    sched_use_fpu(cpu);
    machine_resume(&cpu_current(cpu)->frame);
}

uint64_t *processor_fpu(uint32_t id)
{
    if (!processors[id].fpu_allowed) {
        processor_enter(id, take_fpu, NULL);
    }
    return &processors[id].fpu;
}
