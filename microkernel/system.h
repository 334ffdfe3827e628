/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system as a whole, as a capability: sealing it, ending it, checking it.
 *
 * Once sealed, methods that make authority are refused for ever: the capability graph can only
 * shrink. Sharing: set once under the configuration lock, read under it.
 */
#ifndef MICROKERNEL_SYSTEM_H
#define MICROKERNEL_SYSTEM_H

#include <stdbool.h>

bool system_is_sealed(void);

#endif
