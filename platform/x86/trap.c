/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What entry.S makes of exceptions and interrupts, in C.
 *
 * trap_user: a thread's. It becomes a message to its fault handler, an interrupt for the scheduler,
 * or the first use of floating point. trap_idle: an interrupt that ends the idle wait. trap_fatal:
 * anything else at CPL0; it writes a report and ends the virtual machine.
 */
#include "cpu.h"
#include "fault.h"
#include "irq.h"
#include "ops.h"
#include "panic.h"
#include "processor.h"
#include "report.h"

enum vector {
    VECTOR_NMI = 2,
    VECTOR_NO_FPU = 7,
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_MACHINE_CHECK = 18,
    VECTOR_VMM = 29,
    VECTOR_EXCEPTIONS = 32,
};

#define PAGE_FAULT_FETCH 0x10u

_Noreturn void trap_user(struct cpu *cpu, struct frame *frame);
_Noreturn void trap_idle(struct cpu *cpu, uint64_t vector);
_Noreturn void trap_fatal(const struct trap_registers *r);

static _Noreturn void page_fault(struct cpu *cpu, struct frame *frame)
{
    const uint64_t words[4] = {frame->rip, x86_cr2(),
                               (frame->trap_error & PAGE_FAULT_FETCH) != 0 ? 1 : 0,
                               frame->trap_error};

    fault_raise(cpu, seL4_Fault_VMFault, words);
}

static _Noreturn void exception(struct cpu *cpu, struct frame *frame)
{
    const uint64_t words[4] = {frame->rip, frame->rsp, frame->trap, frame->trap_error};

    fault_raise(cpu, seL4_Fault_UserException, words);
}

static _Noreturn void interrupt(struct cpu *cpu, uint64_t vector)
{
    if (vector == VECTOR_SPURIOUS) {
        sched_leave(cpu);
    }
    platform->interrupt_done(vector);
    if (vector == VECTOR_TIMER) {
        sched_tick(cpu);
    } else if (vector != VECTOR_RESCHEDULE) {
        irq_fired((unsigned int)vector - VECTOR_EXCEPTIONS);
    }
    sched_leave(cpu);
}

void trap_user(struct cpu *cpu, struct frame *frame)
{
    if (frame->trap >= VECTOR_EXCEPTIONS) {
        if (!platform->interrupts) {
            panic(END_HOST, "an interrupt was injected where none can be");
        }
        interrupt(cpu, frame->trap);
    }
    switch (frame->trap) {
    case VECTOR_PAGE_FAULT:
        page_fault(cpu, frame);
    case VECTOR_NO_FPU:
        sched_use_fpu(cpu);
        machine_resume(frame);
    case VECTOR_NMI:
        machine_resume(frame);
    case VECTOR_MACHINE_CHECK:
        panic(END_EXCEPTION, "machine check");
    case VECTOR_VMM:
        if (platform->user_trap != NULL && platform->user_trap(frame)) {
            machine_resume(frame);
        }
        exception(cpu, frame);
    default:
        exception(cpu, frame);
    }
}

void trap_idle(struct cpu *cpu, uint64_t vector)
{
    __atomic_add_fetch(&cpu->entries, 1, __ATOMIC_SEQ_CST);
    interrupt(cpu, vector);
}

/* A page of ours that lost its validity, an interrupt where none can be: only the host does that.
 */
static enum end_reason reason_of(uint64_t vector)
{
    if (vector == VECTOR_DOUBLE_FAULT) {
        return END_STACK;
    }
    return vector == VECTOR_VMM || vector >= VECTOR_EXCEPTIONS ? END_HOST : END_EXCEPTION;
}

void trap_fatal(const struct trap_registers *r)
{
    static bool dying;
    struct cpu *cpu = processor_of_stack((uint64_t)r);

    if (dying) { /* the report itself has failed */
        platform->end(END_EXCEPTION);
    }
    dying = true;
    if (cpu != NULL) {
        x86_wrmsr(MSR_GS_BASE, (uint64_t)cpu);
    }
    report_trap(r, cpu, x86_cr2());
    platform->end(reason_of(r->vector));
}
