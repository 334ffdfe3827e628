/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What harnesses share: arbitrary values, assumptions, and goals that must be reachable.
 *
 * A harness makes an arbitrary state, assumes the invariants of it, calls the kernel's function and
 * asserts the invariants, and what must be untouched, of what is left. REACHED marks a place that
 * some execution must get to, or the proof says nothing.
 */
#ifndef PROOF_H
#define PROOF_H

#include <stdbool.h>
#include <stdint.h>

/* Without a body: CBMC takes any value. */
uint64_t nondet_u64(void);
uint32_t nondet_u32(void);
uint16_t nondet_u16(void);
uint8_t nondet_u8(void);
int nondet_int(void);
bool nondet_bool(void);

/* Gives an object any content. */
#define ANYTHING(object)      __CPROVER_havoc_object(object)
#define ASSUME(condition)     __CPROVER_assume(condition)
#define ASSERT(condition, is) __CPROVER_assert((condition), is)

/* Of a proof in parts, the one that is run now; all of them, when none is named. */
#ifndef PART
#define PART nondet_int()
#endif

#ifdef COVER
#define REACHED(condition) __CPROVER_cover(condition)
#else
#define REACHED(condition) ((void)0)
#endif

#endif
