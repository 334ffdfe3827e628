/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply objects; see reply.h for what the word means. */
#include "reply.h"

#include "endpoint.h"
#include "ipc.h"
#include "sched.h"

static bool swap(struct reply *reply, uint64_t old, uint64_t new)
{
    return __atomic_compare_exchange_n(&reply->word, &old, new, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

bool reply_arm(struct reply *reply, struct tcb *receiver)
{
    receiver->reply = reply;
    return swap(reply, REPLY_FREE, thread_word(receiver, REPLY_ARMED));
}

void reply_disarm(struct tcb *receiver)
{
    __atomic_store_n(&receiver->reply->word, REPLY_FREE, __ATOMIC_RELEASE);
}

struct tcb *reply_take(struct reply *reply)
{
    uint64_t word = __atomic_load_n(&reply->word, __ATOMIC_ACQUIRE);

    if ((word & REPLY_TAG) != REPLY_CALLER || !swap(reply, word, REPLY_FREE)) {
        return NULL;
    }
    return thread_in(word, REPLY_CALLER);
}

bool reply_remove(struct reply *reply, struct tcb *tcb)
{
    return swap(reply, thread_word(tcb, REPLY_CALLER), REPLY_FREE);
}

void reply_abort(struct reply *reply)
{
    struct tcb *caller = reply_take(reply);

    if (caller != NULL) {
        ipc_fail_caller(caller, svsm_PeerRestarted);
    }
}

void reply_destroy(struct reply *reply)
{
    uint64_t word;

    /* An armed one is given up by its receiver: by us, if we can take that out of its endpoint, or
       by a caller that has just claimed it and is about to move in. */
    while ((word = __atomic_load_n(&reply->word, __ATOMIC_ACQUIRE)) != REPLY_FREE) {
        struct tcb *tcb = thread_in(word, word & REPLY_TAG);

        if ((word & REPLY_TAG) == REPLY_CALLER) {
            reply_abort(reply);
        } else if (tcb->state == TCB_RECEIVING && endpoint_remove(tcb->endpoint, tcb)) {
            reply_disarm(tcb);
            ipc_fail(tcb, seL4_InvalidCapability);
            sched_ready(tcb);
        }
        machine_pause();
    }
}
