/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is left of a PC: the masks of two 8259s (Linux looks whether there are any; no interrupt
 * ever comes through them), QEMU's PIT and RTC passed through, an ACPI PM timer made from the TSC,
 * and the ports that end a run: ACPI sleep, reset, isa-debug-exit.
 */
#include "host/devices/devices.h"
#include "host/hostile.h"
#include "trace.h"
#include "x86.h"

#define PM_TIMER_HZ   3579545u
#define PM_TIMER_MASK 0xFFFFFFu
#define SLEEP_S5      0x34u /* SLP_EN and sleep type 5 */
#define SLEEP_ENABLE  0x20u
#define SLEEP_WAKE    0x80u
#define RESET_SYSTEM  4u
#define KBD_PULSE     0xFEu
#define CMOS_INDEX    0x70u
#define CMOS_DATA     0x71u
#define CMOS_UPDATING 0x80u

static uint8_t pic_mask[2] = {0xFF, 0xFF};

static uint64_t pic_read(unsigned which, uint64_t offset)
{
    return offset == 1 ? pic_mask[which] : 0;
}

static void pic_write(unsigned which, uint64_t offset, uint64_t value)
{
    if (offset == 1) {
        pic_mask[which] = (uint8_t)value;
    }
}

static uint64_t pic1_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    (void)size;
    return pic_read(0, offset);
}

static void pic1_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)vcpu;
    (void)size;
    pic_write(0, offset, value);
}

static uint64_t pic2_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    (void)size;
    return pic_read(1, offset);
}

static void pic2_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)vcpu;
    (void)size;
    pic_write(1, offset, value);
}

static void no_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)vcpu;
    (void)offset;
    (void)size;
    (void)value;
}

/* Passed through, one port for each range so that the offset says which. */
#define PASS_THROUGH(name, base)                                                                   \
    static uint64_t name##_read(struct vcpu *vcpu, uint64_t offset, unsigned size)                 \
    {                                                                                              \
        (void)vcpu;                                                                                \
        (void)size;                                                                                \
        return port_read8((uint16_t)((base) + offset));                                            \
    }                                                                                              \
    static void name##_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)    \
    {                                                                                              \
        (void)vcpu;                                                                                \
        (void)size;                                                                                \
        port_write8((uint16_t)((base) + offset), (uint8_t)value);                                  \
    }

PASS_THROUGH(pit, 0x40)
PASS_THROUGH(gate, 0x61)
PASS_THROUGH(cmos, CMOS_INDEX)

static uint64_t timer_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    (void)offset;
    (void)size;
    uint64_t now = machine_tsc();
    uint64_t seconds = now / machine.tsc_hz;
    uint64_t rest = now % machine.tsc_hz;
    return (seconds * PM_TIMER_HZ + rest * PM_TIMER_HZ / machine.tsc_hz) & PM_TIMER_MASK;
}

static uint64_t sleep_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    (void)size;
    return offset == PORT_SLEEP_STATUS - PORT_SLEEP_CONTROL ? SLEEP_WAKE : 0;
}

static void sleep_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)size;
    if (offset != 0 || (value & SLEEP_ENABLE) == 0) {
        return;
    }
    if ((value & 0xFFu) != SLEEP_S5) {
        machine_stop(MACHINE_NOT_MODELLED, "vCPU %u asks for ACPI sleep %llx, only S5 exists",
                     vcpu->index, (unsigned long long)value);
    }
    machine_stop(MACHINE_OK, "the guest powered off");
}

static _Noreturn void guest_reset(struct vcpu *vcpu, const char *how)
{
    machine_stop(MACHINE_RESET, "vCPU %u asks for a reset (%s)", vcpu->index, how);
}

static void reset_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)offset;
    (void)size;
    if ((value & RESET_SYSTEM) != 0) {
        guest_reset(vcpu, "port CF9");
    }
}

static uint64_t reset_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    (void)offset;
    (void)size;
    return 0;
}

static uint64_t keyboard_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    (void)offset;
    (void)size;
    return 0xFF; /* no controller */
}

static void keyboard_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)offset;
    (void)size;
    if (value == KBD_PULSE) {
        guest_reset(vcpu, "keyboard controller");
    }
}

static void exit_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)vcpu;
    (void)offset;
    (void)size;
    machine_guest_exit((uint32_t)value);
}

static void mark_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)offset;
    (void)size;
    trace(vcpu->vmpl, TRACE_MARK, value, 0);
    hostile_mark(value);
}

static const struct bus_range ports[] = {
    {0x20, 2, pic1_read, pic1_write},
    {0xA0, 2, pic2_read, pic2_write},
    {0x40, 4, pit_read, pit_write},
    {0x61, 1, gate_read, gate_write},
    {0x64, 1, keyboard_read, keyboard_write},
    {CMOS_INDEX, 2, cmos_read, cmos_write},
    {0xF4, 4, keyboard_read, exit_write},
    {TRACE_MARK_PORT, 4, keyboard_read, mark_write},
    {PORT_SLEEP_CONTROL, 2, sleep_read, sleep_write},
    {PORT_PM_TIMER, 4, timer_read, no_write},
    {PORT_RESET, 1, reset_read, reset_write},
    {0},
};

/* The PIT's channel 0 is on IOAPIC pin 2, as on every PC with an IOAPIC. */
static void timer_interrupt(void *unused)
{
    (void)unused;
    guest_pin(PIN_TIMER, true);
    guest_pin(PIN_TIMER, false);
}

void legacy_init(void)
{
    bus_add_ports(ports);
    irq_route(PIN_TIMER, false, timer_interrupt, NULL);
}

static uint8_t cmos(uint8_t index)
{
    port_write8(CMOS_INDEX, index);
    return port_read8(CMOS_DATA);
}

static unsigned from_bcd(uint8_t value)
{
    return (value >> 4) * 10u + (value & 15u);
}

/* Days since 1970 of a date in this century, counting years from March. */
static uint64_t days(unsigned year, unsigned month, unsigned day)
{
    unsigned y = month <= 2 ? year - 1 : year;
    unsigned m = month <= 2 ? month + 9 : month - 3;
    uint64_t since_march = (153u * m + 2) / 5 + day - 1;
    return 365ull * y + y / 4 - y / 100 + y / 400 + since_march - 719468;
}

uint64_t rtc_seconds(void)
{
    while ((cmos(0x0A) & CMOS_UPDATING) != 0) {
        cpu_relax();
    }
    uint64_t date = days(2000 + from_bcd(cmos(9)), from_bcd(cmos(8)), from_bcd(cmos(7)));
    return date * 86400 + from_bcd(cmos(4)) * 3600u + from_bcd(cmos(2)) * 60u + from_bcd(cmos(0));
}
