/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hooks of a host that misbehaves on purpose: hostile=NAME, at=N.
 *
 * Each hook is called where the honest host stands at a decision; with no behaviour chosen it costs
 * one comparison. A behaviour acts once, at the N-th time its hook is reached (at=0: every time),
 * and says so on the console, so that a test knows that the attack took place.
 */
#ifndef SNPMACHINE_HOST_HOSTILE_H
#define SNPMACHINE_HOST_HOSTILE_H

#include "host/ghcb.h"
#include "host/psc.h"

/* Reads the options; an unknown behaviour ends the machine with MACHINE_MISUSE. */
void hostile_init(void);

/* The guest has left a mark, as it does in an event trace. */
void hostile_mark(uint64_t number);

void hostile_before_entry(struct vcpu *vcpu);
void hostile_during_call(struct ghcb_call *call);
void hostile_forge_answer(struct ghcb_call *call);
uint64_t hostile_forge_msr(uint64_t answer);

/* A vCPU that does not run; true: this CPU is busy with mischief and must not sleep. */
bool hostile_idle(struct vcpu *vcpu);

/* true: the page state change is left out, and the guest is told that it is done. */
bool hostile_page_state(const struct page_state_entry *page);

/* The spa of the VMSA that an AP creation uses. */
uint64_t hostile_created(uint64_t spa);

/* true: it has set the VMCB's event_inj. */
bool hostile_inject(struct vcpu *vcpu);

#endif
