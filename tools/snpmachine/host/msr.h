/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MSRs a guest reaches through #VC: what KVM emulates and Linux touches. MSRs the hardware
 * handles itself (EFER, PAT, the GHCB MSR, SEV_STATUS, segment bases) never come here.
 */
#ifndef SNPMACHINE_HOST_MSR_H
#define SNPMACHINE_HOST_MSR_H

#include "host/vcpu.h"

/* false: no such MSR, or not this value; the guest gets #GP. */
bool guest_msr_read(struct vcpu *vcpu, uint32_t msr, uint64_t *value);
bool guest_msr_write(struct vcpu *vcpu, uint32_t msr, uint64_t value);

#endif
