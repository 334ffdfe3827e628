/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notification: 64 signal bits, and at most one thread that waits for them.
 *
 * A signal sets bits and then looks for somebody to wake: the waiter, or the bound thread while it
 * receives. A thread makes itself known first and looks at the bits then. Both looks follow an
 * atomic operation, so one of the two sees the other: no signal is lost. `waiter` is claimed by
 * compare-and-swap, like the word of an endpoint.
 */
#ifndef NOTIFICATION_H
#define NOTIFICATION_H

#include <stdbool.h>
#include <stdint.h>

#include "cap.h"

struct tcb;

struct notification {
    uint64_t bits;
    struct tcb *waiter;
    struct tcb *bound; /* changes under the configuration lock */
};

_Static_assert(sizeof(struct notification) <= 1u << seL4_NotificationBits, "the ABI says so");

static inline struct notification *notification_of(struct cap cap)
{
    return window_object(cap.object);
}

/* What a thread without a bound notification is bound to; no capability names it. */
extern struct notification notification_none;

/* What a capability without a badge signals: there is no signal of no bits. */
#define NOTIFICATION_UNBADGED (UINT64_C(1) << 63)

/* Never fails. A thread that is woken by bits somebody else took meanwhile gets 0: ask again. */
void notification_signal(struct notification *notification, uint64_t bits);
/* The last capability is gone: the waiter gets an error, the bound thread is let go. Lock held. */
void notification_destroy(struct notification *notification);
/* The bits there are, none from now on. */
uint64_t notification_take(struct notification *notification);
/* What Wait and Recv return when there was a signal. The caller owns the thread. */
void notification_deliver(struct tcb *tcb, uint64_t bits);
/* The thread, released by its processor, becomes the waiter; false: there is one. The bits must be
   looked at afterwards, and notification_wake() called when there are any. */
bool notification_wait(struct notification *notification, struct tcb *tcb);
/* Gives the bits to whoever waits or receives. */
void notification_wake(struct notification *notification);
/* Takes the waiter out, if it is still there. True: the caller owns it now. */
bool notification_remove(struct notification *notification, struct tcb *tcb);
void notification_bind(struct notification *notification, struct tcb *tcb);
void notification_unbind(struct tcb *tcb);

#endif
