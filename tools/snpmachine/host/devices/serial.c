/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * COM1: QEMU's own 16550, passed through register by register, its interrupt on IOAPIC pin 4. Only
 * the transmit register is taken apart, so that lines of the machine do not cut into the guest's.
 */
#include "host/devices/devices.h"
#include "x86.h"

#define COM1     0x3F8u
#define COM_SIZE 8u
#define TRANSMIT 0u
#define LINE     3u
#define DLAB     0x80u
#define IRQ      4u

static _Atomic bool divisor_access;

static uint64_t serial_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)port_read8((uint16_t)(COM1 + offset + i)) << 8 * i;
    }
    return value;
}

static void serial_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)vcpu;
    for (unsigned i = 0; i < size; i++, value >>= 8) {
        uint64_t reg = offset + i;
        if (reg == TRANSMIT && !divisor_access) {
            console_byte((uint8_t)value);
            continue;
        }
        if (reg == LINE) {
            divisor_access = (value & DLAB) != 0;
        }
        port_write8((uint16_t)(COM1 + reg), (uint8_t)value);
    }
}

/* The line is edge-triggered on a PC: one physical edge, one pulse. */
static void serial_interrupt(void *unused)
{
    (void)unused;
    guest_pin(PIN_SERIAL, true);
    guest_pin(PIN_SERIAL, false);
}

static const struct bus_range ports[] = {
    {COM1, COM_SIZE, serial_read, serial_write},
    {0},
};

void serial_init(void)
{
    bus_add_ports(ports);
    irq_route(IRQ, false, serial_interrupt, NULL);
}
