/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC and IOAPIC models against the architecture: priorities, EOI, the timer in its
 * three modes, IPIs with every destination form, level and edge pins.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/apic.h"
#include "host/ioapic.h"

#define CPUS     4u
#define TSC_HZ   2000000000ull
#define ENABLE   0x100u
#define SPURIOUS (ENABLE | 0xFFu)

static struct apic apics[CPUS];
static struct apic_bus bus;
static struct ioapic io;
static unsigned kicks[CPUS];
static unsigned level_eois;

static void kick(unsigned index)
{
    kicks[index]++;
}

static void level_eoi(uint8_t vector)
{
    level_eois++;
    ioapic_eoi(&io, vector);
}

static int setup(void **state)
{
    (void)state;
    apic_bus_init(&bus, apics, CPUS, TSC_HZ);
    bus.kick = kick;
    bus.level_eoi = level_eoi;
    for (unsigned i = 0; i < CPUS; i++) {
        apics[i].bus = &bus;
        apic_reset(&apics[i], i, i == 0);
        assert_true(apic_mmio_write(&apics[i], APIC_SPURIOUS * 16, 0, SPURIOUS));
        kicks[i] = 0;
    }
    ioapic_reset(&io, &bus);
    level_eois = 0;
    return 0;
}

static uint32_t get(unsigned cpu, enum apic_register reg, uint64_t now)
{
    uint32_t value = 0;
    assert_true(apic_mmio_read(&apics[cpu], reg * 16, now, &value));
    return value;
}

static void set(unsigned cpu, enum apic_register reg, uint64_t now, uint32_t value)
{
    assert_true(apic_mmio_write(&apics[cpu], reg * 16, now, value));
}

static void test_reset(void **state)
{
    (void)state;
    apic_reset(&apics[1], 1, false);
    assert_int_equal(apics[1].base, 0xFEE00800);
    assert_int_equal(apics[0].base, 0xFEE00900);
    assert_int_equal(get(1, APIC_ID, 0), 1u << 24);
    assert_int_equal(get(1, APIC_SPURIOUS, 0), 0xFF);
    assert_int_equal(get(1, APIC_LVT_TIMER, 0), 0x10000);
    apic_accept(&apics[1], 0x40, false);
    assert_int_equal(apic_pending(&apics[1]), -1); /* software-disabled */
}

static void test_priority(void **state)
{
    struct apic *apic = &apics[0];
    (void)state;
    apic_accept(apic, 0x41, false);
    apic_accept(apic, 0x52, false);
    assert_int_equal(apic_pending(apic), 0x52);
    apic_acknowledge(apic, 0x52);
    assert_int_equal(get(0, APIC_PPR, 0), 0x50);
    assert_int_equal(apic_pending(apic), -1); /* 41 waits behind 52 */
    apic_accept(apic, 0x53, false);
    assert_int_equal(apic_pending(apic), -1); /* same class does not nest */
    apic_accept(apic, 0x60, false);
    assert_int_equal(apic_pending(apic), 0x60);
    apic_acknowledge(apic, 0x60);
    set(0, APIC_EOI, 0, 0);
    assert_int_equal(get(0, APIC_PPR, 0), 0x50);
    set(0, APIC_EOI, 0, 0);
    assert_int_equal(apic_pending(apic), 0x53);
    set(0, APIC_TPR, 0, 0x50);
    assert_int_equal(apic_pending(apic), -1);
    set(0, APIC_TPR, 0, 0x4F);
    assert_int_equal(apic_pending(apic), 0x53);
    assert_int_equal(get(0, APIC_PPR, 0), 0x4F);
}

static void test_banks(void **state)
{
    (void)state;
    apic_accept(&apics[0], 0x8A, false);
    assert_int_equal(get(0, APIC_IRR + 4, 0), 1u << 10);
    apic_acknowledge(&apics[0], 0x8A);
    assert_int_equal(get(0, APIC_IRR + 4, 0), 0);
    assert_int_equal(get(0, APIC_ISR + 4, 0), 1u << 10);
    apic_accept(&apics[0], 0x0F, false); /* illegal vectors are dropped */
    assert_int_equal(get(0, APIC_IRR, 0), 0);
}

static void test_one_shot(void **state)
{
    struct apic *apic = &apics[0];
    (void)state;
    set(0, APIC_TIMER_DIVIDE, 0, 0xB); /* by 1: one count per nanosecond, two ticks */
    set(0, APIC_LVT_TIMER, 0, 0x31);
    set(0, APIC_TIMER_INITIAL, 1000, 500);
    assert_int_equal(apic->deadline, 2000);
    assert_int_equal(get(0, APIC_TIMER_CURRENT, 1500), 250);
    apic_timer_run(apic, 1999);
    assert_int_equal(apic_pending(apic), -1);
    apic_timer_run(apic, 2000);
    assert_int_equal(apic_pending(apic), 0x31);
    assert_true(apic->deadline == APIC_NO_DEADLINE);
    assert_int_equal(get(0, APIC_TIMER_CURRENT, 2000), 0);
}

static void test_divider(void **state)
{
    (void)state;
    set(0, APIC_LVT_TIMER, 0, 0x31);
    set(0, APIC_TIMER_DIVIDE, 0, 0x3); /* by 16 */
    set(0, APIC_TIMER_INITIAL, 0, 10);
    assert_int_equal(apics[0].deadline, 320);
    set(0, APIC_TIMER_DIVIDE, 0, 0x0); /* by 2 */
    set(0, APIC_TIMER_INITIAL, 0, 10);
    assert_int_equal(apics[0].deadline, 40);
    set(0, APIC_TIMER_INITIAL, 0, 0);
    assert_true(apics[0].deadline == APIC_NO_DEADLINE);
}

static void test_periodic(void **state)
{
    struct apic *apic = &apics[0];
    (void)state;
    set(0, APIC_TIMER_DIVIDE, 0, 0xB);
    set(0, APIC_LVT_TIMER, 0, 0x20031);
    set(0, APIC_TIMER_INITIAL, 0, 100);
    apic_timer_run(apic, 200);
    assert_int_equal(apic->deadline, 400);
    apic_timer_run(apic, 10000); /* late: one tick, then a full period again */
    assert_int_equal(apic->deadline, 10200);
    set(0, APIC_LVT_TIMER, 10000, 0x30031);
    apic_acknowledge(apic, 0x31);
    set(0, APIC_EOI, 0, 0);
    apic_timer_run(apic, 20000);
    assert_int_equal(apic_pending(apic), -1); /* masked, but it keeps running */
    assert_true(apic->deadline != APIC_NO_DEADLINE);
}

static void test_deadline(void **state)
{
    struct apic *apic = &apics[0];
    (void)state;
    apic_deadline_write(apic, 0, 5000); /* not in deadline mode: ignored */
    assert_int_equal(apic_deadline_read(apic), 0);
    set(0, APIC_LVT_TIMER, 0, 0x40031);
    apic_deadline_write(apic, 0, 5000);
    assert_int_equal(apic_deadline_read(apic), 5000);
    set(0, APIC_TIMER_INITIAL, 0, 7); /* no effect in this mode */
    assert_int_equal(apic->deadline, 5000);
    apic_timer_run(apic, 5000);
    assert_int_equal(apic_pending(apic), 0x31);
    assert_int_equal(apic_deadline_read(apic), 0);
    apic_acknowledge(apic, 0x31);
    set(0, APIC_EOI, 0, 0);
    apic_deadline_write(apic, 6000, 5999); /* in the past: at once */
    assert_int_equal(apic_pending(apic), 0x31);
    apic_deadline_write(apic, 6000, 7000);
    apic_deadline_write(apic, 6000, 0);
    assert_true(apic->deadline == APIC_NO_DEADLINE);
}

static void test_ipi_physical(void **state)
{
    (void)state;
    set(0, APIC_ICR_HIGH, 0, 2u << 24);
    set(0, APIC_ICR_LOW, 0, 0x4055);
    assert_int_equal(apic_pending(&apics[2]), 0x55);
    assert_int_equal(apic_pending(&apics[1]), -1);
    assert_int_equal(kicks[2], 1);
    set(0, APIC_ICR_HIGH, 0, 0xFFu << 24);
    set(0, APIC_ICR_LOW, 0, 0x4066);
    for (unsigned i = 0; i < CPUS; i++) {
        assert_int_equal(apic_pending(&apics[i]), 0x66);
    }
}

static void test_ipi_shorthands(void **state)
{
    (void)state;
    set(1, APIC_ICR_LOW, 0, 0x44070);
    assert_int_equal(apic_pending(&apics[1]), 0x70);
    assert_int_equal(apic_pending(&apics[0]), -1);
    set(1, APIC_ICR_LOW, 0, 0xC4071);
    assert_int_equal(apic_pending(&apics[0]), 0x71);
    assert_int_equal(apic_pending(&apics[1]), 0x70);
    set(1, APIC_ICR_LOW, 0, 0x84072);
    assert_int_equal(apic_pending(&apics[1]), 0x72);
    assert_int_equal(apic_pending(&apics[3]), 0x72);
}

static void test_ipi_logical(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CPUS; i++) {
        set(i, APIC_LDR, 0, 1u << (24 + i));
    }
    set(0, APIC_ICR_HIGH, 0, 0xAu << 24);
    set(0, APIC_ICR_LOW, 0, 0x4855);
    assert_int_equal(apic_pending(&apics[1]), 0x55);
    assert_int_equal(apic_pending(&apics[3]), 0x55);
    assert_int_equal(apic_pending(&apics[2]), -1);
    set(0, APIC_ICR_LOW, 0, 0x4956); /* lowest priority: exactly one */
    assert_int_equal(apic_pending(&apics[1]), 0x56);
    assert_int_equal(apic_pending(&apics[3]), 0x55);
}

static void test_ipi_kinds(void **state)
{
    (void)state;
    set(0, APIC_ICR_HIGH, 0, 1u << 24);
    set(0, APIC_ICR_LOW, 0, 0x4400);
    assert_int_equal(apic_take_events(&apics[1]), APIC_EVENT_NMI);
    set(0, APIC_ICR_LOW, 0, 0x4500);
    set(0, APIC_ICR_LOW, 0, 0x4609);
    assert_int_equal(apic_take_events(&apics[1]), APIC_EVENT_INIT | APIC_EVENT_STARTUP | 0x900);
    set(0, APIC_ICR_LOW, 0, 0x8500); /* de-assert */
    assert_int_equal(apic_take_events(&apics[1]), 0);
    set(0, APIC_ICR_LOW, 0, 0x4005); /* illegal vector: nothing but an error bit */
    set(0, APIC_ESR, 0, 0);
    assert_int_equal(get(0, APIC_ESR, 0), 0x20);
}

static void test_x2apic(void **state)
{
    struct apic *apic = &apics[2];
    uint64_t value = 0;
    uint32_t word = 0;
    (void)state;
    assert_false(apic_msr_read(apic, 0x802, 0, &value));
    assert_false(apic_base_write(apic, 0xFEE00400)); /* x2APIC without enable */
    assert_false(apic_base_write(apic, 0xFED00800)); /* moved */
    assert_true(apic_base_write(apic, 0xFEE00C00));
    assert_false(apic_base_write(apic, 0xFEE00800)); /* back only through off */
    assert_false(apic_mmio_read(apic, APIC_ID * 16, 0, &word));
    assert_true(apic_msr_read(apic, 0x802, 0, &value));
    assert_int_equal(value, 2);
    assert_true(apic_msr_read(apic, 0x80D, 0, &value));
    assert_int_equal(value, 4);
    assert_false(apic_msr_read(apic, 0x80E, 0, &value)); /* no DFR */
    assert_false(apic_msr_write(apic, 0x831, 0, 0));     /* no second ICR half */
    assert_true(apic_msr_write(apic, 0x830, 0, 1ull << 32 | 0x4077));
    assert_int_equal(apic_pending(&apics[1]), 0x77);
    assert_true(apic_msr_write(apic, 0x83F, 0, 0x78));
    assert_int_equal(apic_pending(apic), 0x78);
    assert_false(apic_msr_write(apic, 0x808, 0, 1ull << 32));
    assert_true(apic_msr_write(apic, 0x830, 0, 0xFFFFFFFF00004079ull));
    assert_int_equal(apic_pending(&apics[3]), 0x79);
}

static void pin_write(unsigned pin, uint64_t entry)
{
    ioapic_write(&io, 0, 0x11 + 2 * pin);
    ioapic_write(&io, 0x10, (uint32_t)(entry >> 32));
    ioapic_write(&io, 0, 0x10 + 2 * pin);
    ioapic_write(&io, 0x10, (uint32_t)entry);
}

static uint32_t pin_read(unsigned pin)
{
    ioapic_write(&io, 0, 0x10 + 2 * pin);
    return ioapic_read(&io, 0x10);
}

static void test_ioapic_registers(void **state)
{
    (void)state;
    ioapic_write(&io, 0, 1);
    assert_int_equal(ioapic_read(&io, 0x10), 0x170020);
    ioapic_write(&io, 0, 0);
    ioapic_write(&io, 0x10, 0xFFFFFFFF);
    assert_int_equal(ioapic_read(&io, 0x10), 0x0F000000);
    assert_int_equal(pin_read(5), 0x10000);
    ioapic_write(&io, 0, 0x7F);
    ioapic_write(&io, 0x10, 0xFFFFFFFF); /* no such register: nothing happens */
    assert_int_equal(ioapic_read(&io, 0x10), 0);
}

static void test_ioapic_edge(void **state)
{
    (void)state;
    pin_write(4, 1ull << 56 | 0x10044);
    ioapic_set_pin(&io, 4, true);
    assert_int_equal(apic_pending(&apics[1]), -1);
    pin_write(4, 1ull << 56 | 0x44); /* the edge while masked was remembered */
    assert_int_equal(apic_pending(&apics[1]), 0x44);
    apic_acknowledge(&apics[1], 0x44);
    set(1, APIC_EOI, 0, 0);
    ioapic_set_pin(&io, 4, true); /* still high: no new edge */
    assert_int_equal(apic_pending(&apics[1]), -1);
    ioapic_set_pin(&io, 4, false);
    ioapic_set_pin(&io, 4, true);
    assert_int_equal(apic_pending(&apics[1]), 0x44);
    assert_int_equal(level_eois, 0);
    ioapic_set_pin(&io, 99, true); /* no such pin */
}

static void test_ioapic_level(void **state)
{
    (void)state;
    pin_write(16, 2ull << 56 | 0x8051);
    ioapic_set_pin(&io, 16, true);
    assert_int_equal(apic_pending(&apics[2]), 0x51);
    assert_int_equal(pin_read(16), 0xC051); /* remote IRR */
    apic_acknowledge(&apics[2], 0x51);
    assert_int_equal(apic_pending(&apics[2]), -1);
    set(2, APIC_EOI, 0, 0);
    assert_int_equal(level_eois, 1);
    assert_int_equal(apic_pending(&apics[2]), 0x51); /* still asserted: again */
    apic_acknowledge(&apics[2], 0x51);
    ioapic_set_pin(&io, 16, false);
    set(2, APIC_EOI, 0, 0);
    assert_int_equal(apic_pending(&apics[2]), -1);
    assert_int_equal(pin_read(16), 0x8051);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_reset, setup),
        cmocka_unit_test_setup(test_priority, setup),
        cmocka_unit_test_setup(test_banks, setup),
        cmocka_unit_test_setup(test_one_shot, setup),
        cmocka_unit_test_setup(test_divider, setup),
        cmocka_unit_test_setup(test_periodic, setup),
        cmocka_unit_test_setup(test_deadline, setup),
        cmocka_unit_test_setup(test_ipi_physical, setup),
        cmocka_unit_test_setup(test_ipi_shorthands, setup),
        cmocka_unit_test_setup(test_ipi_logical, setup),
        cmocka_unit_test_setup(test_ipi_kinds, setup),
        cmocka_unit_test_setup(test_x2apic, setup),
        cmocka_unit_test_setup(test_ioapic_registers, setup),
        cmocka_unit_test_setup(test_ioapic_edge, setup),
        cmocka_unit_test_setup(test_ioapic_level, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
