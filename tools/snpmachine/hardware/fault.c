/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nested page faults of QEMU's: most only mean that a view was not filled yet. The rest become what
 * the RMP says: #VC in the guest, or a fault that the host sees.
 */
#include "hardware/vcpu.h"

/* Which access it was, with the C-bit that counts: walks, fetches and flat guests are private. */
static struct view_access access_of(const struct vcpu *vcpu)
{
    const struct svm_vmcb *vmcb = vcpu->vmcb;
    uint64_t c_bit = 1ull << hw_c_bit();
    struct view_access access = {
        .gpa = vmcb->exit_info2 & ~c_bit,
        .vmpl = vmcb->save.vmpl,
        .private = (vmcb->exit_info2 & c_bit) != 0,
        .write = (vmcb->exit_info1 & HW_NPF_WRITE) != 0,
        .fetch = (vmcb->exit_info1 & HW_NPF_FETCH) != 0,
        .walk = (vmcb->exit_info1 & HW_NPF_WALK) != 0,
        .user = vmcb->save.cpl == 3,
    };
    if (access.private)
        return access;
    if (walk_is_flat(&vmcb->save))
        access.private = true;
    else if (access.walk || access.fetch)
        access.private = access.shared_alias = true;
    return access;
}

/* The event whose delivery the fault interrupted happens again, unless executing the instruction
 * again brings it by itself. */
static void deliver_again(struct vcpu *vcpu)
{
    uint64_t event = vcpu->vmcb->exit_int_info;
    if (event & HW_EVENT_VALID && EVENT_TYPE(event) != EVENT_TYPE_SOFT)
        vcpu->vmcb->event_inj = event;
}

enum exit_verdict exit_npf(struct vcpu *vcpu)
{
    struct view_access access = access_of(vcpu);
    spin_lock(&hardware_lock);
    struct view_result result = view_fill(&access);
    spin_unlock(&hardware_lock);
    switch (result.kind) {
    case VIEW_OK:
        deliver_again(vcpu);
        return EXIT_RESUME;
    case VIEW_NPF:
        return event_to_host(vcpu, HW_EXIT_NPF, result.info1, access.gpa);
    case VIEW_MMIO:
        vcpu->vmcb->save.cr2 = linear_of_access(vcpu, access.gpa);
        return event_vc(vcpu, EXIT_NPF);
    default:
        vcpu->vmcb->save.cr2 = linear_of_access(vcpu, access.gpa);
        return event_vc(vcpu, EXIT_UNVALIDATED);
    }
}
