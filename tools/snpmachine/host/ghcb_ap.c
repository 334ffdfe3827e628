/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GHCB calls about vCPUs: creating, holding and listing them, IPIs, and switching VMPLs.
 *
 * AP creation follows the KVM design for several VMPLs: "now" makes the target vCPU's next entry
 * use the new VMSA at its VMPL, whatever that vCPU did; "on INIT" keeps it until INIT or until the
 * first Run VMPL to it. That the page is a VMSA is for the hardware to see when it is run.
 */
#include "host/doorbell.h"
#include "host/ghcb.h"
#include "host/hostile.h"

enum { CREATE_ON_INIT = 0, CREATE_NOW = 1, DESTROY = 2 };

#define CREATE_REQUEST(info) ((unsigned)(info)&0xFFFFu)
#define CREATE_VMPL(info)    ((unsigned)((info) >> 16) & 0xFu)
#define CREATE_APIC_ID(info) ((uint32_t)((info) >> 32))

static bool features_agree(struct level *level, uint64_t features)
{
    if ((features & LEVEL_RESTRICTED) != 0 && !doorbell_offered()) {
        return false;
    }
    if (!level->features_known) {
        level->features_known = true;
        level->features = features;
    }
    return level->features == features;
}

/* KVM refuses a VMSA on a 2 MiB boundary (an erratum lets such a page take its neighbours along).
 */
static bool vmsa_address(uint64_t gpa, uint64_t *spa)
{
    return gpa % PAGE_SIZE == 0 && gpa % LARGE_SIZE != 0 && hw_translate(gpa, spa, NULL);
}

static bool create(struct ghcb_call *call, struct vcpu *target, unsigned vmpl)
{
    uint64_t spa = 0;
    struct level *level = &target->level[vmpl];
    if ((call->valid & GHCB_BIT(GHCB_RAX)) == 0) {
        ghcb_fail(call, GHCB_MISSING_INPUT);
        return false;
    }
    if (!vmsa_address(call->value[GHCB_INFO2], &spa) ||
        !features_agree(level, call->value[GHCB_RAX])) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
        return false;
    }
    spa = hostile_created(spa);
    if (CREATE_REQUEST(call->value[GHCB_INFO1]) == CREATE_ON_INIT) {
        level->waiting_vmsa = spa;
    } else {
        vcpu_post_start(target, vmpl, (struct start_request){START_NOW, spa});
    }
    return true;
}

void ghcb_ap_create(struct ghcb_call *call)
{
    uint64_t info = call->value[GHCB_INFO1];
    unsigned vmpl = CREATE_VMPL(info);
    struct vcpu *target = vcpu_by_apic_id(CREATE_APIC_ID(info));
    if (target == NULL || vmpl >= VMPLS || CREATE_REQUEST(info) > DESTROY) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
        return;
    }
    if (CREATE_REQUEST(info) == DESTROY) {
        vcpu_post_start(target, vmpl, (struct start_request){START_STOP, 0});
    } else if (!create(call, target, vmpl)) {
        return;
    }
    machine_log("AP creation: vCPU %u VMPL %u request %u VMSA %llx", target->index, vmpl,
                CREATE_REQUEST(info), (unsigned long long)call->value[GHCB_INFO2]);
}

/* The answer (INFO2 nonzero) is written when the start-up interrupt comes. */
void ghcb_ap_hold(struct ghcb_call *call)
{
    call->vcpu->state = VCPU_HELD_PAGE;
}

/* SNP guests have no use for the jump table of SEV-ES; KVM still keeps it for them. */
void ghcb_ap_table(struct ghcb_call *call)
{
    static uint64_t table;
    if (call->value[GHCB_INFO1] == 0) {
        table = call->value[GHCB_INFO2];
    } else if (call->value[GHCB_INFO1] == 1) {
        call->info2 = table;
    } else {
        ghcb_fail(call, GHCB_INVALID_INPUT);
    }
}

/* A count and the IDs, all 32 bits, in the guest's shared buffer of RAX pages. */
void ghcb_apic_ids(struct ghcb_call *call)
{
    uint32_t list[1 + CPUS_MAX] = {host.vcpu_count};
    uint64_t gpa = call->value[GHCB_INFO1];
    if (call->value[GHCB_RAX] == 0) {
        ghcb_set(call, GHCB_RAX, 1);
        return;
    }
    for (unsigned i = 0; i < host.vcpu_count; i++) {
        list[1 + i] = host.vcpu[i].apic_id;
    }
    if (gpa % PAGE_SIZE != 0 || !hw_write(gpa, list, sizeof list)) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
        return;
    }
    ghcb_set(call, GHCB_RAX, 1);
}

/* The answer still goes to the caller's own page, where it is seen when the caller runs again. */
void ghcb_run_vmpl(struct ghcb_call *call)
{
    struct vcpu *vcpu = call->vcpu;
    uint64_t target = call->value[GHCB_INFO1];
    if (target >= VMPLS || !vcpu_switch_level(vcpu, (unsigned)target)) {
        call->info1 = GHCB_MALFORMED;
        call->info2 = 0;
    }
}

/* The ICR's value, as an x2APIC write would have it. */
void ghcb_ipi(struct ghcb_call *call)
{
    struct apic *apic = call->vcpu->apic;
    uint64_t icr = call->value[GHCB_INFO1];
    struct apic_message message = {
        .destination = (uint32_t)(icr >> 32),
        .vector = (uint8_t)icr,
        .delivery = (uint8_t)((icr >> 8) & 7u),
        .logical = (icr & 0x800u) != 0,
    };
    apic_send(apic, &message, (unsigned)(icr >> 18) & 3u);
}
