/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's one IOAPIC: 24 pins, edge and level, as a state machine without hardware.
 *
 * Callers serialise (host/irq.c holds one lock around every call). A level pin that is asserted
 * sends again after each EOI; an edge pin sends once per rising edge, also when it rose while
 * masked (that is what QEMU's and KVM's IOAPIC do: the edge is remembered).
 */
#ifndef SNPMACHINE_HOST_IOAPIC_H
#define SNPMACHINE_HOST_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

#include "apic.h"

#define IOAPIC_MMIO_BASE 0xFEC00000u
#define IOAPIC_MMIO_SIZE 0x1000u
#define IOAPIC_PINS      24u

struct ioapic {
    uint32_t id;
    uint32_t select;
    uint32_t asserted; /* the pins' levels */
    uint32_t pending;  /* edges not sent yet */
    uint64_t redirection[IOAPIC_PINS];
    struct apic_bus *bus;
};

void ioapic_reset(struct ioapic *io, struct apic_bus *bus);
void ioapic_set_pin(struct ioapic *io, unsigned pin, bool level);
void ioapic_eoi(struct ioapic *io, uint8_t vector);
uint32_t ioapic_read(struct ioapic *io, uint32_t offset);
void ioapic_write(struct ioapic *io, uint32_t offset, uint32_t value);

#endif
