/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What servers want to know of the machine and cannot ask themselves: how fast the time-stamp
 * counter counts, and instructions that not every processor has.
 *
 * The counter's rate comes from CPUID where that has it (on SNP a table the firmware has checked),
 * else from the PC's old timer, which any host gives. Without a secure counter both are the host's
 * to falsify, like the counter itself. What the timer's steps leave open is rounded up, so that a
 * clock made from the rate may be slow and is never fast.
 */
#include "platform.h"

#include <sel4/bootinfo.h>

#include "machine.h"

#define LEAF_RATIO      0x15u       /* EBX / EAX of the crystal, ECX Hz */
#define LEAF_HYPERVISOR 0x40000000u /* EAX: the last leaf */
#define LEAF_TIMING     0x40000010u /* EAX: kHz */

#define PIT_HZ      UINT64_C(1193182)
#define PIT_CHANNEL 0x42u
#define PIT_COMMAND 0x43u
#define PIT_GATE    0x61u
#define PIT_LATCH   0x80u
#define PIT_ONCE    0xb0u /* channel 2, both bytes, counts down once */
#define GATE_OPEN   1u
#define GATE_SOUND  2u

#define MEASURED_STEPS 30000u /* of the timer: 25 ms */
#define SPIN_TICKS     (UINT64_C(1) << 21)
/* No processor with SNP counts slower or faster; a host that says so is not believed. */
#define SLOWEST_HZ UINT64_C(500000000)
#define FASTEST_HZ UINT64_C(10000000000)

#define SPINS_MOST 256u

static uint64_t rate_by_ratio(void)
{
    struct cpuid_result r;

    if (!platform->cpuid(LEAF_RATIO, 0, &r) || r.eax == 0 || r.ebx == 0 || r.ecx == 0) {
        return 0;
    }
    return (uint64_t)r.ecx * r.ebx / r.eax;
}

static uint64_t rate_by_hypervisor(void)
{
    struct cpuid_result r;

    if (!platform->cpuid(1, 0, &r) || r.ecx >> 31 == 0 ||
        !platform->cpuid(LEAF_HYPERVISOR, 0, &r) || r.eax < LEAF_TIMING ||
        !platform->cpuid(LEAF_TIMING, 0, &r)) {
        return 0;
    }
    return (uint64_t)r.eax * 1000;
}

static uint16_t timer_read(void)
{
    uint32_t low;

    platform->port_write(PIT_COMMAND, PIT_LATCH, 1);
    low = platform->port_read(PIT_CHANNEL, 1) & 0xffu;
    return (uint16_t)(low | platform->port_read(PIT_CHANNEL, 1) << 8);
}

static void timer_start(void)
{
    uint32_t gate = platform->port_read(PIT_GATE, 1) & ~GATE_SOUND;

    platform->port_write(PIT_GATE, gate & ~GATE_OPEN, 1);
    platform->port_write(PIT_COMMAND, PIT_ONCE, 1);
    platform->port_write(PIT_CHANNEL, 0xff, 1);
    platform->port_write(PIT_CHANNEL, 0xff, 1);
    platform->port_write(PIT_GATE, gate | GATE_OPEN, 1);
}

static void spin(uint64_t ticks)
{
    uint64_t start = machine_cycles();

    while (machine_cycles() - start < ticks) {
        machine_pause();
    }
}

/* 0 where the timer does not count. */
static uint64_t rate_by_timer(void)
{
    uint64_t start, ticks = 0;
    uint16_t first, steps = 0;

    timer_start();
    first = timer_read();
    start = machine_cycles();
    for (uint32_t i = 0; i < SPINS_MOST && steps < MEASURED_STEPS; i++) {
        spin(SPIN_TICKS);
        steps = (uint16_t)(first - timer_read());
        ticks = machine_cycles() - start;
    }
    if (steps < MEASURED_STEPS || ticks > UINT64_MAX / PIT_HZ) {
        return 0;
    }
    return ticks * PIT_HZ / (steps - 1u);
}

uint64_t platform_counter_hz(void)
{
    uint64_t hz = rate_by_ratio();

    if (hz == 0) {
        hz = rate_by_hypervisor();
    }
    if (hz == 0) {
        hz = rate_by_timer();
    }
    return hz >= SLOWEST_HZ && hz <= FASTEST_HZ ? hz : 0;
}

uint64_t platform_features(void)
{
    uint64_t features = platform->interrupts ? SVSM_FEATURE_TIMER : 0;
    struct cpuid_result r;

    if (platform->cpuid(1, 0, &r) && (r.ecx >> 25 & 1) != 0) {
        features |= SVSM_FEATURE_AES;
    }
    if (platform->cpuid(7, 0, &r) && (r.ebx >> 29 & 1) != 0) {
        features |= SVSM_FEATURE_SHA;
    }
    return features;
}
