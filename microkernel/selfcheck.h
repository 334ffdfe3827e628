/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel looks at all of its own state and ends the virtual machine if an invariant is broken.
 *
 * In test builds only: SELFCHECK is a constant, so that other builds contain none of it. It takes
 * time in proportion to the number of capabilities. Sharing: the configuration lock.
 */
#ifndef MICROKERNEL_SELFCHECK_H
#define MICROKERNEL_SELFCHECK_H

#include "cap.h"

#ifndef SELFCHECK
#define SELFCHECK 0
#endif

/* At boot: the slot everything is derived from. */
void selfcheck_start(const struct slot *root);

/* How many capabilities there are, all of them in order. */
uint64_t selfcheck(void);

#endif
