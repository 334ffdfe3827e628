/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A step of revocation, in any derivation tree of up to MOST capabilities: exactly one capability
 * goes, it was derived at some remove from the one that is revoked, it had no children, its object
 * was ended first, and every other capability stays. So steps end, after at most as many as there
 * are descendants. What capabilities contain is not part of this proof. It is always slot TOP that
 * is revoked: a slot's number is a name, see tree.c.
 *
 * options: --unwind 7
 */
#include "few_slots.h"

#include <cap.c>
#include <delete.c>

#define MOST 4u
#define TOP  1u

static int8_t depth[MOST + 1], order[MOST + 1]; /* no cycles, see tree.c */
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
    any_slots();
    ANYTHING(depth);
    ANYTHING(order);
    for (unsigned i = 1; i <= MOST; i++) {
        const struct slot *slot = slot_at(i);

        ASSUME(slot->parent <= MOST && slot->child <= MOST);
        ASSUME(slot->next <= MOST && slot->prev <= MOST);
        ASSUME((slot->cap.rights & CAP_HELD) == 0);
        ASSUME(order[i] >= 1 && order[i] <= MOST && depth[i] >= 1 && depth[i] <= MOST);
    }
    for (unsigned i = 1; i <= MOST; i++) {
        const struct slot *slot = slot_at(i);

        ASSUME(slot_is_well_formed(slot));
        ASSUME(slot->next == 0 || order[i] < order[slot->next]);
        ASSUME(slot->parent == 0 || depth[slot->parent] < depth[i]);
    }
}

static bool descends(const uint32_t *parents, unsigned slot, unsigned from)
{
    for (unsigned i = 0; i < MOST; i++) {
        slot = parents[slot];
        if (slot == from)
            return true;
    }
    return false;
}

static void check_slot(unsigned i, uint8_t type)
{
    ASSERT(ended == 0 || i != ended_slot || slot_is_empty(slot_at(i)), "it is gone");
    ASSERT((ended != 0 && i == ended_slot) || slot_at(i)->cap.type == type,
           "every other one stays");
    ASSERT(slot_is_well_formed(slot_at(i)), "the tree is well-formed");
}

void harness(void)
{
    uint32_t parents[MOST + 1];
    uint8_t types[MOST + 1];
    bool had_children, done;

    any_tree();
    for (unsigned i = 0; i <= MOST; i++) {
        parents[i] = slot_at(i)->parent;
        types[i] = slot_at(i)->cap.type;
    }
    had_children = slot_has_children(slot_at(TOP));
    done = revoke_step(NULL, slot_at(TOP));
    ASSERT(ended == (had_children ? 1 : 0), "one goes, if there is one");
    ASSERT(done == !slot_has_children(slot_at(TOP)), "done means that none is left");
    ASSERT(ended == 0 || descends(parents, ended_slot, TOP), "a descendant");
    for (unsigned i = 1; i <= MOST; i++)
        check_slot(i, types[i]);
    REACHED(ended == 1 && parents[ended_slot] != TOP);
}
