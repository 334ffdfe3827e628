/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts as capabilities: IRQControl makes one handler per interrupt, the handler says which
 * notification it signals.
 *
 * IRQHandler capability: object is the interrupt's number. Each interrupt has a slot of its own in
 * the window that holds a copy of the notification's capability, so that revocation reaches it.
 * Sharing: configuration under the lock; irq_fired reads the slot without one.
 */
#ifndef MICROKERNEL_IRQ_H
#define MICROKERNEL_IRQ_H

#include "cap.h"
#include "invoke.h"

/* At boot: the slots, one per interrupt, zeroed memory of the window. With a timer the last of them
   is its: it comes every slice of the processor on which its notification was set, for as long as
   there is one, and needs no acknowledgement. */
void irq_init(struct slot *slots, unsigned count, bool timer);

/* An interrupt came; one that is still raised comes again when its handler is acknowledged. Any
   CPU, no lock. */
void irq_fired(unsigned irq);

/* A slice has ended on the timer's processor. */
void irq_tick(void);

void irq_end(struct config *config, struct slot *slot);

#endif
