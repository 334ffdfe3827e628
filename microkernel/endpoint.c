/* SPDX-License-Identifier: BSD-2-Clause */
/* Endpoints' queues; see endpoint.h for what the word means. */
#include "endpoint.h"

#include "ipc.h"
#include "panic.h"
#include "sched.h"

static void append(struct endpoint *endpoint, struct tcb *tcb)
{
    tcb->next = NULL;
    tcb->previous = endpoint->last;
    *(endpoint->last != NULL ? &endpoint->last->next : &endpoint->first) = tcb;
    endpoint->last = tcb;
}

static void unlink_queued(struct endpoint *endpoint, struct tcb *tcb)
{
    *(tcb->previous != NULL ? &tcb->previous->next : &endpoint->first) = tcb->next;
    *(tcb->next != NULL ? &tcb->next->previous : &endpoint->last) = tcb->previous;
    tcb->next = NULL;
    tcb->previous = NULL;
}

static bool try_lock(struct endpoint *endpoint, uint64_t *old)
{
    *old = __atomic_load_n(&endpoint->word, __ATOMIC_RELAXED);
    return *old != ENDPOINT_LOCKED &&
           __atomic_compare_exchange_n(&endpoint->word, old, ENDPOINT_LOCKED, false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void endpoint_lock(struct endpoint *endpoint)
{
    uint64_t old;

    while (!try_lock(endpoint, &old)) {
        machine_pause();
    }
    if ((old & ENDPOINT_TAG) == ENDPOINT_RECEIVER) {
        append(endpoint, thread_in(old, ENDPOINT_RECEIVER));
        endpoint->receivers = true;
    }
}

void endpoint_unlock(struct endpoint *endpoint)
{
    struct tcb *first = endpoint->first;
    uint64_t word = ENDPOINT_QUEUE;

    if (first == NULL) {
        word = ENDPOINT_IDLE;
    } else if (endpoint->receivers && first == endpoint->last) {
        unlink_queued(endpoint, first);
        word = thread_word(first, ENDPOINT_RECEIVER);
    }
    __atomic_store_n(&endpoint->word, word, __ATOMIC_RELEASE);
}

struct tcb *endpoint_pop(struct endpoint *endpoint, bool receiver)
{
    struct tcb *first = endpoint->first;

    if (first == NULL || endpoint->receivers != receiver) {
        return NULL;
    }
    unlink_queued(endpoint, first);
    return first;
}

void endpoint_push(struct endpoint *endpoint, struct tcb *tcb, bool receiver)
{
    kernel_assert(endpoint->first == NULL || endpoint->receivers == receiver,
                  "callers and receivers in one endpoint");
    endpoint->receivers = receiver;
    append(endpoint, tcb);
}

bool endpoint_remove(struct endpoint *endpoint, struct tcb *tcb)
{
    struct tcb *found;

    endpoint_lock(endpoint);
    found = endpoint->first;
    while (found != NULL && found != tcb) {
        found = found->next;
    }
    if (found != NULL) {
        unlink_queued(endpoint, tcb);
    }
    endpoint_unlock(endpoint);
    return found != NULL;
}

static struct tcb *take(struct endpoint *endpoint, bool receiver)
{
    struct tcb *tcb;

    endpoint_lock(endpoint);
    tcb = endpoint_pop(endpoint, receiver);
    endpoint_unlock(endpoint);
    return tcb;
}

void endpoint_drain(struct endpoint *endpoint)
{
    struct tcb *tcb;

    while ((tcb = take(endpoint, false)) != NULL) {
        ipc_fail_caller(tcb, svsm_PeerRestarted);
    }
}

void endpoint_destroy(struct endpoint *endpoint)
{
    struct tcb *tcb;

    endpoint_drain(endpoint);
    while ((tcb = take(endpoint, true)) != NULL) {
        reply_disarm(tcb);
        ipc_fail(tcb, seL4_InvalidCapability);
        sched_ready(tcb);
    }
}
