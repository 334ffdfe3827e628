/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the proofs of the page-state table share: the kernel's source, a table with any content and
 * any claims, an address the operation is about, and a page and a range it is not about.
 *
 * An assertion of the kernel's ends the virtual machine: such paths end here too.
 */
#ifndef PAGESTATE_PROOF_H
#define PAGESTATE_PROOF_H

#define machine_cpu machine_cpu_of_x86
#include <machine.h>
#undef machine_cpu
struct cpu *machine_cpu(void);

#include <pagestate.c>

#include "proof.h"

#define RANGES     2u
#define DEPTH_MOST 4u

static struct cpu this_cpu;
static uint64_t states[RANGES * RANGE_WORDS];
static uint32_t claims[RANGES];

struct cpu *machine_cpu(void)
{
    return &this_cpu;
}

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)reason;
    (void)what;
    ASSUME(false);
    for (;;)
        ;
}

static uint64_t gpa, page, range;          /* what the operation is about */
static uint64_t other_page, other_range;   /* any that it is not about */
static unsigned before, other_before;      /* states */
static uint32_t claim_before, other_claim; /* words */

static unsigned nibble(uint64_t of)
{
    return states[of / 16] >> of % 16 * 4 & 15;
}

static uint32_t own(void)
{
    return this_cpu.id + 1;
}

static void any_table(void)
{
    ANYTHING(states);
    for (unsigned i = 0; i < RANGES; i++) {
        claims[i] = nondet_u32();
        ASSUME(claims[i] / CLAIM_DEPTH < DEPTH_MOST);
    }
    this_cpu.id = nondet_u32();
    ASSUME(this_cpu.id < 1024);
    table = (struct pagestate_room){states, claims, RANGES};
    gpa = nondet_u64();
    range = gpa >> RANGE_SHIFT;
    page = gpa >> PAGE_BITS;
    other_page = nondet_u64();
    other_range = nondet_u64();
    ASSUME(other_page < RANGES * RANGE_PAGES && other_range < RANGES && other_range != range);
    other_before = nibble(other_page);
    other_claim = claims[other_range];
    if (range < RANGES) {
        before = nibble(page);
        claim_before = claims[range];
    }
}

static bool edge(unsigned from, unsigned to)
{
    return (from == STATE_INVALID && to == STATE_VALID) ||
           (from == STATE_VALID &&
            (to == STATE_INVALID || to == STATE_VMSA || to == STATE_CALLING)) ||
           ((from == STATE_VMSA || from == STATE_CALLING) && to == STATE_VALID);
}

static void check_claims_untouched(void)
{
    ASSERT(claims[other_range] == other_claim, "other claims stay");
    ASSERT(claims[range] == claim_before, "the claim stays");
}

#endif
