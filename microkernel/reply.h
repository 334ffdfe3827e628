/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reply: the right to answer one caller, once. A server may keep it and answer later.
 *
 * `word` changes only by compare-and-swap, or by the owner of the thread in it:
 *   0            free
 *   tcb | 1      a caller waits for its answer; taking it out makes one its owner
 *   tcb | 2      armed: the receiver tcb has named it for the next caller
 */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "cap.h"
#include "thread_word.h"

struct tcb;

#define REPLY_FREE   UINT64_C(0)
#define REPLY_CALLER UINT64_C(1)
#define REPLY_ARMED  UINT64_C(2)
#define REPLY_TAG    UINT64_C(7)

struct reply {
    uint64_t word;
    uint64_t calls; /* ever received into it; written by the owner of the receiver */
};

_Static_assert(sizeof(struct reply) <= 1u << seL4_ReplyBits, "the ABI says so");

static inline struct reply *reply_of(struct cap cap)
{
    return window_object(cap.object);
}

/* How many calls were received into it, and whether the last one still waits for its answer: two
   looks tell how long a server takes. */
static inline uint64_t reply_calls(const struct reply *reply)
{
    return __atomic_load_n(&reply->calls, __ATOMIC_RELAXED);
}

static inline bool reply_is_held(const struct reply *reply)
{
    return (__atomic_load_n(&reply->word, __ATOMIC_RELAXED) & REPLY_TAG) == REPLY_CALLER;
}

/* The last capability is gone: its caller, or its receiver, gets an error. Lock held. */
void reply_destroy(struct reply *reply);
/* Answers the caller, if there is one, with PeerRestarted. Lock held. */
void reply_abort(struct reply *reply);
/* A receiver names it for the next caller. False: it is in use. */
bool reply_arm(struct reply *reply, struct tcb *receiver);
/* A receiver that the caller owns no longer waits: what it armed is free again. */
void reply_disarm(struct tcb *receiver);
/* Takes out whatever caller there is; NULL: none. The caller of this function owns it now. */
struct tcb *reply_take(struct reply *reply);
/* Takes the caller out if it is still there. True: the caller of this function owns it now. */
bool reply_remove(struct reply *reply, struct tcb *tcb);

#endif
