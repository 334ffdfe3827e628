/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copy, Mint and Move, with any words, on any two CNodes: a copy is of the same object and never
 * has more rights; a badge is given once; untyped memory and the like stay single; nothing that
 * could contain a CNode's ancestor gets into it; an error changes nothing. Slot 1 is a parent, 2
 * the invoked CNode's, 3 to 5 are what CNodes hold: 4 and 5 are the invoked one's.
 *
 * parts: 3
 * options: --unwind 8
 */
#define cspace_lookup lookup_in_the_window
#include "few_slots.h"
#undef cspace_lookup

/* How a slot is found in a CNode is the proof "decode". */
static struct slot *cspace_lookup(const struct cspace *space, seL4_CPtr cptr)
{
    ASSERT(space->slots == &slot_4 && space->count == 2, "in the invoked CNode");
    if (cptr >= 2)
        return NULL;
    return cptr == 0 ? &slot_4 : &slot_5;
}

#include <cap.c>
#include <cnode.c>

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
    place->slot = slot_at(from);
    return nondet_bool() ? seL4_NoError : seL4_FailedLookup;
}

static void any_world(void)
{
    any_slots();
    from = nondet_u32();
    ASSUME(from >= 3 && from < SLOTS);
    slot_2.cap.type = CAP_CNode;
    slot_2.cap.object = 4;
    slot_2.cap.aux = (uint16_t)(1 | nondet_u8() << 8);
    for (unsigned i = 1; i < SLOTS; i++) {
        const struct slot *slot = slot_at(i);

        ASSUME(slot->parent < SLOTS && slot->child < SLOTS);
        ASSUME(slot->next < SLOTS && slot->prev < SLOTS);
        ASSUME(slot->cap.type < CAP_Root || i == 1);
        ASSUME(i == 1 || slot_is_empty(slot) || (slot->parent >= 1 && slot->parent <= 3));
    }
    ASSUME(slot_1.cap.type != CAP_Null);
    ASSUME(slot_is_well_formed(slot_at(from)));
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
    ASSERT(slot_is_empty(slot_at(from)), "and is gone where it was");
    ASSERT(derived || cnode_level_of(new) > cnode_level(slot_2.cap), "levels are kept");
    REACHED(source.type == CAP_Untyped);
}

static bool is_same(const struct slot *now, const struct slot *then)
{
    return now->cap.type == then->cap.type && now->cap.rights == then->cap.rights &&
           now->cap.aux == then->cap.aux && now->cap.object == then->cap.object &&
           now->cap.badge == then->cap.badge && now->parent == then->parent &&
           now->child == then->child && now->next == then->next && now->prev == then->prev;
}

static seL4_Error derive_or_move(struct invocation *inv)
{
    inv->label = 2 + PART;
    if (inv->label == 4)
        return invoke_CNode_Move(inv);
    return inv->label == 2 ? invoke_CNode_Copy(inv) : invoke_CNode_Mint(inv);
}

void harness(void)
{
    struct invocation inv;
    struct slot before[SLOTS];
    bool derived;
    seL4_Error error;
    unsigned to;

    any_world();
    ANYTHING(&inv);
    inv.slot = &slot_2;
    derived = slot_is_derived(slot_at(from));
    for (unsigned i = 0; i < SLOTS; i++)
        before[i] = *slot_at(i);
    error = derive_or_move(&inv);
    if (error != seL4_NoError) {
        for (unsigned i = 0; i < SLOTS; i++)
            ASSERT(is_same(slot_at(i), &before[i]), "an error changes nothing");
        REACHED(error == seL4_DeleteFirst);
        return;
    }
    ASSERT(inv.mr[0] < 2, "a slot of the CNode");
    to = 4 + (unsigned)inv.mr[0];
    ASSERT(slot_is_empty(&before[to]) && !slot_is_empty(&before[from]), "an empty one");
    if (inv.label == 4)
        check_move(slot_at(to)->cap, before[from].cap, derived);
    else
        check_copy(slot_at(to)->cap, before[from].cap, inv.label == 3 ? inv.mr[3] : 0);
}
