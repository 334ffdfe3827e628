/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults as messages; see fault.h. */
#include "fault.h"

#include "console.h"
#include "cpu.h"
#include "ipc.h"
#include "panic.h"

/* A thread must not be able to fill the console. */
#define REPORTS_MOST 8u

static void report(const struct tcb *tcb)
{
    static uint32_t reports;

    if (__atomic_fetch_add(&reports, 1, __ATOMIC_RELAXED) >= REPORTS_MOST) {
        __atomic_store_n(&reports, REPORTS_MOST, __ATOMIC_RELAXED);
        return;
    }
    console_text("thread ");
    console_number(tcb->id);
    console_text(" has faulted and has no handler: fault ");
    console_number(tcb->fault_label);
    for (unsigned int i = 0; i < seL4_MsgMaxLength; i++) {
        console_text(" ");
        console_hex(tcb->fault_words[i]);
    }
    console_text("\n");
}

void fault_raise(struct cpu *cpu, enum seL4_Fault kind, const uint64_t words[4])
{
    struct tcb *current = cpu_current(cpu);
    struct cap handler;

    current->call_kind = CALL_FAULT;
    current->fault_label = kind;
    for (unsigned int i = 0; i < seL4_MsgMaxLength; i++) {
        current->fault_words[i] = words[i];
    }
    if (!cap_read(&current->slots[TCB_FAULT], &handler) || handler.type != CAP_Endpoint ||
        (handler.rights & seL4_CanWrite) == 0) {
        report(current);
        if (current->id == TCB_FIRST) {
            panic(END_UNSUPERVISED, "the first thread has faulted");
        }
        sched_release(cpu);
        tcb_stopped(current);
        sched_leave(cpu);
    }
    ipc_call_endpoint(cpu, endpoint_of(handler), handler.badge);
}
