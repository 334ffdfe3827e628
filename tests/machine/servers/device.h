/* SPDX-License-Identifier: BSD-2-Clause */
/* What the driver of the test of devices and its judge share: the region "counts". */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdint.h>

enum { DEVICE_INIT, DEVICE_DRIVER, DEVICE_JUDGE };

struct counts {
    uint64_t edges, levels; /* interrupts of the clock and the HPET */
    uint64_t end;   /* not 0: the driver ends at the next level, before it acknowledges it */
    uint64_t wrong; /* line of the first thing that was not as it should be */
};

#endif
