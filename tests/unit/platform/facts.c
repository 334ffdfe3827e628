/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counter's rate over a made-up host: each source by itself, their order, a timer that is not
 * there, stands or runs wild; and that a measured rate is never below the true one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sel4/bootinfo.h>

#include "machine.h"
#include "platform.h"

#define PIT_HZ     UINT64_C(1193182)
#define LOOK_TICKS 97u   /* what looking at the counter takes */
#define PORT_TICKS 5000u /* an access to a port */

enum timer { TIMER_GOOD, TIMER_ABSENT, TIMER_STANDS, TIMER_WILD };

struct leaf {
    uint32_t leaf;
    struct cpuid_result result;
};

static struct {
    uint64_t ticks, hz, started;
    enum timer timer;
    bool open, counting, second_byte;
    uint16_t latched;
    struct leaf leaves[6];
} host;

uint64_t machine_cycles(void)
{
    return host.ticks += LOOK_TICKS;
}

static bool cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_result *result)
{
    for (unsigned i = 0; i < sizeof host.leaves / sizeof *host.leaves; i++)
        if (host.leaves[i].leaf == leaf && leaf != 0 && subleaf == 0) {
            *result = host.leaves[i].result;
            return true;
        }
    return false;
}

static uint16_t count(void)
{
    __extension__ unsigned __int128 passed = host.ticks - host.started;

    if (host.timer == TIMER_STANDS || !host.counting || !host.open)
        return UINT16_MAX;
    if (host.timer == TIMER_WILD)
        return (uint16_t)(host.ticks * 2654435761u >> 7);
    return (uint16_t)(UINT16_MAX - passed * PIT_HZ / host.hz);
}

static uint32_t port_read(uint16_t port, unsigned width)
{
    assert_int_equal(width, 1);
    host.ticks += PORT_TICKS;
    if (host.timer == TIMER_ABSENT)
        return 0xff;
    if (port == 0x61)
        return host.open;
    assert_int_equal(port, 0x42);
    host.second_byte = !host.second_byte;
    return host.second_byte ? host.latched & 0xff : host.latched >> 8;
}

static void port_write(uint16_t port, uint32_t value, unsigned width)
{
    assert_int_equal(width, 1);
    host.ticks += PORT_TICKS;
    if (port == 0x61) {
        host.open = (value & 1) != 0;
        host.started = host.ticks;
    } else if (port == 0x43 && value == 0x80) {
        host.latched = count();
        host.second_byte = false;
    } else {
        host.counting = true;
    }
}

static const struct platform made_up = {
    .cpuid = cpuid, .port_read = port_read, .port_write = port_write};
const struct platform *platform = &made_up;

static void begin(uint64_t hz, enum timer timer)
{
    host = (__typeof__(host)){.ticks = 12345, .hz = hz, .timer = timer};
}

static void give(unsigned at, uint32_t leaf, struct cpuid_result result)
{
    host.leaves[at] = (struct leaf){leaf, result};
}

static void test_timer(void **state)
{
    static const uint64_t rates[] = {800000000, 1000000000, 2445000123, 2994375000, 5700000000};

    (void)state;
    for (unsigned i = 0; i < sizeof rates / sizeof *rates; i++) {
        uint64_t hz;

        begin(rates[i], TIMER_GOOD);
        hz = platform_counter_hz();
        assert_true(hz >= rates[i]);
        assert_true(hz <= rates[i] + rates[i] / 4000);
    }
}

static void test_no_timer(void **state)
{
    (void)state;
    begin(1000000000, TIMER_ABSENT);
    assert_int_equal(platform_counter_hz(), 0);
    begin(1000000000, TIMER_STANDS);
    assert_int_equal(platform_counter_hz(), 0);
    begin(1000000000, TIMER_WILD); /* whatever comes out, it ends */
    platform_counter_hz();
}

static void test_cpuid(void **state)
{
    (void)state;
    begin(1000000000, TIMER_GOOD);
    give(0, 0x15, (struct cpuid_result){.eax = 2, .ebx = 250, .ecx = 24000000});
    assert_int_equal(platform_counter_hz(), 3000000000);
    give(0, 0x15, (struct cpuid_result){.eax = 1, .ebx = 1, .ecx = 24000000});
    assert_int_equal(platform_counter_hz(), 0);
    give(0, 0x15, (struct cpuid_result){.eax = 1, .ebx = 1000, .ecx = 24000000});
    assert_int_equal(platform_counter_hz(), 0);
    give(0, 0x15, (struct cpuid_result){.eax = 0, .ebx = 250, .ecx = 24000000});
    give(1, 1, (struct cpuid_result){.ecx = 1u << 31});
    give(2, 0x40000000, (struct cpuid_result){.eax = 0x40000010});
    give(3, 0x40000010, (struct cpuid_result){.eax = 2994375});
    assert_int_equal(platform_counter_hz(), 2994375000);
    give(2, 0x40000000, (struct cpuid_result){.eax = 0x4000000f});
    assert_in_range(platform_counter_hz(), 1000000000, 1000250000);
    give(2, 0x40000000, (struct cpuid_result){.eax = 0x40000010});
    give(1, 1, (struct cpuid_result){.ecx = 0}); /* no hypervisor: its leaves mean nothing */
    assert_in_range(platform_counter_hz(), 1000000000, 1000250000);
}

static void test_features(void **state)
{
    (void)state;
    begin(1000000000, TIMER_ABSENT);
    assert_int_equal(platform_features(), 0);
    give(0, 1, (struct cpuid_result){.ecx = 1u << 25});
    assert_int_equal(platform_features(), SVSM_FEATURE_AES);
    give(1, 7, (struct cpuid_result){.ebx = 1u << 29});
    assert_int_equal(platform_features(), SVSM_FEATURE_AES | SVSM_FEATURE_SHA);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timer),
        cmocka_unit_test(test_no_timer),
        cmocka_unit_test(test_cpuid),
        cmocka_unit_test(test_features),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
