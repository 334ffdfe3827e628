/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clearing memory, by words. There is no libc below CPL0 and nothing else is needed of one.
 */
#ifndef MICROKERNEL_BYTES_H
#define MICROKERNEL_BYTES_H

#include <stdint.h>

/* Size and address are multiples of eight. */
static inline void bytes_zero(void *start, uint64_t size)
{
    uint64_t *word = start;

    for (uint64_t i = 0; i < size / sizeof(*word); i++)
        word[i] = 0;
}

#endif
