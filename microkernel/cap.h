/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capabilities, the slots they lie in, and the tree that says which came from which.
 *
 * A slot is 32 bytes: a capability and four links. A link is a slot's number, its distance from the
 * base of the kernel's window in units of a slot; 0 is none. Invariants: an empty slot has no
 * links; a child's parent names it in its list and no other list does; the lists have no cycles.
 * slot_* keep them in constant time, each one complete before it returns.
 *
 * Sharing: slots are written only under the configuration lock, whose holder has a struct config *.
 * Any CPU reads them without a lock through cap_read, which returns only capabilities that were in
 * the slot at some moment of the call: writers clear the first word first and set it last.
 */
#ifndef MICROKERNEL_CAP_H
#define MICROKERNEL_CAP_H

#include "lock.h"
#include "window.h"
#include <sel4/objecttype.h>
#include <sel4/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cap {
    uint8_t type;    /* enum seL4_CapType */
    uint8_t rights;  /* seL4_CanRead, seL4_CanWrite, CAP_HELD */
    uint16_t aux;    /* by type; see the type's header */
    uint32_t object; /* granule of the window; for memory the page number; for others by type */
    uint64_t badge;  /* endpoints, notifications: the badge; others by type */
};

#define CAP_RIGHTS ((uint8_t)seL4_ReadWrite)
#define CAP_HELD   ((uint8_t)0x80) /* lies in a TCB, which must hear when it goes */

struct slot {
    struct cap cap;
    uint32_t parent;
    uint32_t child; /* the first of them */
    uint32_t next;  /* siblings */
    uint32_t prev;
};

_Static_assert(sizeof(struct cap) == 16, "two words");
_Static_assert(offsetof(struct cap, badge) == 8, "the first word is all but the badge");
_Static_assert(sizeof(struct slot) == 1u << seL4_SlotBits, "the ABI says so");
_Static_assert(sizeof(struct slot) == WINDOW_GRANULE, "a slot's number is its granule");

/* A thread's capability space: one CNode. */
struct cspace {
    struct slot *slots;
    uint64_t count;
};

static inline struct slot *slot_at(uint32_t number)
{
    return window_slots() + number;
}

static inline uint32_t slot_number(const struct slot *slot)
{
    return (uint32_t)(slot - window_slots());
}

static inline struct slot *cspace_lookup(const struct cspace *space, seL4_CPtr cptr)
{
    return cptr < space->count ? &space->slots[cptr] : NULL;
}

/* A consistent copy of what the slot holds, without a lock; false while it is being changed. */
static inline bool cap_read(const struct slot *slot, struct cap *out)
{
    const uint64_t *word = (const uint64_t *)(const void *)&slot->cap;
    uint64_t first = __atomic_load_n(word, __ATOMIC_ACQUIRE);
    uint64_t badge = __atomic_load_n(&slot->cap.badge, __ATOMIC_ACQUIRE);

    out->type = (uint8_t)first;
    out->rights = (uint8_t)(first >> 8);
    out->aux = (uint16_t)(first >> 16);
    out->object = (uint32_t)(first >> 32);
    out->badge = badge;
    return __atomic_load_n(word, __ATOMIC_RELAXED) == first;
}

/* The object of a capability with nothing in `aux`, from its first word. */
static inline void *object_of_word(uint64_t word)
{
    _Static_assert(WINDOW_GRANULE == 1u << 5, "the object's number is above bit 32");
    return kernel_window.base + (word >> (32 - 5));
}

static inline bool slot_is_empty(const struct slot *slot)
{
    return slot->cap.type == CAP_Null;
}

static inline bool slot_has_children(const struct slot *slot)
{
    return slot->child != 0;
}

/* Whether the slot's capability is a copy of its parent's: the object does not end with it. */
bool slot_is_derived(const struct slot *slot);

/* The slot whose child a copy of this slot's capability becomes: the original. */
struct slot *slot_original(struct slot *slot);

/* Puts cap into an empty slot, as the first child of parent. */
void slot_insert(struct config *config, struct slot *slot, struct slot *parent, struct cap cap);

/* Moves a capability without children into an empty slot. */
void slot_move(struct config *config, struct slot *to, struct slot *from);

/* Empties a slot without children. Ending the object is the caller's business. */
void slot_remove(struct config *config, struct slot *slot);

/* Replaces what the capability says beside type and object. */
void slot_update(struct config *config, struct slot *slot, struct cap cap);

/* The invariants of one slot and of its links into the tree. */
bool slot_is_well_formed(const struct slot *slot);

#endif
