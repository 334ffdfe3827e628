/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The KVM clock: a shared page per vCPU from which a guest turns its TSC into nanoseconds, and one
 * with the wall-clock time of the machine's start. All vCPUs get the same base, so they agree.
 */
#ifndef SNPMACHINE_HOST_CLOCK_H
#define SNPMACHINE_HOST_CLOCK_H

#include "host/vcpu.h"

#define KVM_MSR_WALL_CLOCK 0x4B564D00u
#define KVM_MSR_TIME       0x4B564D01u

void clock_init(uint64_t tsc_hz, uint64_t now, uint64_t wall_seconds);

/* A guest's write to the two MSRs; false if the address is not shared RAM. */
bool clock_write_time(struct vcpu *vcpu, uint64_t value);
bool clock_write_wall(struct vcpu *vcpu, uint64_t value);

#endif
