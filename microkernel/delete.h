/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deleting: capabilities go one at a time, from the leaves, and objects end with their originals.
 *
 * Each step is bounded by the depth of the tree, which levels and the shrinking of untyped memory
 * bound (see cnode.h, untyped.h), and leaves a tree that is well-formed; loops are the caller's.
 * Sharing: the configuration lock.
 */
#ifndef MICROKERNEL_DELETE_H
#define MICROKERNEL_DELETE_H

#include "cap.h"

/* One step towards deleting the capability with everything it contains; true when it is gone. The
   slot is not empty. What is derived from it goes too. */
bool delete_step(struct config *config, struct slot *slot);

/* One step towards deleting what is derived from the capability; true when nothing is. */
bool revoke_step(struct config *config, struct slot *slot);

/* Empties the slot of a derived capability at once; an empty slot stays as it is. */
void delete_derived(struct config *config, struct slot *slot);

#endif
