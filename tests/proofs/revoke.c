/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A step of revocation, in any derivation tree of up to SLOTS capabilities: exactly one capability
 * goes, it was derived at some remove from the one that is revoked, it had no children, its object
 * was ended first, and every other capability stays. So steps end, after at most as many as there
 * are descendants. What capabilities contain is not part of this proof.
 *
 * sources: microkernel/delete.c microkernel/cap.c
 * options: --unwind 7
 */
#include "cnode.h"
#include "delete.h"
#include "object.h"
#include "proof.h"
#include "tcb.h"

#define SLOTS 4

static struct slot slots[SLOTS + 1];
static int depth[SLOTS + 1], order[SLOTS + 1]; /* no cycles, see tree.c */
static unsigned ended, ended_slot;

struct slot *cnode_contents(struct config *config, struct slot *slot)
{
    (void)config;
    (void)slot;
    return NULL;
}

struct slot *tcb_contents(struct tcb *tcb)
{
    (void)tcb;
    return NULL;
}

void tcb_slot_changed(struct tcb *tcb, enum tcb_slot which)
{
    (void)tcb;
    (void)which;
}

void object_end(struct config *config, struct slot *slot)
{
    (void)config;
    ASSERT(slot->child == 0, "a capability without children");
    ended++;
    ended_slot = slot_number(slot);
}

static void any_tree(void)
{
    kernel_window.base = (uint8_t *)slots;
    ANYTHING(slots);
    ANYTHING(depth);
    ANYTHING(order);
    slots[0] = (struct slot){0};
    for (unsigned i = 1; i <= SLOTS; i++) {
        ASSUME(slots[i].parent <= SLOTS && slots[i].child <= SLOTS);
        ASSUME(slots[i].next <= SLOTS && slots[i].prev <= SLOTS);
        ASSUME((slots[i].cap.rights & CAP_HELD) == 0);
    }
    for (unsigned i = 1; i <= SLOTS; i++) {
        ASSUME(slot_is_well_formed(&slots[i]));
        ASSUME(slots[i].next == 0 || order[i] < order[slots[i].next]);
        ASSUME(slots[i].parent == 0 || depth[slots[i].parent] < depth[i]);
    }
}

static bool descends(const uint32_t *parents, unsigned slot, unsigned from)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        slot = parents[slot];
        if (slot == from)
            return true;
    }
    return false;
}

void harness(void)
{
    uint32_t parents[SLOTS + 1];
    unsigned top = nondet_u32(), i = nondet_u32();
    uint8_t type;
    bool had_children, done;

    any_tree();
    ASSUME(top >= 1 && top <= SLOTS && i >= 1 && i <= SLOTS);
    for (unsigned k = 0; k <= SLOTS; k++)
        parents[k] = slots[k].parent;
    had_children = slot_has_children(&slots[top]);
    type = slots[i].cap.type;
    done = revoke_step(NULL, &slots[top]);
    ASSERT(ended == (had_children ? 1 : 0), "one goes, if there is one");
    ASSERT(done == !slot_has_children(&slots[top]), "done means that none is left");
    ASSERT(ended == 0 || descends(parents, ended_slot, top), "a descendant");
    ASSERT(ended == 0 || i != ended_slot || slot_is_empty(&slots[i]), "it is gone");
    ASSERT(i == ended_slot || slots[i].cap.type == type, "every other one stays");
    ASSERT(slot_is_well_formed(&slots[i]), "the tree is well-formed");
    REACHED(ended == 1 && parents[ended_slot] != top);
}
