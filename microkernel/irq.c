/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts. Order of errors, after those of methods.def:
 *
 * Get: RangeError (no such interrupt), FailedLookup or RangeError (slot), DeleteFirst (slot in
 * use), RevokeFirst (it has a handler). SetNotification: InvalidCapability. Ack, Clear: none.
 */
#include "irq.h"
#include "delete.h"
#include "notification.h"
#include "platform.h"
#include "sched.h"

#define IRQ_MAX 256u

static struct slot *irq_slots;
static unsigned irq_count;
static unsigned irq_timer;
static bool irq_taken[IRQ_MAX];

void irq_init(struct slot *slots, unsigned count, bool timer)
{
    irq_slots = slots;
    irq_count = count < IRQ_MAX ? count : IRQ_MAX;
    irq_timer = timer ? irq_count - 1 : IRQ_MAX;
    for (unsigned i = 0; i < IRQ_MAX; i++)
        irq_taken[i] = false;
}

void irq_fired(unsigned irq)
{
    struct cap cap;

    if (irq < irq_count && cap_read(&irq_slots[irq], &cap) && cap.type == CAP_Notification)
        notification_signal(notification_of(cap), cap.badge);
}

void irq_tick(void)
{
    irq_fired(irq_timer);
}

static void unmask(unsigned irq)
{
    if (irq == irq_timer)
        sched_keep_ticking(true);
    else
        platform->irq_ack(irq);
}

static void mask(unsigned irq)
{
    if (irq == irq_timer)
        sched_keep_ticking(false);
    else
        platform->irq_mask(irq);
}

void irq_end(struct config *config, struct slot *slot)
{
    mask(slot->cap.object);
    delete_derived(config, &irq_slots[slot->cap.object]);
    irq_taken[slot->cap.object] = false;
}

seL4_Error invoke_IRQControl_Get(struct invocation *inv)
{
    struct cap cap = {.type = CAP_IRQHandler, .rights = CAP_RIGHTS};
    uint64_t irq = inv->mr[0];
    struct place place;
    seL4_Error error;

    if (irq >= irq_count)
        return seL4_RangeError;
    error = invocation_place(inv, inv->mr[1], seL4_CanWrite, &place);
    if (error != seL4_NoError)
        return error;
    if (!slot_is_empty(place.slot))
        return seL4_DeleteFirst;
    if (irq_taken[irq])
        return seL4_RevokeFirst;
    cap.object = (uint32_t)irq;
    irq_taken[irq] = true;
    slot_insert(inv->config, place.slot, inv->slot, cap);
    return seL4_NoError;
}

seL4_Error invoke_IRQHandler_SetNotification(struct invocation *inv)
{
    struct slot *own = &irq_slots[inv->slot->cap.object];
    struct slot *source = invocation_cap(inv, inv->mr[0], CAP_Notification, seL4_CanWrite);

    if (source == NULL)
        return seL4_InvalidCapability;
    delete_derived(inv->config, own);
    slot_insert(inv->config, own, slot_original(source), source->cap);
    unmask(inv->slot->cap.object);
    return seL4_NoError;
}

seL4_Error invoke_IRQHandler_Ack(struct invocation *inv)
{
    unmask(inv->slot->cap.object);
    return seL4_NoError;
}

seL4_Error invoke_IRQHandler_Clear(struct invocation *inv)
{
    mask(inv->slot->cap.object);
    delete_derived(inv->config, &irq_slots[inv->slot->cap.object]);
    return seL4_NoError;
}
