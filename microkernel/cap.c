/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The derivation tree: insert, move and remove, each by changing a slot and its named neighbours.
 *
 * Nothing here loops, so each operation is one step for the proofs in tests/proofs. New children
 * come first in their list: under untyped memory the list therefore descends in address, which is
 * what makes "siblings do not overlap" a statement about neighbours.
 */
#include "cap.h"

struct window kernel_window;

/* Readers on other CPUs see the old capability, none, or the new one. */
static void slot_publish(struct slot *slot, struct cap cap)
{
    uint64_t *word = (uint64_t *)(void *)&slot->cap;
    uint64_t first = (uint64_t)cap.type | (uint64_t)cap.rights << 8 | (uint64_t)cap.aux << 16 |
                     (uint64_t)cap.object << 32;

    __atomic_store_n(word, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->cap.badge, cap.badge, __ATOMIC_RELEASE);
    __atomic_store_n(word, first, __ATOMIC_RELEASE);
}

bool slot_is_derived(const struct slot *slot)
{
    return slot->parent != 0 && slot->cap.type != CAP_Untyped &&
           slot_at(slot->parent)->cap.type == slot->cap.type;
}

struct slot *slot_original(struct slot *slot)
{
    return slot_is_derived(slot) ? slot_at(slot->parent) : slot;
}

void slot_insert(struct config *config, struct slot *slot, struct slot *parent, struct cap cap)
{
    uint32_t number = slot_number(slot);

    (void)config;
    slot->parent = slot_number(parent);
    slot->child = 0;
    slot->prev = 0;
    slot->next = parent->child;
    if (slot->next != 0)
        slot_at(slot->next)->prev = number;
    parent->child = number;
    slot_publish(slot, cap);
}

/* Makes the neighbours of a slot name another number, or each other when that is 0. */
static void slot_relink(const struct slot *slot, uint32_t number)
{
    if (slot->prev != 0)
        slot_at(slot->prev)->next = number != 0 ? number : slot->next;
    else if (slot->parent != 0)
        slot_at(slot->parent)->child = number != 0 ? number : slot->next;
    if (slot->next != 0)
        slot_at(slot->next)->prev = number != 0 ? number : slot->prev;
}

static void slot_clear(struct slot *slot)
{
    slot_publish(slot, (struct cap){0});
    slot->parent = 0;
    slot->child = 0;
    slot->next = 0;
    slot->prev = 0;
}

void slot_move(struct config *config, struct slot *to, struct slot *from)
{
    struct cap cap = from->cap;

    (void)config;
    slot_relink(from, slot_number(to));
    to->parent = from->parent;
    to->child = 0;
    to->next = from->next;
    to->prev = from->prev;
    slot_clear(from);
    slot_publish(to, cap);
}

void slot_remove(struct config *config, struct slot *slot)
{
    (void)config;
    slot_relink(slot, 0);
    slot_clear(slot);
}

void slot_update(struct config *config, struct slot *slot, struct cap cap)
{
    (void)config;
    slot_publish(slot, cap);
}

static bool slot_is_blank(const struct slot *slot)
{
    return slot->parent == 0 && slot->child == 0 && slot->next == 0 && slot->prev == 0;
}

/* The siblings name the slot back and have the same parent; the first is the one the parent names.
 */
static bool slot_is_in_its_list(const struct slot *slot, uint32_t number)
{
    const struct slot *parent = slot_at(slot->parent);

    if (slot_is_empty(parent) || (slot->prev == 0) != (parent->child == number))
        return false;
    if (slot->prev != 0 &&
        (slot_at(slot->prev)->next != number || slot_at(slot->prev)->parent != slot->parent))
        return false;
    return slot->next == 0 ||
           (slot_at(slot->next)->prev == number && slot_at(slot->next)->parent == slot->parent);
}

static bool slot_is_parent_of_first(const struct slot *slot, uint32_t number)
{
    const struct slot *child = slot_at(slot->child);

    return slot->child == 0 ||
           (!slot_is_empty(child) && child->parent == number && child->prev == 0);
}

/* A copy says nothing its original does not. */
static bool slot_is_within_original(const struct slot *slot)
{
    struct cap cap = slot->cap, original = slot_at(slot->parent)->cap;

    return !slot_is_derived(slot) ||
           (cap.object == original.object && (cap.rights & CAP_RIGHTS & ~original.rights) == 0);
}

bool slot_is_well_formed(const struct slot *slot)
{
    uint32_t number = slot_number(slot);

    if (slot_is_empty(slot))
        return slot_is_blank(slot);
    if (!slot_is_parent_of_first(slot, number))
        return false;
    if (slot->parent == 0)
        return slot->cap.type == CAP_Root && slot->next == 0 && slot->prev == 0;
    return slot_is_in_its_list(slot, number) && slot_is_within_original(slot);
}
