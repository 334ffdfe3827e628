/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copy, Mint and Move, with any words, on any two CNodes: a copy is of the same object and never
 * has more rights; a badge is given once; untyped memory and the like stay single; nothing that
 * could contain a CNode's ancestor gets into it; an error changes nothing.
 *
 * sources: microkernel/cnode.c microkernel/cap.c
 * options: --unwind 8
 */
#include "cnode.h"
#include "delete.h"
#include "object.h"
#include "proof.h"
#include "untyped.h"

#define SLOTS 6u /* 1 is a parent, 2 the invoked CNode's, 3 to 5 what CNodes hold */

static struct slot slots[SLOTS];
static unsigned from;

bool object_may_be_copied(enum seL4_CapType type)
{
    return type != CAP_Untyped && type != CAP_PageTable && type != CAP_IRQControl &&
           type != CAP_HostControl;
}

bool delete_step(struct config *config, struct slot *slot)
{
    (void)config;
    (void)slot;
    return true;
}

bool revoke_step(struct config *config, struct slot *slot)
{
    (void)config;
    (void)slot;
    return true;
}

seL4_Error invocation_place(const struct invocation *inv, seL4_Word packed, seL4_CapRights_t rights,
                            struct place *place)
{
    (void)inv;
    (void)packed;
    ASSERT(rights == (inv->label == 4 ? seL4_CanWrite : seL4_CanRead), "as the method needs");
    place->slot = &slots[from];
    return nondet_bool() ? seL4_NoError : seL4_FailedLookup;
}

/* The invoked CNode is slots 4 and 5. */
static void any_slots(void)
{
    kernel_window.base = (uint8_t *)slots;
    ANYTHING(slots);
    from = nondet_u32();
    ASSUME(from >= 3 && from < SLOTS);
    ASSUME(slots[2].cap.type == CAP_CNode && slots[2].cap.object == 4 &&
           cnode_bits(slots[2].cap) == 1);
    for (unsigned i = 1; i < SLOTS; i++) {
        ASSUME(slots[i].parent < SLOTS && slots[i].child < SLOTS);
        ASSUME(slots[i].next < SLOTS && slots[i].prev < SLOTS);
        ASSUME(slots[i].cap.type < CAP_Root || i == 1);
    }
    ASSUME(slots[1].cap.type != CAP_Null);
    for (unsigned i = 2; i < SLOTS; i++)
        ASSUME(slot_is_empty(&slots[i]) || (slots[i].parent >= 1 && slots[i].parent <= 3));
    ASSUME(slot_is_well_formed(&slots[from]));
}

static void check_copy(struct cap new, struct cap source, uint64_t badge)
{
    bool badged = new.badge != source.badge &&source.type != CAP_Page;

    ASSERT(object_may_be_copied((enum seL4_CapType)source.type), "of a type that can be copied");
    ASSERT(new.type == source.type &&new.object == source.object &&new.aux == source.aux,
           "the same object");
    ASSERT((new.rights & ~source.rights) == 0, "no more rights");
    ASSERT((new.rights &CAP_HELD) == 0, "not a thread's");
    ASSERT(!badged || (source.badge == 0 && new.badge == badge), "a badge once");
    ASSERT(!badged || source.type == CAP_Endpoint || source.type == CAP_Notification,
           "and only where badges are");
    ASSERT(source.type != CAP_Page || new.badge == 0, "not the mapping");
    REACHED(badged);
}

static void check_move(struct cap new, struct cap source, bool derived)
{
    ASSERT(new.type == source.type &&new.object == source.object &&new.badge ==
               source.badge &&new.rights == source.rights &&new.aux == source.aux,
           "what is moved stays what it is");
    ASSERT(slot_is_empty(&slots[from]), "and is gone where it was");
    ASSERT(derived || cnode_level_of(new) > cnode_level(slots[2].cap), "levels are kept");
    REACHED(source.type == CAP_Untyped);
}

void harness(void)
{
    struct invocation inv;
    struct slot before[SLOTS];
    bool derived;
    seL4_Error error;
    unsigned to, i = nondet_u32();

    any_slots();
    ANYTHING(&inv);
    ASSUME(inv.label == 2 || inv.label == 3 || inv.label == 4);
    ASSUME(i >= 1 && i < SLOTS);
    inv.slot = &slots[2];
    derived = slot_is_derived(&slots[from]);
    for (unsigned k = 0; k < SLOTS; k++)
        before[k] = slots[k];
    if (inv.label == 4)
        error = invoke_CNode_Move(&inv);
    else
        error = inv.label == 2 ? invoke_CNode_Copy(&inv) : invoke_CNode_Mint(&inv);
    if (error != seL4_NoError) {
        ASSERT(slots[i].cap.type == before[i].cap.type && slots[i].parent == before[i].parent &&
                   slots[i].child == before[i].child && slots[i].next == before[i].next &&
                   slots[i].prev == before[i].prev,
               "an error changes nothing");
        REACHED(error == seL4_DeleteFirst);
        return;
    }
    ASSERT(inv.mr[0] < 2, "a slot of the CNode");
    to = 4 + (unsigned)inv.mr[0];
    ASSERT(slot_is_empty(&before[to]) && !slot_is_empty(&before[from]), "an empty one");
    if (inv.label == 4)
        check_move(slots[to].cap, before[from].cap, derived);
    else
        check_copy(slots[to].cap, before[from].cap, inv.label == 3 ? inv.mr[3] : 0);
}
