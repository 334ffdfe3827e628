/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The I/O APIC: interrupts of devices, as pins. For platform/native only.
 *
 * Pin n comes as vector IOAPIC_VECTOR + n on the boot processor. Pins below 16 are those of ISA
 * devices and count edges; the others follow a level, and are masked from the moment they come
 * until they are let come again, because the device is at work in a thread meanwhile. Its two
 * registers are one port to all pins, so a lock of its own keeps processors apart; nobody waits for
 * anything while holding it.
 */
#ifndef NATIVE_IOAPIC_H
#define NATIVE_IOAPIC_H

#include <stdint.h>

#define IOAPIC_PINS   24u
#define IOAPIC_VECTOR 32u

/* Masks all pins; they will go to the processor with this APIC id. Boot only. */
void ioapic_start(uint32_t apic_id);
void ioapic_unmask(uint32_t pin);
void ioapic_mask(uint32_t pin);
/* The pin's interrupt is being taken, and not yet acknowledged to the local APIC. */
void ioapic_came(uint32_t pin);

#endif
