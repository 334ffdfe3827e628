/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fills the KVM clock's pages; see clock.h. The TSC does not stop or change its rate, so a page is
 * written once, when the guest names it.
 */
#include "host/clock.h"

#define ENABLED       1ull
#define FLAG_STABLE   1u
#define VERSION_FIRST 2u /* even: not being changed */
#define NS_PER_SECOND 1000000000ull

struct time_info {
    uint32_t version, pad;
    uint64_t tsc_timestamp, system_time;
    uint32_t multiplier;
    int8_t shift;
    uint8_t flags, pad2[2];
};
_Static_assert(sizeof(struct time_info) == 32, "pvclock_vcpu_time_info");

struct wall_clock {
    uint32_t version, seconds, nanoseconds;
};

static struct time_info time_info;
static struct wall_clock wall_clock;

/* nanoseconds = ((ticks << shift) * multiplier) >> 32, with the multiplier as large as it can be */
void clock_init(uint64_t tsc_hz, uint64_t now, uint64_t wall_seconds)
{
    uint64_t rate = tsc_hz;
    int8_t shift = 0;
    while (rate > 2 * NS_PER_SECOND) {
        rate >>= 1;
        shift--;
    }
    while (rate <= NS_PER_SECOND) {
        rate <<= 1;
        shift++;
    }
    time_info = (struct time_info){
        .version = VERSION_FIRST,
        .tsc_timestamp = now,
        .multiplier = (uint32_t)((NS_PER_SECOND << 32) / rate),
        .shift = shift,
        .flags = FLAG_STABLE,
    };
    wall_clock = (struct wall_clock){.version = VERSION_FIRST, .seconds = (uint32_t)wall_seconds};
}

bool clock_write_time(struct vcpu *vcpu, uint64_t value)
{
    vcpu->kvm_time_msr = value;
    return (value & ENABLED) == 0 || hw_write(value & ~ENABLED, &time_info, sizeof time_info);
}

bool clock_write_wall(struct vcpu *vcpu, uint64_t value)
{
    vcpu->kvm_wall_msr = value;
    return hw_write(value, &wall_clock, sizeof wall_clock);
}
