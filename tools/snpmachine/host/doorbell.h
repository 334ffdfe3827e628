/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The #HV doorbell of restricted injection; see doorbell.c. Everything here runs on the vCPU's own
 * CPU while it is outside of the guest.
 */
#ifndef SNPMACHINE_HOST_DOORBELL_H
#define SNPMACHINE_HOST_DOORBELL_H

#include "host/vcpu.h"

#define LEVEL_RESTRICTED (1ull << 3) /* of SEV_FEATURES */

/* Does this host offer restricted injection? Set once, at start. */
void doorbell_offer(bool restricted);
bool doorbell_offered(void);

/* Is it in force at this VMPL? */
bool doorbell_used(const struct level *level);

/* Would a vector (an NMI) be taken now? */
bool doorbell_open(const struct level *level, bool nmi);

/* Writes it into the open page, and injects #HV if the guest does not look there already. */
void doorbell_ring(struct level *level, uint8_t vector, bool nmi);

#endif
