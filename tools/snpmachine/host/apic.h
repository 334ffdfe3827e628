/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC that a guest's vCPU sees, in xAPIC and x2APIC mode, as a plain state machine.
 *
 * It knows no hardware: time is a TSC value the caller passes, and interrupts to other vCPUs go
 * through the apic_bus. All fields belong to the vCPU's own CPU, except the request words (irr,
 * tmr, events), which any CPU may set; they are atomic. Whoever sets one kicks the vCPU afterwards.
 */
#ifndef SNPMACHINE_HOST_APIC_H
#define SNPMACHINE_HOST_APIC_H

#include "hot.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define APIC_MMIO_BASE    0xFEE00000u
#define APIC_MMIO_SIZE    0x1000u
#define APIC_BASE_BSP     0x100u
#define APIC_BASE_X2      0x400u
#define APIC_BASE_ENABLE  0x800u
#define APIC_MSR_FIRST    0x800u
#define APIC_MSR_LAST     0x8FFu
#define APIC_NO_DEADLINE  UINT64_MAX
#define APIC_ID_BROADCAST 0xFFFFFFFFu

/* Register numbers: the MMIO offset divided by 16, and the x2APIC MSR minus 800h. */
enum apic_register {
    APIC_ID = 0x02,
    APIC_VERSION = 0x03,
    APIC_TPR = 0x08,
    APIC_PPR = 0x0A,
    APIC_EOI = 0x0B,
    APIC_LDR = 0x0D,
    APIC_DFR = 0x0E,
    APIC_SPURIOUS = 0x0F,
    APIC_ISR = 0x10,
    APIC_TMR = 0x18,
    APIC_IRR = 0x20,
    APIC_ESR = 0x28,
    APIC_ICR_LOW = 0x30,
    APIC_ICR_HIGH = 0x31,
    APIC_LVT_TIMER = 0x32,
    APIC_LVT_THERMAL = 0x33,
    APIC_LVT_COUNTER = 0x34,
    APIC_LVT_LINT0 = 0x35,
    APIC_LVT_LINT1 = 0x36,
    APIC_LVT_ERROR = 0x37,
    APIC_TIMER_INITIAL = 0x38,
    APIC_TIMER_CURRENT = 0x39,
    APIC_TIMER_DIVIDE = 0x3E,
    APIC_SELF_IPI = 0x3F,
};

enum apic_delivery {
    APIC_FIXED = 0,
    APIC_LOWEST = 1,
    APIC_SMI = 2,
    APIC_NMI = 4,
    APIC_INIT = 5,
    APIC_STARTUP = 6,
    APIC_EXTINT = 7,
};

/* What other CPUs ask of a vCPU besides vectors; bits 15:8 of events hold the start-up vector. */
enum apic_event { APIC_EVENT_NMI = 1, APIC_EVENT_INIT = 2, APIC_EVENT_STARTUP = 4 };

/* One interrupt on its way: from an ICR, an IOAPIC pin or an MSI. */
struct apic_message {
    uint32_t destination;
    uint8_t vector;
    uint8_t delivery;
    bool logical;
    bool level;
};

struct apic_bus;

struct apic {
    uint32_t id;
    uint64_t base;
    uint32_t tpr, ldr, dfr, spurious, esr, esr_pending;
    uint64_t icr;
    uint32_t lvt[6];
    uint32_t timer_initial, timer_divide;
    uint64_t timer_start;
    uint64_t deadline; /* TSC value at which the timer fires, or APIC_NO_DEADLINE */
    uint64_t tsc_deadline;
    uint32_t isr[8];
    _Atomic uint32_t irr[8];
    _Atomic uint32_t tmr[8];
    _Atomic uint32_t events;
    struct apic_bus *bus;
};

/* All local APICs of one machine, the tick rate they share and the ways out of the model. */
struct apic_bus {
    struct apic *apics;
    unsigned count;
    uint32_t ns_per_tick_32; /* nanoseconds per TSC tick, 32.32 fixed point without integer part
                                when the TSC is faster than 1 GHz */
    uint32_t ns_whole;       /* the integer part */
    void (*kick)(unsigned index);
    void (*level_eoi)(uint8_t vector);
};

void apic_bus_init(struct apic_bus *bus, struct apic *apics, unsigned count, uint64_t tsc_hz);
void apic_reset(struct apic *apic, uint32_t id, bool bsp);

/* Register access; false means the access is an error (#GP for an MSR, ignored for MMIO). */
bool apic_mmio_read(struct apic *apic, uint32_t offset, uint64_t now, uint32_t *value);
bool apic_mmio_write(struct apic *apic, uint32_t offset, uint64_t now, uint32_t value);
bool apic_msr_read(struct apic *apic, uint32_t msr, uint64_t now, uint64_t *value);
bool apic_msr_write(struct apic *apic, uint32_t msr, uint64_t now, uint64_t value);
bool apic_base_write(struct apic *apic, uint64_t value);
void apic_deadline_write(struct apic *apic, uint64_t now, uint64_t value);
uint64_t apic_deadline_read(const struct apic *apic);

/* Sends from one APIC with the ICR shorthand: 0 none, 1 self, 2 all, 3 all but self. */
void apic_send(struct apic *from, const struct apic_message *message, unsigned shorthand);

/* Interrupts in: deliver finds the targets on the bus, accept sets one vector here. */
void apic_deliver(struct apic_bus *bus, const struct apic_message *message);
void apic_accept(struct apic *apic, uint8_t vector, bool level);
void apic_timer_run(struct apic *apic, uint64_t now);

/* Interrupts out: the vector the CPU would take now, or -1; ack moves it to in-service. */
int apic_pending(struct apic *apic);
void apic_acknowledge(struct apic *apic, uint8_t vector);
uint32_t apic_take_events(struct apic *apic);

#endif
