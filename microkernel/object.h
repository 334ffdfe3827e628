/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the types of objects have in common: how large they are, how they begin and how they end.
 *
 * One table, indexed by the type that untyped memory is asked for, says size and beginning;
 * another, indexed by capability type, says what a capability does when it goes. Called by
 * untyped.c, cnode.c and delete.c under the configuration lock.
 */
#ifndef MICROKERNEL_OBJECT_H
#define MICROKERNEL_OBJECT_H

#include "cap.h"

/* What is to be made. */
struct object_request {
    uint64_t type;      /* seL4_ObjectType */
    uint64_t user_bits; /* for types whose size the caller names */
    bool device;
    unsigned level; /* for CNodes and untyped memory */
};

/* log2 of the bytes one takes; 0 where there is no such type or no such size. */
unsigned object_size_bits(const struct object_request *request);

bool object_type_exists(uint64_t type);

/* Only pages and untyped memory can be made of device memory. */
bool object_may_be_device(uint64_t type);

/* Makes one in memory that is zero (device memory aside) and returns its capability. */
struct cap object_create(const struct object_request *request, uint64_t phys);

/* Whether there can be more than one capability to an object of this type. */
bool object_may_be_copied(enum seL4_CapType type);

/* What a capability without children and contents does before it goes: a derived one gives back
   what it made (a mapping), an original ends its object. */
void object_end(struct config *config, struct slot *slot);

#endif
