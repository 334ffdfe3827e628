/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads: starting, stopping, and what they are made of; see tcb.h. */
#include "tcb.h"

#include <sel4/faults.h>

#include "cnode.h"
#include "cpu.h"
#include "endpoint.h"
#include "ipc.h"
#include "notification.h"
#include "pagetable.h"
#include "panic.h"
#include "reply.h"

/* RFLAGS a thread may choose: the arithmetic ones, direction, and AC. */
#define FLAGS_FREE UINT64_C(0x40cd5)

void tcb_init(struct tcb *tcb)
{
    static uint64_t ids; /* under the configuration lock */

    tcb->id = ++ids;
    tcb->cpu = machine_cpu();
    tcb->bound = &notification_none;
    tcb->frame.whole = 1;
    tcb->frame.rflags = machine_cpu()->user_flags;
    machine_fpu_reset(tcb->fpu);
}

bool tcb_is_suspended(const struct tcb *tcb)
{
    return __atomic_load_n(&tcb->state, __ATOMIC_ACQUIRE) == TCB_INACTIVE;
}

bool tcb_resume(struct tcb *tcb)
{
    if (!tcb_is_suspended(tcb) || tcb->vspace == NULL) {
        return false;
    }
    tcb->stop = 0;
    sched_ready(tcb);
    return true;
}

void tcb_stopped(struct tcb *tcb)
{
    struct frame *f = &tcb->frame;

    if (f->whole == 0) {
        f->rflags = tcb->cpu->user_flags;
        f->rsp = f->rbx;
        f->rax = 0;
        f->rcx = 0;
        f->rdx = 0;
        f->r11 = 0;
        f->whole = 1;
    }
    __atomic_store_n(&tcb->state, TCB_INACTIVE, __ATOMIC_RELEASE);
}

/* Out of the object it waits in, with an error for the system call that waited. */
static bool take_waiting(struct tcb *tcb, uint32_t state)
{
    bool taken = false;

    switch (state) {
    case TCB_RECEIVING:
        taken = endpoint_remove(tcb->endpoint, tcb);
        if (taken) {
            reply_disarm(tcb);
        }
        break;
    case TCB_CALLING:
        taken = endpoint_remove(tcb->endpoint, tcb);
        break;
    case TCB_AWAITING:
        taken = reply_remove(tcb->reply, tcb);
        break;
    case TCB_WAITING:
        taken = notification_remove(tcb->waiting, tcb);
        break;
    default:
        break;
    }
    if (taken && tcb->frame.whole == 0) {
        ipc_fail(tcb, svsm_PeerRestarted);
    }
    return taken;
}

/* One attempt to make it the caller's own; what moves meanwhile is seen at the next. */
static bool take(struct cpu *self, struct tcb *tcb)
{
    uint32_t state = __atomic_load_n(&tcb->state, __ATOMIC_ACQUIRE);

    if (state == TCB_INACTIVE) {
        return true;
    }
    if (state != TCB_READY && state != TCB_RUNNING) {
        return take_waiting(tcb, state);
    }
    if (tcb->cpu == self) {
        return state == TCB_READY && sched_remove(self, tcb);
    }
    cpu_attend(tcb->cpu, ATTEND_STOP);
    return false;
}

bool tcb_suspend(struct tcb *tcb)
{
    struct cpu *self = machine_cpu();

    __atomic_store_n(&tcb->stop, 1, __ATOMIC_SEQ_CST);
    if (tcb == cpu_current(self)) {
        cpu_attend(self, ATTEND_STOP);
        return false;
    }
    while (!take(self, tcb)) {
        cpu_answer(self);
        machine_pause();
    }
    tcb_stopped(tcb);
    tcb->stop = 0;
    return true;
}

void tcb_destroy(struct tcb *tcb)
{
    tcb_suspend(tcb);
    notification_unbind(tcb);
}

void tcb_set_priority(struct tcb *tcb, uint32_t priority)
{
    struct cpu *self = machine_cpu();
    bool queued = __atomic_load_n(&tcb->state, __ATOMIC_ACQUIRE) == TCB_READY && tcb->cpu == self &&
                  sched_remove(self, tcb);

    __atomic_store_n(&tcb->priority, priority, __ATOMIC_RELAXED);
    if (queued) {
        sched_ready(tcb);
    }
}

bool tcb_set_affinity(struct tcb *tcb, uint64_t cpu)
{
    if (cpu >= cpu_count || !cpus[cpu]->online) {
        return false;
    }
    tcb->cpu = cpus[cpu];
    return true;
}

struct slot *tcb_contents(struct tcb *tcb)
{
    for (unsigned int i = 0; i < TCB_SLOTS; i++) {
        if (!slot_is_empty(&tcb->slots[i])) {
            return &tcb->slots[i];
        }
    }
    return NULL;
}

void tcb_slot_changed(struct tcb *tcb, enum tcb_slot which)
{
    struct cap cap = tcb->slots[which].cap;

    switch (which) {
    case TCB_CSPACE: /* the pointer stays: somebody may have read the count before */
        if (cap.type == CAP_CNode) {
            tcb->cspace = cnode_space(cap);
        } else {
            __atomic_store_n(&tcb->cspace.count, 0, __ATOMIC_SEQ_CST);
        }
        break;
    case TCB_VSPACE:
        if (cap.type != CAP_VSpace) {
            tcb_suspend(tcb);
        }
        tcb->vspace = cap.type == CAP_VSpace ? &vspaces[cap.aux] : NULL;
        break;
    case TCB_NOTIFICATION:
        notification_unbind(tcb);
        if (cap.type == CAP_Notification) {
            notification_bind(notification_of(cap), tcb);
        }
        break;
    default:
        break;
    }
}

/* Where the registers of seL4_UserContext are in a frame, in its order; GS base is always 0. */
static const uint16_t register_offset[seL4_UserContextWords - 1] = {
    FRAME_RIP, FRAME_RSP, FRAME_RFLAGS, FRAME_RAX, FRAME_RBX,     FRAME_RCX, FRAME_RDX,
    FRAME_RSI, FRAME_RDI, FRAME_RBP,    FRAME_MR1, FRAME_MR2,     FRAME_MR0, FRAME_R11,
    FRAME_R12, FRAME_R13, FRAME_R14,    FRAME_MR3, FRAME_FS_BASE,
};

uint64_t tcb_read_register(const struct tcb *tcb, unsigned number)
{
    if (number >= sizeof(register_offset) / sizeof(*register_offset)) {
        return 0;
    }
    return *(const uint64_t *)(const void *)((const uint8_t *)&tcb->frame +
                                             register_offset[number]);
}

void tcb_write_register(struct tcb *tcb, unsigned number, uint64_t value)
{
    uint16_t offset;

    if (number >= sizeof(register_offset) / sizeof(*register_offset)) {
        return;
    }
    offset = register_offset[number];
    if ((offset == FRAME_RIP || offset == FRAME_FS_BASE) && value >= USER_TOP) {
        value = 0;
    }
    if (offset == FRAME_RFLAGS) {
        value = (value & FLAGS_FREE) | tcb->cpu->user_flags;
    }
    *(uint64_t *)(void *)((uint8_t *)&tcb->frame + offset) = value;
}
