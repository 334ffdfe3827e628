/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Insert, move, remove and update keep the derivation tree well-formed: links are mutual, parents
 * and siblings have no cycles, a copy says no more than its original, and no other slot changes
 * what it holds. The state is any tree of up to MOST capabilities.
 *
 * A slot's number is a name, which the source compares with others and with none. So it is always
 * ONE and TWO that change here, and THREE stands for all the others: other trees are these with
 * other names.
 *
 * Cycles are excluded by a witness: numbers that grow along the siblings and with depth. The
 * harness shows that such numbers exist afterwards by naming them. In a tree of MOST there are
 * such numbers between 1 and MOST.
 *
 * parts: 4
 * options: --unwind 8
 */
#include "few_slots.h"

#include <cap.c>

#define MOST  (SLOTS - 1)
#define ONE   1u
#define TWO   2u
#define THREE 3u

static int8_t order[SLOTS], depth[SLOTS];

static bool in_range(const struct slot *slot)
{
    return slot->parent <= MOST && slot->child <= MOST && slot->next <= MOST && slot->prev <= MOST;
}

static bool has_no_cycle(unsigned i)
{
    return (slot_at(i)->next == 0 || order[i] < order[slot_at(i)->next]) &&
           (slot_at(i)->parent == 0 || depth[slot_at(i)->parent] < depth[i]);
}

static bool good(unsigned i)
{
    return in_range(slot_at(i)) && slot_is_well_formed(slot_at(i)) && has_no_cycle(i);
}

static void any_tree(void)
{
    any_slots();
    ANYTHING(order);
    ANYTHING(depth);
    for (unsigned i = 1; i <= MOST; i++) {
        ASSUME(order[i] >= 1 && order[i] <= MOST && depth[i] >= 1 && depth[i] <= MOST);
        ASSUME(in_range(slot_at(i)));
    }
    for (unsigned i = 1; i <= MOST; i++)
        ASSUME(good(i));
}

static bool is_same(struct cap now, struct cap then)
{
    return now.type == then.type && now.rights == then.rights && now.aux == then.aux &&
           now.object == then.object && now.badge == then.badge;
}

static struct cap any_cap(void)
{
    return (struct cap){nondet_u8(), nondet_u8(), nondet_u16(), nondet_u32(), nondet_u64()};
}

/* A new capability that its caller made by the rules. */
static void insert(void)
{
    struct cap cap = any_cap(), original = slot_at(TWO)->cap;
    bool derived = cap.type == original.type && cap.type != CAP_Untyped;

    ASSUME(slot_is_empty(slot_at(ONE)) && !slot_is_empty(slot_at(TWO)));
    ASSUME(cap.type != CAP_Null && cap.type != CAP_Root);
    ASSUME(!derived ||
           (cap.object == original.object && (cap.rights & CAP_RIGHTS & ~original.rights) == 0));
    slot_insert(NULL, slot_at(ONE), slot_at(TWO), cap);
    order[ONE] = slot_at(ONE)->next == 0 ? 0 : (int8_t)(order[slot_at(ONE)->next] - 1);
    depth[ONE] = (int8_t)(depth[TWO] + 1);
    ASSERT(slot_at(ONE)->parent == TWO, "the new one is a child of its parent");
    ASSERT(is_same(slot_at(ONE)->cap, cap), "and what it was said to be");
    ASSERT(is_same(slot_at(TWO)->cap, original), "the parent stays what it is");
    REACHED(slot_at(ONE)->next != 0 && slot_at(TWO)->parent != 0);
}

static void move(void)
{
    struct cap cap = slot_at(TWO)->cap;

    ASSUME(slot_is_empty(slot_at(ONE)) && !slot_is_empty(slot_at(TWO)));
    ASSUME(!slot_has_children(slot_at(TWO)) && slot_at(TWO)->parent != 0);
    slot_move(NULL, slot_at(ONE), slot_at(TWO));
    order[ONE] = order[TWO];
    depth[ONE] = depth[TWO];
    ASSERT(is_same(slot_at(ONE)->cap, cap), "what is moved stays what it is");
    ASSERT(slot_is_empty(slot_at(TWO)), "and is gone where it was");
    REACHED(slot_at(ONE)->next != 0 && slot_at(ONE)->prev != 0);
}

static void remove(void)
{
    struct cap other = slot_at(TWO)->cap;

    ASSUME(!slot_is_empty(slot_at(ONE)) && !slot_has_children(slot_at(ONE)));
    ASSUME(slot_at(ONE)->parent != 0);
    REACHED(slot_at(ONE)->next != 0 && slot_at(ONE)->prev != 0);
    slot_remove(NULL, slot_at(ONE));
    ASSERT(slot_is_empty(slot_at(ONE)), "what is removed is gone");
    ASSERT(is_same(slot_at(TWO)->cap, other), "nothing else is");
}

/* Of the same object, and with the rights it had. */
static void update(void)
{
    struct cap cap = any_cap(), other = slot_at(TWO)->cap;

    ASSUME(!slot_is_empty(slot_at(ONE)) && cap.type == slot_at(ONE)->cap.type);
    ASSUME(cap.object == slot_at(ONE)->cap.object && cap.rights == slot_at(ONE)->cap.rights);
    slot_update(NULL, slot_at(ONE), cap);
    ASSERT(is_same(slot_at(ONE)->cap, cap), "as it was said to be");
    ASSERT(is_same(slot_at(TWO)->cap, other), "and nothing else");
    REACHED(slot_at(ONE)->child != 0 && slot_at(ONE)->next != 0);
}

void harness(void)
{
    struct cap before;

    any_tree();
    before = slot_at(THREE)->cap;
    switch (PART) {
    case 0:
        insert();
        break;
    case 1:
        move();
        break;
    case 2:
        remove();
        break;
    default:
        update();
    }
    ASSERT(good(ONE), "the tree is well-formed");
    ASSERT(good(TWO), "the tree is well-formed");
    ASSERT(good(THREE), "the tree is well-formed");
    ASSERT(slot_is_empty(slot_at(0)), "no slot has number 0");
    ASSERT(is_same(slot_at(THREE)->cap, before), "no other capability changes");
}
