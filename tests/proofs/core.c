/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The dispatch of core calls: whatever the number and the registers, the one function of that
 * number is called, once, with those registers, and its result is the call's; a number without one
 * is UNSUPPORTED_CALL and changes nothing. QUERY_PROTOCOL, which has no file of its own, answers
 * from what the vCPU has. That the functions' results are defined ones is the other proofs'.
 *
 * options: --unwind 2
 */
#include <core.c>

#include "proof.h"

static struct vcpu *const caller = (struct vcpu *)0x1000;
static struct guest_registers registers, before;
static unsigned called; /* by number: a bit each */
static uint64_t result_of_it;
static uint32_t asked;
static bool serves;

static uint64_t function(unsigned number, struct vcpu *vcpu, struct guest_registers *r)
{
    ASSERT(called == 0, "one of them");
    ASSERT(vcpu == caller && r == &registers, "of this caller");
    ASSERT(r->rcx == before.rcx && r->rdx == before.rdx && r->r8 == before.r8 && r->r9 == before.r9,
           "with what it has asked");
    called = 1u << number;
    return result_of_it;
}

uint64_t vcpu_remap(struct vcpu *vcpu, struct guest_registers *r)
{
    return function(0, vcpu, r);
}

uint64_t pvalidate_call(struct vcpu *vcpu, struct guest_registers *r)
{
    return function(1, vcpu, r);
}

uint64_t vcpu_create(struct vcpu *vcpu, struct guest_registers *r)
{
    return function(2, vcpu, r);
}

uint64_t vcpu_delete(struct vcpu *vcpu, struct guest_registers *r)
{
    return function(3, vcpu, r);
}

uint64_t vcpu_vtom(struct vcpu *vcpu, struct guest_registers *r)
{
    return function(7, vcpu, r);
}

bool vcpu_serves(const struct vcpu *vcpu, uint32_t protocol)
{
    ASSERT(vcpu == caller, "of this caller");
    asked = protocol;
    return serves;
}

static void check_query(void)
{
    uint32_t protocol = (uint32_t)(before.rcx >> 32), version = (uint32_t)before.rcx;
    bool there = protocol == 0 || (asked == protocol && serves);

    ASSERT(registers.rcx == (there && version == 1 ? UINT64_C(0x100000001) : 0),
           "version 1 to 1, or nothing");
    REACHED(protocol == 2 && registers.rcx != 0);
    REACHED(protocol == 0 && version == 2);
}

void harness(void)
{
    uint32_t number = nondet_u32();
    uint64_t result;

    ANYTHING(&registers);
    before = registers;
    result_of_it = nondet_u64();
    serves = nondet_bool();
    result = core_call(caller, number, &registers);
    ASSERT(registers.rdx == before.rdx && registers.r8 == before.r8 && registers.r9 == before.r9,
           "registers stay");
    if (number == 6) {
        ASSERT(called == 0 && result == SVSM_SUCCESS, "always known");
        check_query();
        return;
    }
    ASSERT(registers.rcx == before.rcx, "registers stay");
    if (number < 4 || number == 7)
        ASSERT(called == 1u << number && result == result_of_it, "the one of that number");
    else
        ASSERT(called == 0 && result == SVSM_UNSUPPORTED_CALL, "none");
    REACHED(number == 7 && result == 0x1234);
    REACHED(number == 5);
    REACHED(number == UINT32_MAX);
}
