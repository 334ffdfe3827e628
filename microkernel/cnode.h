/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CNodes: flat arrays of slots, and the methods that edit them.
 *
 * Capability: object is the first slot's number; aux is log2 of the slots | level << 8. A CNode's
 * level is above that of every CNode its original lies in, and the original of a CNode or untyped
 * memory lies only in CNodes of a lower level than its own: so no CNode contains, at any remove, a
 * capability it came from, and revocation is a plain descent. Sharing: the configuration lock.
 */
#ifndef MICROKERNEL_CNODE_H
#define MICROKERNEL_CNODE_H

#include "cap.h"
#include "invoke.h"

#define CNODE_MAX_LEVEL 255u

static inline unsigned cnode_bits(struct cap cap)
{
    return cap.aux & 0xffu;
}

static inline unsigned cnode_level(struct cap cap)
{
    return cap.aux >> 8;
}

struct cap cnode_cap(uint32_t first_slot, unsigned bits, unsigned level);

/* The space a CNode capability spans. */
struct cspace cnode_space(struct cap cap);

/* The level of a CNode or of untyped memory; above all others for what needs none. */
unsigned cnode_level_of(struct cap cap);

/* While a CNode ends: the first slot that is still in use, NULL if there is none. */
struct slot *cnode_contents(struct config *config, struct slot *slot);

#endif
