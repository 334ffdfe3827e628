/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SVSM's core protocol: the calls a guest makes to the kernel itself.
 *
 * core_call() runs on the processor of the calling vCPU, which does not run meanwhile, and under no
 * lock. Every call has a defined result whatever its registers; nothing a call can do ends the
 * virtual machine, only a host that lies. The order of checks is the specification's: the call,
 * alignment and reserved bits, whether addresses are the guest's, then the work.
 */
#ifndef MICROKERNEL_CORE_H
#define MICROKERNEL_CORE_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

/* In, and out: what a call does not define stays as it was. */
struct guest_registers {
    uint64_t rcx, rdx, r8, r9;
};

enum core_number {
    CORE_REMAP_CA = 0,
    CORE_PVALIDATE = 1,
    CORE_CREATE_VCPU = 2,
    CORE_DELETE_VCPU = 3,
    CORE_DEPOSIT_MEM = 4,
    CORE_WITHDRAW_MEM = 5,
    CORE_QUERY_PROTOCOL = 6,
    CORE_CONFIGURE_VTOM = 7,
    CORE_CALLS
};

/* The result for RAX: svsm/result.h. */
uint64_t core_call(struct vcpu *caller, uint32_t number, struct guest_registers *registers);

/* The calls, by file: pvalidate.c, vcpu_calls.c. */
uint64_t pvalidate_call(struct vcpu *caller, struct guest_registers *registers);
uint64_t vcpu_remap(struct vcpu *caller, struct guest_registers *registers);
uint64_t vcpu_create(struct vcpu *caller, struct guest_registers *registers);
uint64_t vcpu_delete(struct vcpu *caller, struct guest_registers *registers);
uint64_t vcpu_vtom(struct vcpu *caller, struct guest_registers *registers);

/* Of a vCPU: whether it has a service of that number, and where its calling area is. */
bool vcpu_serves(const struct vcpu *vcpu, uint32_t protocol);
uint64_t vcpu_calling_area(const struct vcpu *vcpu);

#endif
