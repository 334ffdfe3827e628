/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow path: calls that must wait, receivers that find a caller waiting, answers without a
 * receive, faults, and errors. Each function is one way a system call ends.
 */
#include "cpu.h"
#include "ipc.h"
#include "notification.h"
#include "panic.h"
#include "sched.h"
#include "vcpu.h"

#define KERNEL_LABEL(error) ((SVSM_LABEL_KERNEL | (uint64_t)(error)) << SEL4_LABEL_SHIFT)

/* A label that a thread sends cannot pass for the kernel's, nor a length for more than there is. */
static uint64_t cleaned(uint64_t info)
{
    uint64_t length = info & SEL4_LENGTH_MASK;
    uint64_t label = info >> SEL4_LABEL_SHIFT & ~SVSM_LABEL_KERNEL;

    return label << SEL4_LABEL_SHIFT | (length > seL4_MsgMaxLength ? seL4_MsgMaxLength : length);
}

void ipc_fail(struct tcb *tcb, seL4_Error error)
{
    tcb->frame.rdi = 0;
    tcb->frame.rsi = KERNEL_LABEL(error);
    for (unsigned int i = 0; i < seL4_MsgMaxLength; i++) {
        tcb->frame.mr[i] = 0;
    }
}

/* A thread whose fault nobody takes stays where it is. */
void ipc_fail_caller(struct tcb *caller, seL4_Error error)
{
    if (caller->call_kind == CALL_FAULT) {
        tcb_stopped(caller);
    } else if (caller->call_kind == CALL_GUEST) {
        vcpu_fail(caller);
    } else {
        ipc_fail(caller, error);
        sched_ready(caller);
    }
}

static _Noreturn void fail_current(struct cpu *cpu, seL4_Error error)
{
    ipc_fail(cpu_current(cpu), error);
    sched_leave(cpu);
}

/* What `caller` has to say becomes what `server` has received. */
static void deliver_call(struct tcb *server, const struct tcb *caller, uint64_t badge)
{
    server->frame.rdi = badge;
    if (caller->call_kind == CALL_FAULT) {
        server->frame.rsi = caller->fault_label << SEL4_LABEL_SHIFT | seL4_MsgMaxLength;
        for (unsigned int i = 0; i < seL4_MsgMaxLength; i++) {
            server->frame.mr[i] = caller->fault_words[i];
        }
    } else {
        ipc_copy_words(server, caller, cleaned(caller->frame.rsi));
    }
}

/* The answer of `server`, whose message is in its frame, to a caller nobody else can find. */
static void deliver_answer(struct tcb *caller, const struct tcb *server)
{
    if (caller->call_kind == CALL_MESSAGE) {
        ipc_copy_words(caller, server, cleaned(server->frame.rsi));
        caller->frame.rdi = 0;
        sched_ready(caller);
    } else if (caller->call_kind == CALL_GUEST) {
        vcpu_answer(caller, server);
    } else if (server->frame.rsi >> SEL4_LABEL_SHIFT == 0) {
        sched_ready(caller);
    } else {
        tcb_stopped(caller);
    }
}

void ipc_call_claimed(struct cpu *cpu, struct tcb *server, uint64_t badge)
{
    struct tcb *caller = cpu_current(cpu);

    caller->call_kind = CALL_MESSAGE;
    deliver_call(server, caller, badge);
    sched_release(cpu);
    ipc_bind_caller(server, caller);
    server->cpu = cpu;
    sched_ready(server);
    sched_leave(cpu);
}

void ipc_call_for_guest(struct cpu *cpu, struct tcb *caller, struct tcb *server, uint64_t badge)
{
    deliver_call(server, caller, badge);
    ipc_bind_caller(server, caller);
    server->cpu = cpu;
    tracing_space(server->vspace); /* its space may be loaded still, from its last call */
    sched_run(cpu, server);
}

void ipc_call_endpoint(struct cpu *cpu, struct endpoint *endpoint, uint64_t badge)
{
    struct tcb *caller = cpu_current(cpu);
    struct tcb *server;

    sched_release(cpu);
    endpoint_lock(endpoint);
    server = endpoint_pop(endpoint, true);
    if (server == NULL) {
        caller->badge = badge;
        caller->endpoint = endpoint;
        caller->state = TCB_CALLING;
        endpoint_push(endpoint, caller, false);
        endpoint_unlock(endpoint);
        sched_leave(cpu);
    }
    endpoint_unlock(endpoint);
    deliver_call(server, caller, badge);
    ipc_bind_caller(server, caller);
    server->cpu = cpu;
    sched_ready(server);
    sched_leave(cpu);
}

/* The capability behind a number, if it is of this type and carries this right. */
static bool find(struct cpu *cpu, uint64_t cptr, struct cap *cap, uint32_t type_and_right)
{
    const struct slot *slot = cspace_lookup(&cpu_current(cpu)->cspace, cptr);

    return slot != NULL && cap_read(slot, cap) && cap->type == (type_and_right & 0xff) &&
           (cap->rights & type_and_right >> 8) != 0;
}

#define WITH(type, right) ((uint32_t)(type) | (uint32_t)(right) << 8)

bool ipc_find_notification(struct cpu *cpu, uint64_t right, struct cap *cap)
{
    return find(cpu, cpu_current(cpu)->frame.rdi, cap, WITH(CAP_Notification, right));
}

/* The current thread, which owns the armed reply object in tcb->reply, receives. */
static _Noreturn void receive(struct cpu *cpu, struct endpoint *endpoint)
{
    struct tcb *server = cpu_current(cpu);
    struct notification *bound = server->bound;
    struct tcb *caller;

    sched_release(cpu);
    endpoint_lock(endpoint);
    caller = endpoint_pop(endpoint, false);
    if (caller != NULL) {
        endpoint_unlock(endpoint);
        deliver_call(server, caller, caller->badge);
        sched_take(cpu, server);
        ipc_bind_caller(server, caller);
        sched_leave(cpu);
    }
    server->endpoint = endpoint;
    server->state = TCB_RECEIVING;
    endpoint_push(endpoint, server, true);
    endpoint_unlock(endpoint);
    if (__atomic_load_n(&bound->bits, __ATOMIC_SEQ_CST) != 0) {
        notification_wake(bound);
    }
    sched_leave(cpu);
}

/* Receives unless a signal is there already; `reply` is free or becomes an error. */
static _Noreturn void receive_or_signal(struct cpu *cpu, struct endpoint *endpoint,
                                        struct reply *reply)
{
    struct tcb *server = cpu_current(cpu);
    uint64_t bits = notification_take(server->bound);

    if (bits != 0) {
        notification_deliver(server, bits);
        sched_leave(cpu);
    }
    if (!reply_arm(reply, server)) {
        fail_current(cpu, seL4_IllegalOperation);
    }
    receive(cpu, endpoint);
}

void ipc_recv_slow(struct cpu *cpu)
{
    const struct frame *f = &cpu_current(cpu)->frame;
    struct cap endpoint, reply;

    if (!find(cpu, f->rdi, &endpoint, WITH(CAP_Endpoint, seL4_CanRead)) ||
        !find(cpu, f->r12, &reply, WITH(CAP_Reply, seL4_CanWrite))) {
        fail_current(cpu, seL4_InvalidCapability);
    }
    receive_or_signal(cpu, endpoint_of(endpoint), reply_of(reply));
}

void ipc_send_slow(struct cpu *cpu)
{
    struct tcb *server = cpu_current(cpu);
    struct tcb *caller;
    struct cap reply;

    if (!find(cpu, server->frame.rdi, &reply, WITH(CAP_Reply, seL4_CanWrite))) {
        fail_current(cpu, seL4_InvalidCapability);
    }
    caller = reply_take(reply_of(reply));
    if (caller == NULL) {
        fail_current(cpu, seL4_IllegalOperation);
    }
    deliver_answer(caller, server);
    server->frame.rsi = 0;
    sched_leave(cpu);
}

void ipc_reply_recv_slow(struct cpu *cpu)
{
    struct tcb *server = cpu_current(cpu);
    struct cap endpoint, reply;
    struct tcb *caller;

    if (!find(cpu, server->frame.rdi, &endpoint, WITH(CAP_Endpoint, seL4_CanRead)) ||
        !find(cpu, server->frame.r12, &reply, WITH(CAP_Reply, seL4_CanWrite))) {
        fail_current(cpu, seL4_InvalidCapability);
    }
    caller = reply_take(reply_of(reply));
    if (caller != NULL) {
        deliver_answer(caller, server);
    }
    receive_or_signal(cpu, endpoint_of(endpoint), reply_of(reply));
}

void ipc_recv_after_reply(struct cpu *cpu, struct tcb *caller)
{
    struct tcb *server = cpu_current(cpu);

    sched_ready(caller);
    server->state = TCB_RUNNING;
    receive(cpu, server->endpoint);
}

void ipc_signalled_after_reply(struct cpu *cpu, struct tcb *caller, struct notification *bound)
{
    sched_release(cpu);
    sched_ready(caller);
    notification_wake(bound);
    sched_leave(cpu);
}

void ipc_call_slow(struct cpu *cpu)
{
    struct tcb *caller = cpu_current(cpu);
    struct cap endpoint;

    if (!find(cpu, caller->frame.rdi, &endpoint, WITH(CAP_Endpoint, seL4_CanWrite))) {
        syscall_invoke(cpu);
    }
    caller->call_kind = CALL_MESSAGE;
    ipc_call_endpoint(cpu, endpoint_of(endpoint), endpoint.badge);
}
