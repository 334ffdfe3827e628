/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where Retype puts objects, for memory and objects of every size and every count: all of them
 * above the watermark, aligned, and inside; no step of the arithmetic overflows.
 *
 * options: --unwind 2 --unsigned-overflow-check
 */
#include <untyped.c>

#include "proof.h"

void harness(void)
{
    struct retype r = {.bits = nondet_u32(), .count = nondet_u64()};
    struct cap cap;
    uint64_t watermark = nondet_u64(), k = nondet_u64(), size;

    ANYTHING(&cap);
    ASSUME(untyped_bits(cap) >= seL4_MinUntypedBits && untyped_bits(cap) <= seL4_MaxUntypedBits);
    size = UINT64_C(1) << untyped_bits(cap);
    ASSUME(watermark <= size && r.bits >= 5 && r.bits <= seL4_MaxUntypedBits);
    ASSUME(r.count >= 1 && r.count <= svsm_RetypeMaxCount && k < r.count);
    if (!fits(cap, watermark, &r))
        return;
    ASSERT(r.offset >= watermark, "above the watermark");
    ASSERT(r.offset + ((k + 1) << r.bits) <= size, "each of them inside");
    ASSERT((r.offset & ((UINT64_C(1) << r.bits) - 1)) == 0, "aligned");
    REACHED(k == svsm_RetypeMaxCount - 1);
    REACHED(watermark > 0 && r.offset > watermark);
}
