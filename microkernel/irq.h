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

/* At boot: the slots, one per interrupt, zeroed memory of the window. */
void irq_init(struct slot *slots, unsigned count);

/* An interrupt came; one that is still raised comes again when its handler is acknowledged. Any
   CPU, no lock. */
void irq_fired(unsigned irq);

void irq_end(struct config *config, struct slot *slot);

#endif
