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

/* The methods, each in the file of its object: invoke_CNode_Copy and so on. */
#define SVSM_METHOD(object, name, label, args, results, a, b, c, d, rights, phase, documentation)  \
    seL4_Error invoke_##object##_##name(struct invocation *);
#include <abi/methods.def>
#undef SVSM_METHOD

/* For methods. The slot of a capability of this type, with at least these rights, that a word names
   in the caller's CNode; NULL if there is none. */
struct slot *invocation_cap(const struct invocation *, seL4_CPtr, enum seL4_CapType,
                            seL4_CapRights_t rights);

/* A slot that a packed word (seL4_Slot) names, and the CNode capability it was reached by. */
struct place {
    struct slot *slot;
    struct cap cnode;
};

/* FailedLookup: no CNode with these rights; RangeError: it has fewer slots. */
seL4_Error invocation_place(const struct invocation *, seL4_Word packed, seL4_CapRights_t rights,
                            struct place *place);

#endif
