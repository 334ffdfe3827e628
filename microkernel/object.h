/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the types of objects have in common: how large they are, how they begin and how they end.
 *
 * One table, indexed by the type untyped memory is asked for, says size and capability; another,
 * indexed by capability type, says what must happen when the original capability goes. Called by
 * untyped.c and delete.c under the configuration lock.
 */
#ifndef MICROKERNEL_OBJECT_H
#define MICROKERNEL_OBJECT_H

#include "cap.h"

/* log2 of the bytes an object takes; 0 if there is no such type or size. */
unsigned object_size_bits(seL4_ObjectType type, uint64_t user_bits);

/* Only pages and untyped memory can be made of device memory. */
bool object_may_be_device(seL4_ObjectType type);

/* Whether the type's capabilities can be copied. */
bool object_may_be_copied(enum seL4_CapType type);

/* Ends the object of an original capability, or what a derived one holds: true when finished, false
   when a bounded part is done and it wants to be called again. */
bool object_end(struct config *config, struct slot *slot);

#endif
