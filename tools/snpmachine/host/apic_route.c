/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which local APICs an interrupt message is for: physical and logical destinations, broadcast,
 * lowest priority and the ICR's shorthands. Runs on any CPU; it touches only the atomic request
 * words of other APICs and configuration that a guest sets up before it uses it.
 */
#include "apic.h"

#include <stddef.h>

enum { SHORTHAND_NONE, SHORTHAND_SELF, SHORTHAND_ALL, SHORTHAND_OTHERS };

static bool matches_logical(const struct apic *apic, uint32_t destination)
{
    if ((apic->base & APIC_BASE_X2) != 0) {
        uint32_t bits = 1u << (apic->id & 15u);
        return destination >> 16 == apic->id >> 4 && (destination & bits) != 0;
    }
    uint32_t mine = apic->ldr >> 24;
    if (apic->dfr >> 28 == 0xF) {
        return (mine & destination & 0xFFu) != 0;
    }
    return mine >> 4 == ((destination >> 4) & 0xFu) && (mine & destination & 0xFu) != 0;
}

static bool matches(const struct apic *apic, const struct apic_message *message)
{
    if (message->destination == APIC_ID_BROADCAST) {
        return true;
    }
    return message->logical ? matches_logical(apic, message->destination)
                            : apic->id == message->destination;
}

static void deliver_to(struct apic *apic, const struct apic_message *message)
{
    switch (message->delivery) {
    case APIC_FIXED:
    case APIC_LOWEST:
    case APIC_EXTINT:
        apic_accept(apic, message->vector, message->level);
        break;
    case APIC_NMI:
        atomic_fetch_or(&apic->events, APIC_EVENT_NMI);
        break;
    case APIC_INIT:
        atomic_fetch_or(&apic->events, APIC_EVENT_INIT);
        break;
    case APIC_STARTUP:
        atomic_fetch_or(&apic->events, APIC_EVENT_STARTUP | (uint32_t)message->vector << 8);
        break;
    default:
        return;
    }
    if (apic->bus->kick != NULL) {
        apic->bus->kick((unsigned)(apic - apic->bus->apics));
    }
}

void apic_deliver(struct apic_bus *bus, const struct apic_message *message)
{
    for (unsigned i = 0; i < bus->count; i++) {
        if (!matches(&bus->apics[i], message)) {
            continue;
        }
        deliver_to(&bus->apics[i], message);
        if (message->delivery == APIC_LOWEST) {
            return; /* any one of them will do; the first keeps runs repeatable */
        }
    }
}

void apic_send(struct apic *from, const struct apic_message *message, unsigned shorthand)
{
    if (shorthand == SHORTHAND_NONE) {
        apic_deliver(from->bus, message);
        return;
    }
    for (unsigned i = 0; i < from->bus->count; i++) {
        struct apic *apic = &from->bus->apics[i];
        if (apic == from ? shorthand != SHORTHAND_OTHERS : shorthand != SHORTHAND_SELF) {
            deliver_to(apic, message);
        }
    }
}
