/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library asks of its surroundings, and arithmetic on offsets.
 *
 * The memory functions are declared here and not taken from string.h, so that the same sources
 * serve programs that have no libc but these.
 */
#ifndef IGVM_BYTES_H
#define IGVM_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *one, const void *other, size_t size);

static inline uint32_t load_u32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline void store_u32(uint8_t *bytes, uint32_t value)
{
    memcpy(bytes, &value, sizeof(value));
}

/* Headers start at multiples of eight. */
static inline uint64_t round_up_8(uint64_t value)
{
    return (value + 7u) & ~(uint64_t)7u;
}

static inline bool is_one_bit(uint32_t mask)
{
    return mask != 0 && (mask & (mask - 1)) == 0;
}

static inline bool all_zero(const uint8_t *bytes, size_t size)
{
    size_t i = 0;

    while (i < size && bytes[i] == 0) {
        i++;
    }
    return i == size;
}

#endif
