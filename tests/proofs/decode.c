/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decoding, from any label, length, words and capability: a method runs only if its row of
 * methods.def allows it, errors come in the documented order, and looking up the slots that words
 * name never leaves the CNodes.
 *
 * sources: microkernel/invoke.c microkernel/cap.c
 * options: --unwind 6
 */
#include "cnode.h"
#include "invoke.h"
#include "proof.h"
#include "system.h"

#define OWN   4u /* slots of the caller's CNode */
#define OTHER 4u /* of another one, which starts behind it */

static struct slot slots[1 + OWN + OTHER];
static bool sealed;

bool system_is_sealed(void)
{
    return sealed;
}

/* CNodes of this world: any capability to one names one of the two. */
struct cspace cnode_space(struct cap cap)
{
    return cap.object == 1 ? (struct cspace){&slots[1], OWN}
                           : (struct cspace){&slots[1 + OWN], OTHER};
}

enum { PHASE_ALWAYS, PHASE_BUILD };

#define N  0
#define R  seL4_CanRead
#define W  seL4_CanWrite
#define RW seL4_ReadWrite

static unsigned ran;

/* The methods: each says that its row allowed it. */
#define SVSM_METHOD(object, name, number, args, results, a, b, c, d, needs, phase, text)           \
    seL4_Error invoke_##object##_##name(struct invocation *inv)                                    \
    {                                                                                              \
        ran = number;                                                                              \
        ASSERT(inv->label == (number), "the method of the label");                                 \
        ASSERT(inv->slot->cap.type == CAP_##object, "a capability of its type");                   \
        ASSERT(inv->length >= (args), "all of its words");                                         \
        ASSERT((inv->slot->cap.rights & (needs)) == (needs), "the rights it needs");               \
        ASSERT(PHASE_##phase == PHASE_ALWAYS || !sealed, "not sealed if it makes authority");      \
        return seL4_NoError;                                                                       \
    }
#include <abi/methods.def>
#undef SVSM_METHOD

static void any_invocation(struct invocation *inv, struct cspace *space)
{
    unsigned i = nondet_u32();

    kernel_window.base = (uint8_t *)slots;
    ANYTHING(slots);
    ANYTHING(&sealed);
    ANYTHING(inv);
    ASSUME(i >= 1 && i < 1 + OWN);
    *space = (struct cspace){&slots[1], OWN};
    inv->cspace = space;
    inv->slot = &slots[i];
}

static void check_lookups(const struct invocation *inv)
{
    struct slot *slot = invocation_cap(inv, nondet_u64(), CAP_Endpoint, seL4_CanRead);
    struct place place = {0};
    seL4_Error error = invocation_place(inv, nondet_u64(), seL4_CanWrite, &place);

    if (slot != NULL) {
        ASSERT(slot >= &slots[1] && slot < &slots[1 + OWN], "a slot of the caller's CNode");
        ASSERT(slot->cap.type == CAP_Endpoint && (slot->cap.rights & seL4_CanRead) != 0,
               "of the type and with the rights that were asked for");
    }
    REACHED(slot != NULL);
    REACHED(error == seL4_NoError);
    REACHED(error == seL4_RangeError);
    if (error != seL4_NoError)
        return;
    ASSERT(place.cnode.type == CAP_CNode && (place.cnode.rights & seL4_CanWrite) != 0,
           "a CNode that may be written");
    ASSERT(place.slot >= &slots[1] && place.slot < &slots[1 + OWN + OTHER], "a slot of it");
}

void harness(void)
{
    struct cspace space;
    struct invocation inv;
    seL4_Error error;

    any_invocation(&inv, &space);
    ran = 0;
    error = invoke(&inv);
    ASSERT((error == seL4_NoError) == (ran != 0), "an error means that nothing ran");
    ASSERT(error == seL4_NoError || error == seL4_IllegalOperation ||
               error == seL4_TruncatedMessage,
           "a documented error");
    REACHED(ran == 1);
    REACHED(ran == 33);
    REACHED(error == seL4_TruncatedMessage);
    check_lookups(&inv);
}
