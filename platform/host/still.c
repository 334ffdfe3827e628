/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that never run, for tests of the object side: they have their slots and registers, and
 * the operations of endpoints and the like only count. One processor, no lock but a flag.
 */
#include "host.h"

#include "cnode.h"
#include "cpu.h"
#include "endpoint.h"
#include "notification.h"
#include "pagetable.h"
#include "panic.h"
#include "reply.h"
#include "sched.h"
#include <sel4/faults.h>

static struct config {
    int unused;
} configuration;

void host_start_threads(void)
{
}

struct config *config_lock(void)
{
    kernel_assert(!host.locked, "the configuration lock is taken twice");
    host.locked = true;
    return &configuration;
}

void config_unlock(struct config *config)
{
    kernel_assert(host.locked && config == &configuration, "a lock is let go that is not held");
    host.locked = false;
}

void sched_keep_ticking(bool wanted)
{
    host.ticking = wanted;
}

void cpus_quiesce(void)
{
    host.quiesces++;
}

void cpus_flush(struct vspace *vspace)
{
    kernel_assert(vspace->tag != 0, "flushed without a new tag");
    host.flushes++;
}

void tcb_init(struct tcb *tcb)
{
    tcb->state = TCB_INACTIVE;
}

struct slot *tcb_contents(struct tcb *tcb)
{
    for (unsigned i = 0; i < TCB_SLOTS; i++)
        if (!slot_is_empty(&tcb->slots[i]))
            return &tcb->slots[i];
    return NULL;
}

static void notification_changed(struct tcb *tcb)
{
    struct slot *slot = &tcb->slots[TCB_NOTIFICATION];

    if (tcb->bound != NULL)
        tcb->bound->bound = NULL;
    tcb->bound = slot_is_empty(slot) ? NULL : notification_of(slot->cap);
    if (tcb->bound != NULL)
        tcb->bound->bound = tcb;
}

void tcb_slot_changed(struct tcb *tcb, enum tcb_slot which)
{
    struct cap cap = tcb->slots[which].cap;

    kernel_assert(which < TCB_SLOTS, "no slot of a thread");
    if (which == TCB_CSPACE)
        tcb->cspace = cap.type == CAP_Null ? (struct cspace){0} : cnode_space(cap);
    if (which == TCB_VSPACE) {
        tcb->vspace = cap.type == CAP_Null ? NULL : &vspaces[cap.aux];
        tcb->state = TCB_INACTIVE;
    }
    if (which == TCB_NOTIFICATION)
        notification_changed(tcb);
}

bool tcb_resume(struct tcb *tcb)
{
    if (tcb->state != TCB_INACTIVE || tcb->vspace == NULL)
        return false;
    tcb->state = TCB_READY;
    return true;
}

bool tcb_is_suspended(const struct tcb *tcb)
{
    return tcb->state == TCB_INACTIVE;
}

bool tcb_suspend(struct tcb *tcb)
{
    tcb->state = TCB_INACTIVE;
    return true;
}

void tcb_destroy(struct tcb *tcb)
{
    kernel_assert(tcb_contents(tcb) == NULL, "a thread ends with something in its slots");
    host.destroyed[HOST_TCB]++;
}

void tcb_set_priority(struct tcb *tcb, uint32_t priority)
{
    tcb->priority = priority;
}

bool tcb_set_affinity(struct tcb *tcb, uint64_t cpu)
{
    tcb->id = cpu;
    return cpu < HOST_CPUS;
}

/* The registers are kept in the first words of the frame, in the ABI's order. */
uint64_t tcb_read_register(const struct tcb *tcb, unsigned number)
{
    return ((const uint64_t *)(const void *)&tcb->frame)[number];
}

void tcb_write_register(struct tcb *tcb, unsigned number, uint64_t value)
{
    ((uint64_t *)(void *)&tcb->frame)[number] = value;
}

_Static_assert(sizeof(struct frame) >= sizeof(seL4_UserContext), "registers fit the frame");

void endpoint_destroy(struct endpoint *endpoint)
{
    endpoint->word = 0;
    host.destroyed[HOST_ENDPOINT]++;
}

void endpoint_drain(struct endpoint *endpoint)
{
    (void)endpoint;
    host.drained++;
}

void notification_destroy(struct notification *notification)
{
    kernel_assert(notification->bound == NULL, "a notification ends while a thread is bound to it");
    host.destroyed[HOST_NOTIFICATION]++;
}

void notification_signal(struct notification *notification, uint64_t bits)
{
    notification->bits |= bits;
    host.signals++;
    host.signalled_badge = bits;
}

void reply_destroy(struct reply *reply)
{
    reply->word = 0;
    host.destroyed[HOST_REPLY]++;
}

void reply_abort(struct reply *reply)
{
    (void)reply;
    host.aborted++;
}
