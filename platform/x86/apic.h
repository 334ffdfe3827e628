/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC, by memory (xAPIC) or by registers (x2APIC), whichever the processor was started
 * with or offers. For platforms that have interrupts at our level.
 */
#ifndef X86_APIC_H
#define X86_APIC_H

#include <stdint.h>

/* Once, on the boot processor: finds it and maps its page. */
void apic_find(void);
/* On every processor. */
void apic_start(void);
uint32_t apic_id(void);
void apic_end_of_interrupt(void);
void apic_send(uint32_t target, uint32_t vector);
void apic_send_init(uint32_t target);
void apic_send_startup(uint32_t target, uint32_t page);
/* One VECTOR_TIMER after so many microseconds. */
void apic_timer(uint32_t microseconds);

#endif
