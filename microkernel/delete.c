/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The descent to what must go first, and the end of one capability.
 *
 * Before a capability goes, its children go, and what it contains: the slots of a CNode or of a
 * TCB, if it is the original. Neither kind of step leads back to where the descent came from, see
 * cnode.h, so the descent ends at a capability without either.
 */
#include "delete.h"
#include "cnode.h"
#include "object.h"
#include "tcb.h"

static struct slot *contents(struct config *config, struct slot *slot)
{
    if (slot_is_derived(slot))
        return NULL;
    if (slot->cap.type == CAP_CNode)
        return cnode_contents(config, slot);
    if (slot->cap.type == CAP_TCB)
        return tcb_contents(tcb_of(slot->cap));
    return NULL;
}

static struct slot *leaf_below(struct config *config, struct slot *slot)
{
    struct slot *inside = slot;

    while (inside != NULL) {
        slot = inside;
        while (slot_has_children(slot))
            slot = slot_at(slot->child);
        inside = contents(config, slot);
    }
    return slot;
}

/* A slot in a TCB is one of its first page's, which the TCB begins. */
static void tell_holder(struct slot *slot)
{
    struct tcb *tcb = window_object(slot_number(slot) & ~((1u << (seL4_TCBBits - 5)) - 1u));

    tcb_slot_changed(tcb, (enum tcb_slot)(slot - tcb->slots));
}

static void remove(struct config *config, struct slot *slot)
{
    bool held = (slot->cap.rights & CAP_HELD) != 0;

    slot_remove(config, slot);
    if (held)
        tell_holder(slot);
}

bool delete_step(struct config *config, struct slot *slot)
{
    struct slot *leaf = leaf_below(config, slot);

    object_end(config, leaf);
    remove(config, leaf);
    return leaf == slot;
}

bool revoke_step(struct config *config, struct slot *slot)
{
    if (slot_has_children(slot))
        delete_step(config, slot_at(slot->child));
    return !slot_has_children(slot);
}

void delete_derived(struct config *config, struct slot *slot)
{
    if (slot_is_empty(slot))
        return;
    object_end(config, slot);
    remove(config, slot);
}
