/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Endpoint: where callers and receivers meet. Call-only: nothing is ever sent without an answer.
 *
 * `word` says everything, and changes only by compare-and-swap:
 *   0           nobody is here
 *   tcb | 1     exactly one receiver waits: it is claimed by swapping in 0; the fast path
 *   2           locked: somebody changes the queue; brief, slow path only
 *   3           the queue holds threads: all of them receivers, or all of them callers
 * Whoever swaps a thread out owns it. The queue is touched only while the word is 2.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "cap.h"
#include "thread_word.h"

struct tcb;

#define ENDPOINT_IDLE     UINT64_C(0)
#define ENDPOINT_RECEIVER UINT64_C(1)
#define ENDPOINT_LOCKED   UINT64_C(2)
#define ENDPOINT_QUEUE    UINT64_C(3)
#define ENDPOINT_TAG      UINT64_C(7)

struct endpoint {
    uint64_t word;
    struct tcb *first, *last;
    bool receivers; /* who is in the queue */
};

_Static_assert(sizeof(struct endpoint) <= 1u << seL4_EndpointBits, "the ABI says so");

static inline struct endpoint *endpoint_of(struct cap cap)
{
    return window_object(cap.object);
}

/* The last capability is gone: everybody in it gets an error. Configuration lock held. */
void endpoint_destroy(struct endpoint *endpoint);
/* Ends every call that waits in it with an error; for a restart of its server. Lock held. */
void endpoint_drain(struct endpoint *endpoint);
/* For the slow path: between these two the queue is the caller's, one waiting receiver included. */
void endpoint_lock(struct endpoint *endpoint);
void endpoint_unlock(struct endpoint *endpoint);
/* The first of the receivers, or of the callers; NULL when there is none. Locked. */
struct tcb *endpoint_pop(struct endpoint *endpoint, bool receiver);
/* Only where pop found none of the other kind. Locked. */
void endpoint_push(struct endpoint *endpoint, struct tcb *tcb, bool receiver);
/* Takes a thread out, if it is still there. True: the caller owns it now. */
bool endpoint_remove(struct endpoint *endpoint, struct tcb *tcb);

#endif
