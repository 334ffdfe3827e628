/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Insert, move and remove keep the derivation tree well-formed: links are mutual, parents and
 * siblings have no cycles, a copy says no more than its original, and no other slot changes what it
 * holds. The state is any tree of up to SLOTS capabilities.
 *
 * Cycles are excluded by a witness: numbers that grow along the siblings and with depth. The
 * harness shows that such numbers exist afterwards by naming them.
 *
 * sources: microkernel/cap.c
 * options: --unwind 8
 */
#include "cap.h"
#include "proof.h"

#define SLOTS 5

static struct slot slots[SLOTS + 1];
static int order[SLOTS + 1], depth[SLOTS + 1];

static bool in_range(const struct slot *slot)
{
    return slot->parent <= SLOTS && slot->child <= SLOTS && slot->next <= SLOTS &&
           slot->prev <= SLOTS;
}

static bool has_no_cycle(unsigned i)
{
    return (slots[i].next == 0 || order[i] < order[slots[i].next]) &&
           (slots[i].parent == 0 || depth[slots[i].parent] < depth[i]);
}

static bool good(unsigned i)
{
    return in_range(&slots[i]) && slot_is_well_formed(&slots[i]) && has_no_cycle(i);
}

static void any_tree(void)
{
    kernel_window.base = (uint8_t *)slots;
    ANYTHING(slots);
    ANYTHING(order);
    ANYTHING(depth);
    slots[0] = (struct slot){0};
    for (unsigned i = 1; i <= SLOTS; i++) {
        ASSUME(order[i] > -1000 && order[i] < 1000 && depth[i] > -1000 && depth[i] < 1000);
        ASSUME(in_range(&slots[i]));
    }
    for (unsigned i = 1; i <= SLOTS; i++)
        ASSUME(good(i));
}

static unsigned any_slot(void)
{
    unsigned i = nondet_u32();

    ASSUME(i >= 1 && i <= SLOTS);
    return i;
}

/* A new capability that its caller made by the rules. */
static void insert(unsigned slot, unsigned parent)
{
    struct cap cap = {nondet_u8(), nondet_u8(), nondet_u16(), nondet_u32(), nondet_u64()};
    struct cap original = slots[parent].cap;
    bool derived = cap.type == original.type && cap.type != CAP_Untyped;

    ASSUME(slot_is_empty(&slots[slot]) && !slot_is_empty(&slots[parent]));
    ASSUME(cap.type != CAP_Null && cap.type != CAP_Root);
    ASSUME(!derived ||
           (cap.object == original.object && (cap.rights & CAP_RIGHTS & ~original.rights) == 0));
    slot_insert(NULL, &slots[slot], &slots[parent], cap);
    order[slot] = slots[slot].next == 0 ? 0 : order[slots[slot].next] - 1;
    depth[slot] = depth[parent] + 1;
    ASSERT(slots[slot].parent == parent, "the new one is a child of its parent");
    REACHED(slots[slot].next != 0 && slots[parent].parent != 0);
}

static void move(unsigned to, unsigned from)
{
    struct cap cap = slots[from].cap;

    ASSUME(slot_is_empty(&slots[to]) && !slot_is_empty(&slots[from]));
    ASSUME(!slot_has_children(&slots[from]) && slots[from].parent != 0);
    slot_move(NULL, &slots[to], &slots[from]);
    order[to] = order[from];
    depth[to] = depth[from];
    ASSERT(slots[to].cap.type == cap.type && slots[to].cap.object == cap.object &&
               slots[to].cap.badge == cap.badge && slots[to].cap.rights == cap.rights,
           "what is moved stays what it is");
    ASSERT(slot_is_empty(&slots[from]), "and is gone where it was");
    REACHED(slots[to].next != 0 && slots[to].prev != 0);
}

static void remove(unsigned slot)
{
    ASSUME(!slot_is_empty(&slots[slot]) && !slot_has_children(&slots[slot]));
    ASSUME(slots[slot].parent != 0);
    REACHED(slots[slot].next != 0 && slots[slot].prev != 0);
    slot_remove(NULL, &slots[slot]);
    ASSERT(slot_is_empty(&slots[slot]), "what is removed is gone");
}

void harness(void)
{
    unsigned a, b, i;
    struct cap before;

    any_tree();
    a = any_slot();
    b = any_slot();
    i = any_slot();
    before = slots[i].cap;
    switch (nondet_int()) {
    case 0:
        insert(a, b);
        break;
    case 1:
        move(a, b);
        break;
    default:
        remove(a);
        b = a;
    }
    ASSERT(good(i), "the tree is well-formed");
    ASSERT(slot_is_empty(&slots[0]), "no slot has number 0");
    if (i != a && i != b)
        ASSERT(slots[i].cap.type == before.type && slots[i].cap.object == before.object &&
                   slots[i].cap.rights == before.rights && slots[i].cap.badge == before.badge,
               "no other capability changes");
}
