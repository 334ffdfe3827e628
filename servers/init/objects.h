/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel objects for the system init builds: slots of its own CNode and memory from its untyped
 * capabilities, both handed out once and never taken back.
 *
 * Only before the seal, by init's one thread. Running out ends the virtual machine: what a system
 * needs is known when it is built, and its manifest says how much that may be.
 */
#ifndef INIT_OBJECTS_H
#define INIT_OBJECTS_H

#include <stdbool.h>

#include <sel4/sel4.h>

#define PAGE UINT64_C(4096)

void objects_start(const seL4_BootInfo *info);

/* `count` slots side by side that nobody uses. */
seL4_CPtr slots_new(seL4_Word count);

/* Objects side by side in new slots; size_bits for CNodes only. */
seL4_CPtr objects_new(seL4_ObjectType type, seL4_Word size_bits, seL4_Word count);
static inline seL4_CPtr object_new(seL4_ObjectType type, seL4_Word size_bits)
{
    return objects_new(type, size_bits, 1);
}

/* A copy in a new slot. */
seL4_CPtr object_copy(seL4_CPtr original, seL4_CapRights_t rights);
/* A copy in another CNode, badged unless badge is 0. */
void object_give(seL4_Word slot, seL4_CPtr original, seL4_CapRights_t rights, seL4_Word badge);

/* Address of a slot in init's own CNode. */
static inline seL4_Word object_place(seL4_CPtr slot)
{
    return seL4_Slot(seL4_CapInitThreadCNode, slot);
}

/* The first slot that is still free: all below it were handed out. */
seL4_CPtr slots_used(void);
/* Bytes of all objects handed out, alignment included. */
uint64_t objects_bytes(void);

#endif
