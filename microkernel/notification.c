/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals; see notification.h for why none is lost. */
#include "notification.h"

#include "endpoint.h"
#include "ipc.h"
#include "sched.h"

struct notification notification_none;

static bool claim_waiter(struct notification *notification, struct tcb *waiter)
{
    return __atomic_compare_exchange_n(&notification->waiter, &waiter, NULL, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

uint64_t notification_take(struct notification *notification)
{
    return __atomic_exchange_n(&notification->bits, 0, __ATOMIC_SEQ_CST);
}

void notification_deliver(struct tcb *tcb, uint64_t bits)
{
    tcb->frame.rdi = bits;
    tcb->frame.rsi = 0;
    for (unsigned int i = 0; i < seL4_MsgMaxLength; i++) {
        tcb->frame.mr[i] = 0;
    }
}

bool notification_wait(struct notification *notification, struct tcb *tcb)
{
    struct tcb *none = NULL;

    tcb->waiting = notification;
    tcb->state = TCB_WAITING;
    return __atomic_compare_exchange_n(&notification->waiter, &none, tcb, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

/* A waiter, or the bound thread while it receives, whose owner is then the caller of this. */
static struct tcb *claim_somebody(struct notification *notification)
{
    struct tcb *tcb = __atomic_load_n(&notification->waiter, __ATOMIC_SEQ_CST);

    if (tcb != NULL && claim_waiter(notification, tcb)) {
        return tcb;
    }
    tcb = __atomic_load_n(&notification->bound, __ATOMIC_ACQUIRE);
    if (tcb != NULL && __atomic_load_n(&tcb->state, __ATOMIC_ACQUIRE) == TCB_RECEIVING &&
        endpoint_remove(tcb->endpoint, tcb)) {
        reply_disarm(tcb);
        return tcb;
    }
    return NULL;
}

void notification_wake(struct notification *notification)
{
    struct tcb *tcb = claim_somebody(notification);

    if (tcb != NULL) {
        notification_deliver(tcb, notification_take(notification));
        sched_ready(tcb);
    }
}

void notification_signal(struct notification *notification, uint64_t bits)
{
    __atomic_fetch_or(&notification->bits, bits != 0 ? bits : NOTIFICATION_UNBADGED,
                      __ATOMIC_SEQ_CST);
    if (notification->waiter != NULL || notification->bound != NULL) {
        notification_wake(notification);
    }
}

bool notification_remove(struct notification *notification, struct tcb *tcb)
{
    return claim_waiter(notification, tcb);
}

void notification_bind(struct notification *notification, struct tcb *tcb)
{
    __atomic_store_n(&tcb->bound, notification, __ATOMIC_SEQ_CST);
    __atomic_store_n(&notification->bound, tcb, __ATOMIC_SEQ_CST);
}

void notification_unbind(struct tcb *tcb)
{
    if (tcb->bound != &notification_none) {
        __atomic_store_n(&tcb->bound->bound, NULL, __ATOMIC_SEQ_CST);
        __atomic_store_n(&tcb->bound, &notification_none, __ATOMIC_SEQ_CST);
    }
}

void notification_destroy(struct notification *notification)
{
    struct tcb *tcb = notification->waiter;

    if (tcb != NULL && claim_waiter(notification, tcb)) {
        ipc_fail(tcb, seL4_InvalidCapability);
        sched_ready(tcb);
    }
    if (notification->bound != NULL) {
        notification_unbind(notification->bound);
    }
}
