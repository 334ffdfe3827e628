/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cases about interrupts share: the local APIC by the GHCB's MMIO calls, gates for two
 * vectors, and a place where an interrupt may come.
 */
#ifndef SNP_IRQ_H
#define SNP_IRQ_H

#include "guest.h"

#define APIC_EOI    0x0B0u
#define APIC_SPUR   0x0F0u
#define APIC_ISR2   0x120u
#define APIC_ICR    0x300u
#define APIC_ICR_TO 0x310u
#define APIC_LVT    0x320u
#define APIC_COUNT  0x380u
#define APIC_DIVIDE 0x3E0u
#define VECTOR_IPI  0x50u
#define VECTOR_TICK 0x51u

void apic_write(unsigned offset, uint32_t value);
uint32_t apic_read(unsigned offset);

/* The IDT with room for the two vectors, the APIC on. */
void irq_prepare(void);
void irq_gate(unsigned vector, const uint8_t *handler);

/* IF is set for a moment. */
void irq_window(void);

#endif
