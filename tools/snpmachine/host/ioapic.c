/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IOAPIC's indirect registers and pins; see ioapic.h. The register window is two 32-bit words:
 * the index at offset 0 and the data at offset 10h; a write to offset 40h is a directed EOI.
 */
#include "ioapic.h"

#define WINDOW_SELECT    0x00u
#define WINDOW_DATA      0x10u
#define WINDOW_EOI       0x40u
#define REGISTER_ID      0x00u
#define REGISTER_VERSION 0x01u
#define REGISTER_ARB     0x02u
#define REGISTER_FIRST   0x10u
#define VERSION_VALUE    (0x20u | (IOAPIC_PINS - 1) << 16)
#define REMOTE_IRR       0x4000u
#define LEVEL            0x8000u
#define MASKED           0x10000u
#define READ_ONLY        0x5000u

void ioapic_reset(struct ioapic *io, struct apic_bus *bus)
{
    *io = (struct ioapic){.bus = bus};
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        io->redirection[pin] = MASKED;
    }
}

static void pin_send(struct ioapic *io, unsigned pin)
{
    uint64_t entry = io->redirection[pin];
    struct apic_message message = {
        .destination = (uint32_t)(entry >> 56),
        .vector = (uint8_t)entry,
        .delivery = (uint8_t)((entry >> 8) & 7u),
        .logical = (entry & 0x800u) != 0,
        .level = (entry & LEVEL) != 0,
    };
    if (message.destination == 0xFF) {
        message.destination = APIC_ID_BROADCAST;
    }
    apic_deliver(io->bus, &message);
}

static void pin_evaluate(struct ioapic *io, unsigned pin)
{
    uint32_t bit = 1u << pin;
    uint64_t entry = io->redirection[pin];
    if ((entry & MASKED) != 0) {
        return;
    }
    if ((entry & LEVEL) == 0) {
        if ((io->pending & bit) != 0) {
            io->pending &= ~bit;
            pin_send(io, pin);
        }
    } else if ((io->asserted & bit) != 0 && (entry & REMOTE_IRR) == 0) {
        io->redirection[pin] = entry | REMOTE_IRR;
        pin_send(io, pin);
    }
}

void ioapic_set_pin(struct ioapic *io, unsigned pin, bool level)
{
    if (pin >= IOAPIC_PINS) {
        return;
    }
    uint32_t bit = 1u << pin;
    if (level && (io->asserted & bit) == 0) {
        io->pending |= bit;
    }
    io->asserted = level ? io->asserted | bit : io->asserted & ~bit;
    pin_evaluate(io, pin);
}

void ioapic_eoi(struct ioapic *io, uint8_t vector)
{
    for (unsigned pin = 0; pin < IOAPIC_PINS; pin++) {
        uint64_t entry = io->redirection[pin];
        if ((entry & LEVEL) != 0 && (uint8_t)entry == vector) {
            io->redirection[pin] = entry & ~(uint64_t)REMOTE_IRR;
            pin_evaluate(io, pin);
        }
    }
}

static uint32_t register_read(const struct ioapic *io)
{
    uint32_t reg = io->select;
    if (reg == REGISTER_ID || reg == REGISTER_ARB) {
        return io->id;
    }
    if (reg == REGISTER_VERSION) {
        return VERSION_VALUE;
    }
    uint32_t index = (reg - REGISTER_FIRST) / 2;
    if (reg < REGISTER_FIRST || index >= IOAPIC_PINS) {
        return 0;
    }
    return (uint32_t)(io->redirection[index] >> (reg % 2 == 0 ? 0 : 32));
}

static void register_write(struct ioapic *io, uint32_t value)
{
    uint32_t reg = io->select;
    if (reg == REGISTER_ID) {
        io->id = value & 0x0F000000u;
        return;
    }
    uint32_t index = (reg - REGISTER_FIRST) / 2;
    if (reg < REGISTER_FIRST || index >= IOAPIC_PINS) {
        return;
    }
    uint64_t old = io->redirection[index];
    if (reg % 2 != 0) {
        io->redirection[index] = (old & 0xFFFFFFFFu) | (uint64_t)value << 32;
        return;
    }
    uint64_t low = (value & 0x1FFFFu & ~READ_ONLY) | (old & READ_ONLY);
    if ((low & LEVEL) == 0) {
        low &= ~(uint64_t)REMOTE_IRR; /* switching to edge and back is how a stuck pin is freed */
    }
    io->redirection[index] = (old & ~0xFFFFFFFFull) | low;
    pin_evaluate(io, index);
}

uint32_t ioapic_read(struct ioapic *io, uint32_t offset)
{
    if (offset == WINDOW_SELECT) {
        return io->select;
    }
    return offset == WINDOW_DATA ? register_read(io) : 0;
}

void ioapic_write(struct ioapic *io, uint32_t offset, uint32_t value)
{
    if (offset == WINDOW_SELECT) {
        io->select = value & 0xFFu;
    } else if (offset == WINDOW_DATA) {
        register_write(io, value);
    } else if (offset == WINDOW_EOI) {
        ioapic_eoi(io, (uint8_t)value);
    }
}
