/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls' table, and those of them that are not messages; see syscall.h. */
#include "syscall.h"

#include <sel4/syscalls.h>

#include "cpu.h"
#include "fault.h"
#include "invoke.h"
#include "ipc.h"
#include "notification.h"

_Static_assert(SYSCALL_CALL == seL4_SysCall, "offsets.h");
_Static_assert(SYSCALL_REPLY_RECV == seL4_SysReplyRecv, "offsets.h");

typedef void system_call(struct cpu *cpu);

static _Noreturn system_call do_signal, do_wait, do_poll, do_yield;

/* By number: -1 is the first. All of them leave the kernel. */
static system_call *const system_calls[SVSM_SYSCALLS] = {
    ipc_call_slow, ipc_reply_recv_slow, ipc_send_slow, do_signal, ipc_recv_slow, do_wait, do_yield,
    do_poll,
};

void syscall_slow(struct cpu *cpu, uint64_t number)
{
    const struct frame *f = &cpu_current(cpu)->frame;
    uint64_t index = -number - 1;

    if (index >= SVSM_SYSCALLS) {
        const uint64_t words[4] = {f->rip, f->rbx, cpu->user_flags, number};

        fault_raise(cpu, seL4_Fault_UnknownSyscall, words);
    }
    system_calls[index](cpu);
    __builtin_unreachable();
}

/* The thread's results: an error's label, and a method's words if it has any; else the thread's own
   words stay. */
static void finish(struct tcb *caller, seL4_Error error, const struct invocation *call)
{
    caller->frame.rdi = 0;
    caller->frame.rsi = (uint64_t)error << SEL4_LABEL_SHIFT | call->result_length;
    if (call->result_length != 0) {
        caller->frame.mr[0] = call->mr[0];
        caller->frame.mr[1] = call->mr[1];
        caller->frame.mr[2] = call->mr[2];
        caller->frame.mr[3] = call->mr[3];
    }
}

/* One step, under the lock. The slot is looked up each time: between two steps anything may go. */
static seL4_Error invoke_step(struct tcb *caller, struct invocation *call)
{
    struct slot *slot;
    seL4_Error error;

    call->config = config_lock();
    call->cspace = &caller->cspace;
    slot = cspace_lookup(call->cspace, caller->frame.rdi);
    call->slot = slot;
    call->label = caller->frame.rsi >> SEL4_LABEL_SHIFT;
    call->length = caller->frame.rsi & SEL4_LENGTH_MASK;
    call->result_length = 0;
    call->mr[0] = caller->frame.mr[0];
    call->mr[1] = caller->frame.mr[1];
    call->mr[2] = caller->frame.mr[2];
    call->mr[3] = caller->frame.mr[3];
    error = slot == NULL || slot->cap.type == CAP_Null ? seL4_InvalidCapability : invoke(call);
    config_unlock(call->config);
    return error;
}

void syscall_invoke(struct cpu *cpu)
{
    struct tcb *caller = cpu_current(cpu);
    struct invocation call;
    seL4_Error error;

    if ((caller->frame.rsi & SEL4_LENGTH_MASK) > seL4_MsgMaxLength) {
        ipc_fail(caller, seL4_IllegalOperation);
        sched_leave(cpu);
    }
    while ((error = invoke_step(caller, &call)) == INVOKE_AGAIN) {
        cpu_answer(cpu);
    }
    finish(caller, error, &call);
    sched_leave(cpu);
}

static _Noreturn void refuse(struct cpu *cpu, seL4_Error error)
{
    ipc_fail(cpu_current(cpu), error);
    sched_leave(cpu);
}

static _Noreturn void do_signal(struct cpu *cpu)
{
    struct tcb *current = cpu_current(cpu);
    struct cap cap;

    if (!ipc_find_notification(cpu, seL4_CanWrite, &cap)) {
        refuse(cpu, seL4_InvalidCapability);
    }
    notification_signal(notification_of(cap), cap.badge);
    current->frame.rsi = 0;
    sched_leave(cpu);
}

static _Noreturn void do_poll(struct cpu *cpu)
{
    struct cap cap;

    if (!ipc_find_notification(cpu, seL4_CanRead, &cap)) {
        refuse(cpu, seL4_InvalidCapability);
    }
    notification_deliver(cpu_current(cpu), notification_take(notification_of(cap)));
    sched_leave(cpu);
}

static _Noreturn void do_wait(struct cpu *cpu)
{
    struct tcb *current = cpu_current(cpu);
    struct notification *notification;
    struct cap cap;
    uint64_t bits;

    if (!ipc_find_notification(cpu, seL4_CanRead, &cap)) {
        refuse(cpu, seL4_InvalidCapability);
    }
    notification = notification_of(cap);
    bits = notification_take(notification);
    if (bits != 0) {
        notification_deliver(current, bits);
        sched_leave(cpu);
    }
    sched_release(cpu);
    if (!notification_wait(notification, current)) {
        sched_take(cpu, current);
        refuse(cpu, seL4_IllegalOperation);
    }
    if (__atomic_load_n(&notification->bits, __ATOMIC_SEQ_CST) != 0) {
        notification_wake(notification);
    }
    sched_leave(cpu);
}

static _Noreturn void do_yield(struct cpu *cpu)
{
    sched_yield(cpu);
    sched_leave(cpu);
}
