/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM's clock: nanoseconds since some start, from one source, never going back.
 */
#ifndef VTPM_CLOCK_H
#define VTPM_CLOCK_H

#include <stdint.h>

struct clock_source {
    uint64_t (*nanoseconds)(void *context);
    void *context;
};

void clock_open(const struct clock_source *source);

/* A reading below an earlier one counts as the earlier one. */
uint64_t clock_now(void);

#endif
