/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile behaviours that concern vCPUs: what runs when, and what the host's answers say.
 */
#include "host/hostile_acts.h"

/* Changes the result of the page-protocol call whose exit code is "target". */
bool act_forge(const struct hostile_occasion *at)
{
    struct ghcb_call *call = at->call;
    if (call->value[GHCB_EXITCODE] != hostile_target) {
        return false;
    }
    for (unsigned field = 0; field < GHCB_FIELDS; field++) {
        if ((call->written & GHCB_BIT(field)) != 0) {
            call->value[field] = hostile_value;
        }
    }
    call->info2 = call->written == 0 ? hostile_value : call->info2;
    return true;
}

/* Same for an answer of the MSR protocol with the response code "target". */
bool act_forge_msr(const struct hostile_occasion *at)
{
    if ((*at->number & 0xFFFu) != hostile_target) {
        return false;
    }
    *at->number = hostile_value;
    return true;
}

/* Writes "value" over the first bytes of the shared buffer of a call with exit code "target", after
 * the guest has filled it and before the host reads it. */
bool act_tamper(const struct hostile_occasion *at)
{
    if (at->call->value[GHCB_EXITCODE] != hostile_target) {
        return false;
    }
    return hw_write(at->call->page + GHCB_BUFFER_OFFSET, &hostile_value, sizeof hostile_value);
}

/* "value" is an EVENTINJ: any vector, any type. Aims at VMPL "target". */
bool act_inject(const struct hostile_occasion *at)
{
    if (at->vcpu->vmpl != hostile_target) {
        return false;
    }
    vcpu_level(at->vcpu)->vmcb.event_inj = hostile_value | HW_EVENT_VALID;
    return true;
}

/* Goes on with VMPL "target", which nobody asked for: VMPL0 without a request, or the guest while
 * VMPL0 still works for it. */
bool act_run(const struct hostile_occasion *at)
{
    return at->vcpu->vmpl != hostile_target &&
           vcpu_switch_level(at->vcpu, (unsigned)hostile_target);
}

/* Runs the page at "target" as a VMSA at VMPL "value": one that was given up, or never made. */
bool act_start(const struct hostile_occasion *at)
{
    uint64_t spa = 0;
    if (hostile_value >= VMPLS || !hw_translate(hostile_target, &spa, NULL)) {
        return false;
    }
    vcpu_start_level(at->vcpu, (unsigned)hostile_value, spa);
    return true;
}

/* An AP creation uses the page at "target" in place of the one it names. */
bool act_vmsa(const struct hostile_occasion *at)
{
    return hw_translate(hostile_target, at->number, NULL);
}
