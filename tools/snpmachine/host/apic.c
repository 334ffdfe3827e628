/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC's registers, priorities and timer; see apic.h. Interrupt routing between APICs is
 * in apic_route.c.
 *
 * Invariants: deadline is APIC_NO_DEADLINE exactly when the timer is stopped; a vector is set in
 * isr only between apic_acknowledge and the EOI; vectors below 16 never reach irr.
 */
#include "apic.h"

#include <stddef.h>

#define LVT_MASKED       0x10000u
#define TIMER_MODE(lvt)  (((lvt) >> 17) & 3u)
#define SPURIOUS_ENABLE  0x100u
#define ESR_SEND_ILLEGAL 0x20u
#define ESR_BAD_REGISTER 0x80u
#define VERSION_VALUE    0x50014u
#define FIRST_LEGAL      16u
#define SHORTHAND(icr)   (((icr) >> 18) & 3u)
#define DELIVERY_PENDING 0x1000u

enum timer_mode { TIMER_ONE_SHOT = 0, TIMER_PERIODIC = 1, TIMER_DEADLINE = 2 };

void apic_bus_init(struct apic_bus *bus, struct apic *apics, unsigned count, uint64_t tsc_hz)
{
    const uint64_t second = 1000000000u;
    bus->apics = apics;
    bus->count = count;
    bus->ns_whole = (uint32_t)(second / tsc_hz);
    bus->ns_per_tick_32 = (uint32_t)(((second % tsc_hz) << 32) / tsc_hz);
}

void apic_reset(struct apic *apic, uint32_t id, bool bsp)
{
    struct apic_bus *bus = apic->bus;
    *apic = (struct apic){.id = id, .bus = bus};
    apic->base = APIC_MMIO_BASE | APIC_BASE_ENABLE | (bsp ? APIC_BASE_BSP : 0);
    apic->dfr = 0xFFFFFFFF;
    apic->spurious = 0xFF;
    apic->deadline = APIC_NO_DEADLINE;
    for (size_t i = 0; i < sizeof apic->lvt / sizeof apic->lvt[0]; i++) {
        apic->lvt[i] = LVT_MASKED;
    }
}

static bool x2apic(const struct apic *apic)
{
    return (apic->base & APIC_BASE_X2) != 0;
}

HOT static int highest(const uint32_t words[8])
{
    for (int i = 7; i >= 0; i--) {
        if (words[i] != 0) {
            return i * 32 + 31 - __builtin_clz(words[i]);
        }
    }
    return -1;
}

HOT static int highest_request(struct apic *apic)
{
    uint32_t words[8];
    for (int i = 0; i < 8; i++) {
        words[i] = atomic_load(&apic->irr[i]);
    }
    return highest(words);
}

HOT static uint32_t processor_priority(const struct apic *apic)
{
    int vector = highest(apic->isr);
    uint32_t in_service = vector < 0 ? 0 : (uint32_t)vector & 0xF0u;
    return (apic->tpr & 0xF0u) >= in_service ? apic->tpr & 0xFFu : in_service;
}

/* The timer counts nanoseconds, whatever the TSC's rate. */
static uint64_t ticks_to_ns(const struct apic_bus *bus, uint64_t ticks)
{
    unsigned __int128 fraction = (unsigned __int128)ticks * bus->ns_per_tick_32;
    return ticks * bus->ns_whole + (uint64_t)(fraction >> 32);
}

/* Rounds up, so that at the deadline the counter has really run out. */
static uint64_t ns_to_ticks(const struct apic_bus *bus, uint64_t ns)
{
    uint64_t low = 0;
    uint64_t high = ns + 1;
    while (ticks_to_ns(bus, high) < ns) {
        high *= 2;
    }
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (ticks_to_ns(bus, middle) < ns) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static uint32_t divide_shift(const struct apic *apic)
{
    uint32_t code = (apic->timer_divide & 3u) | ((apic->timer_divide >> 1) & 4u);
    return (code + 1) & 7u;
}

static uint32_t timer_lvt(const struct apic *apic)
{
    return apic->lvt[0];
}

static uint64_t timer_period(const struct apic *apic)
{
    return ns_to_ticks(apic->bus, (uint64_t)apic->timer_initial << divide_shift(apic));
}

static void timer_start(struct apic *apic, uint64_t now)
{
    apic->timer_start = now;
    apic->deadline = APIC_NO_DEADLINE;
    if (apic->timer_initial != 0 && TIMER_MODE(timer_lvt(apic)) != TIMER_DEADLINE) {
        apic->deadline = now + timer_period(apic);
    }
}

static uint32_t timer_current(const struct apic *apic, uint64_t now)
{
    if (apic->deadline == APIC_NO_DEADLINE || TIMER_MODE(timer_lvt(apic)) == TIMER_DEADLINE) {
        return 0;
    }
    uint64_t passed = ticks_to_ns(apic->bus, now - apic->timer_start) >> divide_shift(apic);
    return passed >= apic->timer_initial ? 0 : apic->timer_initial - (uint32_t)passed;
}

HOT void apic_timer_run(struct apic *apic, uint64_t now)
{
    uint32_t lvt = timer_lvt(apic);
    if (apic->deadline == APIC_NO_DEADLINE || now < apic->deadline) {
        return;
    }
    if (TIMER_MODE(lvt) == TIMER_PERIODIC) {
        uint64_t period = timer_period(apic);
        apic->timer_start = apic->deadline;
        apic->deadline += period;
        if (apic->deadline <= now) { /* a vCPU that was away for long gets one tick, not many */
            apic->timer_start = now;
            apic->deadline = now + period;
        }
    } else {
        apic->deadline = APIC_NO_DEADLINE;
        apic->tsc_deadline = 0;
    }
    if ((lvt & LVT_MASKED) == 0) {
        apic_accept(apic, (uint8_t)lvt, false);
    }
}

void apic_deadline_write(struct apic *apic, uint64_t now, uint64_t value)
{
    if (TIMER_MODE(timer_lvt(apic)) != TIMER_DEADLINE) {
        return;
    }
    apic->tsc_deadline = value;
    apic->deadline = value == 0 ? APIC_NO_DEADLINE : value;
    apic_timer_run(apic, now);
}

uint64_t apic_deadline_read(const struct apic *apic)
{
    return TIMER_MODE(timer_lvt(apic)) == TIMER_DEADLINE ? apic->tsc_deadline : 0;
}

void apic_accept(struct apic *apic, uint8_t vector, bool level)
{
    uint32_t bit = 1u << (vector % 32);
    if (vector < FIRST_LEGAL) {
        return;
    }
    if (level) {
        atomic_fetch_or(&apic->tmr[vector / 32], bit);
    } else {
        atomic_fetch_and(&apic->tmr[vector / 32], ~bit);
    }
    atomic_fetch_or(&apic->irr[vector / 32], bit);
}

HOT int apic_pending(struct apic *apic)
{
    int vector = highest_request(apic);
    if (vector < 0 || (apic->spurious & SPURIOUS_ENABLE) == 0 ||
        (apic->base & APIC_BASE_ENABLE) == 0) {
        return -1;
    }
    return ((uint32_t)vector & 0xF0u) > (processor_priority(apic) & 0xF0u) ? vector : -1;
}

void apic_acknowledge(struct apic *apic, uint8_t vector)
{
    uint32_t bit = 1u << (vector % 32);
    atomic_fetch_and(&apic->irr[vector / 32], ~bit);
    apic->isr[vector / 32] |= bit;
}

HOT uint32_t apic_take_events(struct apic *apic)
{
    return atomic_exchange(&apic->events, 0);
}

static void end_of_interrupt(struct apic *apic)
{
    int vector = highest(apic->isr);
    if (vector < 0) {
        return;
    }
    uint32_t bit = 1u << (vector % 32);
    apic->isr[vector / 32] &= ~bit;
    if ((atomic_load(&apic->tmr[vector / 32]) & bit) != 0 && apic->bus->level_eoi != NULL) {
        apic->bus->level_eoi((uint8_t)vector);
    }
}

static void send_ipi(struct apic *apic, uint64_t icr)
{
    uint32_t low = (uint32_t)icr;
    struct apic_message message = {
        .destination = x2apic(apic) ? (uint32_t)(icr >> 32) : (uint32_t)(icr >> 56),
        .vector = (uint8_t)low,
        .delivery = (uint8_t)((low >> 8) & 7u),
        .logical = (low & 0x800u) != 0,
    };
    if (!x2apic(apic) && message.destination == 0xFF) {
        message.destination = APIC_ID_BROADCAST;
    }
    if (message.delivery <= APIC_LOWEST && message.vector < FIRST_LEGAL) {
        apic->esr_pending |= ESR_SEND_ILLEGAL;
        return;
    }
    if (message.delivery == APIC_INIT && (low & 0xC000u) == 0x8000u) {
        return; /* INIT level de-assert: no effect since the Pentium 4 */
    }
    apic_send(apic, &message, SHORTHAND(low));
}

static uint32_t read_bank(struct apic *apic, uint32_t reg)
{
    uint32_t word = reg & 7u;
    if (reg < APIC_TMR) {
        return apic->isr[word];
    }
    return reg < APIC_IRR ? atomic_load(&apic->tmr[word]) : atomic_load(&apic->irr[word]);
}

/* style: one case per register; a table would need a getter function for each. */
static bool read_register(struct apic *apic, uint32_t reg, uint64_t now, uint32_t *value)
{
    switch (reg) {
    case APIC_ID:
        *value = x2apic(apic) ? apic->id : apic->id << 24;
        return true;
    case APIC_VERSION:
        *value = VERSION_VALUE;
        return true;
    case APIC_TPR:
        *value = apic->tpr;
        return true;
    case APIC_PPR:
        *value = processor_priority(apic);
        return true;
    case APIC_LDR:
        *value = x2apic(apic) ? (apic->id >> 4) << 16 | 1u << (apic->id & 15u) : apic->ldr;
        return true;
    case APIC_DFR:
        *value = apic->dfr;
        return !x2apic(apic);
    case APIC_SPURIOUS:
        *value = apic->spurious;
        return true;
    case APIC_ESR:
        *value = apic->esr;
        return true;
    case APIC_ICR_LOW:
        *value = (uint32_t)apic->icr;
        return true;
    case APIC_ICR_HIGH:
        *value = (uint32_t)(apic->icr >> 32);
        return !x2apic(apic);
    case APIC_TIMER_INITIAL:
        *value = apic->timer_initial;
        return true;
    case APIC_TIMER_CURRENT:
        *value = timer_current(apic, now);
        return true;
    case APIC_TIMER_DIVIDE:
        *value = apic->timer_divide;
        return true;
    default:
        break;
    }
    if (reg >= APIC_ISR && reg < APIC_IRR + 8) {
        *value = read_bank(apic, reg);
        return true;
    }
    if (reg >= APIC_LVT_TIMER && reg <= APIC_LVT_ERROR) {
        *value = apic->lvt[reg - APIC_LVT_TIMER];
        return true;
    }
    apic->esr_pending |= ESR_BAD_REGISTER;
    *value = 0;
    return false;
}

static void write_lvt(struct apic *apic, uint32_t reg, uint64_t now, uint32_t value)
{
    static const uint32_t writable[6] = {0x710FF, 0x117FF, 0x117FF, 0x1F7FF, 0x1F7FF, 0x110FF};
    uint32_t index = reg - APIC_LVT_TIMER;
    uint32_t old = apic->lvt[index];
    value &= writable[index] & ~DELIVERY_PENDING;
    apic->lvt[index] = (apic->spurious & SPURIOUS_ENABLE) == 0 ? value | LVT_MASKED : value;
    if (index == 0 && TIMER_MODE(old) != TIMER_MODE(value)) {
        apic->tsc_deadline = 0;
        apic->timer_initial = 0;
        timer_start(apic, now);
    }
}

static void write_spurious(struct apic *apic, uint32_t value)
{
    apic->spurious = value & 0x1FFu;
    if ((value & SPURIOUS_ENABLE) == 0) {
        for (size_t i = 0; i < sizeof apic->lvt / sizeof apic->lvt[0]; i++) {
            apic->lvt[i] |= LVT_MASKED;
        }
    }
}

/* style: one case per register; a table would need a setter function for each. */
static bool write_register(struct apic *apic, uint32_t reg, uint64_t now, uint32_t value)
{
    switch (reg) {
    case APIC_TPR:
        apic->tpr = value & 0xFFu;
        return true;
    case APIC_EOI:
        end_of_interrupt(apic);
        return true;
    case APIC_LDR:
        apic->ldr = value & 0xFF000000u;
        return !x2apic(apic);
    case APIC_DFR:
        apic->dfr = value | 0x0FFFFFFFu;
        return !x2apic(apic);
    case APIC_SPURIOUS:
        write_spurious(apic, value);
        return true;
    case APIC_ESR:
        apic->esr = apic->esr_pending;
        apic->esr_pending = 0;
        return true;
    case APIC_ICR_LOW:
        apic->icr = (apic->icr & ~0xFFFFFFFFull) | (value & ~DELIVERY_PENDING);
        send_ipi(apic, apic->icr);
        return true;
    case APIC_ICR_HIGH:
        apic->icr = (apic->icr & 0xFFFFFFFFull) | (uint64_t)value << 32;
        return !x2apic(apic);
    case APIC_TIMER_INITIAL:
        if (TIMER_MODE(timer_lvt(apic)) != TIMER_DEADLINE) {
            apic->timer_initial = value;
            timer_start(apic, now);
        }
        return true;
    case APIC_TIMER_DIVIDE:
        apic->timer_divide = value & 0xBu;
        timer_start(apic, now);
        return true;
    default:
        break;
    }
    if (reg >= APIC_LVT_TIMER && reg <= APIC_LVT_ERROR) {
        write_lvt(apic, reg, now, value);
        return true;
    }
    apic->esr_pending |= ESR_BAD_REGISTER;
    return false;
}

bool apic_mmio_read(struct apic *apic, uint32_t offset, uint64_t now, uint32_t *value)
{
    *value = 0xFFFFFFFF;
    if (x2apic(apic) || offset % 16 != 0) {
        return false;
    }
    return read_register(apic, offset / 16, now, value);
}

bool apic_mmio_write(struct apic *apic, uint32_t offset, uint64_t now, uint32_t value)
{
    if (x2apic(apic) || offset % 16 != 0) {
        return false;
    }
    return write_register(apic, offset / 16, now, value);
}

bool apic_msr_read(struct apic *apic, uint32_t msr, uint64_t now, uint64_t *value)
{
    uint32_t reg = msr - APIC_MSR_FIRST;
    uint32_t low = 0;
    if (!x2apic(apic) || reg > 0xFF || reg == APIC_EOI || reg == APIC_SELF_IPI) {
        return false;
    }
    if (reg == APIC_ICR_LOW) {
        *value = apic->icr;
        return true;
    }
    bool known = read_register(apic, reg, now, &low);
    *value = low;
    return known;
}

bool apic_msr_write(struct apic *apic, uint32_t msr, uint64_t now, uint64_t value)
{
    uint32_t reg = msr - APIC_MSR_FIRST;
    if (!x2apic(apic) || reg > 0xFF || reg == APIC_ICR_HIGH) {
        return false;
    }
    if (reg == APIC_ICR_LOW) {
        apic->icr = value & ~(uint64_t)DELIVERY_PENDING;
        send_ipi(apic, apic->icr);
        return true;
    }
    if (value >> 32 != 0) {
        return false;
    }
    if (reg == APIC_SELF_IPI) {
        apic_accept(apic, (uint8_t)value, false);
        return true;
    }
    return write_register(apic, reg, now, (uint32_t)value);
}

/* The base cannot be moved (no guest does), and x2APIC is left only by switching the APIC off. */
bool apic_base_write(struct apic *apic, uint64_t value)
{
    uint64_t modes = APIC_BASE_ENABLE | APIC_BASE_X2;
    uint64_t fixed = APIC_MMIO_BASE | (apic->base & APIC_BASE_BSP);
    uint64_t from = apic->base & modes;
    uint64_t to = value & modes;
    if ((value & ~modes) != fixed || to == APIC_BASE_X2) {
        return false;
    }
    if (from == modes && to == APIC_BASE_ENABLE) {
        return false;
    }
    if (from == 0 && to == modes) {
        return false;
    }
    apic->base = value;
    return true;
}
