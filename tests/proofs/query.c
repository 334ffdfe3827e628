/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core calls that only ask, from the dispatch to the answer: whatever the number and the
 * registers, CONFIGURE_VTOM says that there is no vTOM and refuses to have one, QUERY_PROTOCOL
 * knows version 1 of the core and of what has a server, and every number without a call, memory
 * deposits among them, is UNSUPPORTED_CALL. None of them changes anything but RCX, and that only
 * when it has succeeded: no page, no vCPU and nothing of the machine is in reach. The four calls
 * that do more are proofs of their own; `core` is that each number gets to its function.
 *
 * options: --unwind 2
 */
#include <machine.h>
#undef MACHINE_FPU_BYTES
#define MACHINE_FPU_BYTES 8u /* which no part of this touches */

#define cap_read cap_read_in_window
#include <cap.h>
#undef cap_read
bool cap_read(const struct slot *slot, struct cap *out);

#include <core.c>
#include <vcpu_calls.c>
#include <vcpu_service.c>

#include "proof.h"

struct window kernel_window;
const struct platform *platform; /* none: whoever asks it for something is refuted */
struct vcpu *vcpus;
uint32_t vcpu_count;

static struct vcpu caller, caller_before;
static struct guest_registers registers, before;
static bool is_there; /* an endpoint in the slot that was read */

static void out_of_reach(void)
{
    ASSERT(false, "who asks changes nothing");
    ASSUME(false);
}

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)reason;
    (void)what;
    out_of_reach();
    for (;;)
        ;
}

uint64_t pagestate_hold(uint64_t gpa, enum page_state expected)
{
    (void)gpa;
    (void)expected;
    out_of_reach();
    return SVSM_BUSY;
}

void pagestate_release(uint64_t gpa)
{
    (void)gpa;
    out_of_reach();
}

void pagestate_set(uint64_t gpa, enum page_state to)
{
    (void)gpa;
    (void)to;
    out_of_reach();
}

bool vcpu_swap(struct vcpu *vcpu, enum vcpu_state from, enum vcpu_state to)
{
    (void)vcpu;
    (void)from;
    (void)to;
    out_of_reach();
    return false;
}

void vcpu_place(struct vcpu *vcpu, uint64_t vmsa, uint64_t area)
{
    (void)vcpu;
    (void)vmsa;
    (void)area;
    out_of_reach();
}

uint64_t pvalidate_call(struct vcpu *vcpu, struct guest_registers *r)
{
    (void)vcpu;
    (void)r;
    out_of_reach();
    return SVSM_BUSY;
}

/* Somebody may be changing the slot. */
bool cap_read(const struct slot *slot, struct cap *out)
{
    uint64_t protocol = before.rcx >> 32;

    ASSERT(protocol < SVSM_PROTOCOLS && slot == &caller.services[protocol].endpoint,
           "the slot of the protocol that was asked for");
    out->type = nondet_u8();
    is_there = out->type == CAP_Endpoint && nondet_bool();
    return out->type == CAP_Endpoint ? is_there : nondet_bool();
}

static void check_query(uint64_t result)
{
    bool known = before.rcx >> 32 == 0 || is_there;

    ASSERT(result == SVSM_SUCCESS, "always answered");
    ASSERT(registers.rcx ==
               (known && (uint32_t)before.rcx == 1 ? UINT64_C(0x100000001) : UINT64_C(0)),
           "version 1 to 1, or nothing");
    REACHED(before.rcx == UINT64_C(0x700000001) && registers.rcx != 0);
    REACHED(before.rcx == UINT64_C(0x800000001));
}

static void check_vtom(uint64_t result)
{
    bool asks = before.rcx % 2 != 0;

    ASSERT(result == (asks ? SVSM_SUCCESS : SVSM_INVALID_REQUEST), "asked, or refused");
    ASSERT(registers.rcx == (asks ? 0 : before.rcx), "there is none");
    REACHED(asks && before.rcx > 1);
    REACHED(!asks && before.rcx != 0);
}

void harness(void)
{
    uint32_t number = nondet_u32(), byte = nondet_u32();
    uint64_t result;

    ASSUME(number > 3 && byte < sizeof(caller));
    ANYTHING(&caller);
    ANYTHING(&registers);
    caller_before = caller;
    before = registers;
    result = core_call(&caller, number, &registers);
    ASSERT(registers.rdx == before.rdx && registers.r8 == before.r8 && registers.r9 == before.r9,
           "other registers stay");
    ASSERT(((const uint8_t *)&caller)[byte] == ((const uint8_t *)&caller_before)[byte],
           "so does the vCPU");
    if (number == 6) {
        check_query(result);
    } else if (number == 7) {
        check_vtom(result);
    } else {
        ASSERT(result == SVSM_UNSUPPORTED_CALL && registers.rcx == before.rcx, "no such call");
        REACHED(number == 4);
        REACHED(number == UINT32_MAX);
    }
}
