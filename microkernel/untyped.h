/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Untyped memory: where all objects come from.
 *
 * Capability: object is the first page's number, badge the watermark in bytes, aux the size in bits
 * | device << 6 | level << 8 (see cnode.h for levels). There is exactly one capability to each
 * piece. Invariants: children lie inside, below the watermark, and apart from each other; what lies
 * above the watermark is zero (device memory aside); the watermark only falls while there are no
 * children, and memory it falls over is zeroed;
 * a piece made of it is smaller than it. Sharing: the configuration lock.
 */
#ifndef MICROKERNEL_UNTYPED_H
#define MICROKERNEL_UNTYPED_H

#include "cap.h"
#include "invoke.h"

#define UNTYPED_ZERO_STEP (UINT64_C(64) << 10) /* bytes zeroed before the lock is let go */

static inline unsigned untyped_bits(struct cap cap)
{
    return cap.aux & 0x3fu;
}

static inline bool untyped_is_device(struct cap cap)
{
    return (cap.aux & 0x40u) != 0;
}

static inline unsigned untyped_level(struct cap cap)
{
    return cap.aux >> 8;
}

static inline uint64_t untyped_phys(struct cap cap)
{
    return (uint64_t)cap.object << PAGE_SHIFT;
}

struct cap untyped_cap(uint64_t phys, unsigned bits, bool device, unsigned level);

#endif
