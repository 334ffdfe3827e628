/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invocations: a Call on a capability that is no endpoint.
 *
 * invoke() looks the label up in the table made from abi/methods.def, checks what the table says
 * (type, label, words, rights, phase: in this order) and calls the method. A method checks
 * everything, in the order its file documents, and then changes state; it may do a bounded part and
 * return INVOKE_AGAIN, after which the same call, made again, goes on where this one ended.
 *
 * Called by the system call layer with the configuration lock held and a message copied out of the
 * caller's registers. Results are the words left in mr, result_length of them.
 */
#ifndef MICROKERNEL_INVOKE_H
#define MICROKERNEL_INVOKE_H

#include "cap.h"

struct tcb;

struct invocation {
    struct config *config;
    const struct cspace *cspace; /* the caller's, for the capabilities named in words */
    struct slot *slot;           /* the invoked capability's */
    uint64_t label;
    uint64_t length;
    uint64_t mr[seL4_MsgMaxLength];
    uint64_t result_length;
};

#define INVOKE_AGAIN ((seL4_Error)0xff) /* never leaves the kernel */

seL4_Error invoke(struct invocation *);

/* For methods: the slot a word names, NULL if there is none. */
struct slot *invocation_slot(const struct invocation *, seL4_CPtr cptr);

/* The capability of this type that a word names: NULL if there is none of it. */
struct slot *invocation_cap(const struct invocation *, seL4_CPtr cptr, enum seL4_CapType type);

/* The slot a packed word (seL4_Slot) names, in a CNode the caller may write; and that CNode. */
struct slot *invocation_place(const struct invocation *, seL4_Word packed, struct cap *cnode);

#endif
