/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface of the example server and of the tests: numbers, and bytes through the rings.
 *
 *   add      sums two numbers; refuses (SVSM_FAILED) what does not fit 32 bits
 *   absorb   takes `length` bytes from the ring and answers their checksum (ECHO_CHECKSUM)
 *   reflect  takes `length` bytes from the ring and writes them back, each plus one
 *   count    how often this server has been called since it started
 */
#ifndef SVSM_INTERFACE_ECHO_H
#define SVSM_INTERFACE_ECHO_H

#include <svsm/interface.h>

#define ECHO_CALLS(CALL)                                                                           \
    CALL(echo, add, 1) CALL(echo, absorb, 2) CALL(echo, reflect, 3) CALL(echo, count, 4)

#define echo_add_fields(FIELD)     FIELD(u32, left) FIELD(u32, right)
#define echo_add_results(FIELD)    FIELD(u32, sum)
#define echo_absorb_fields(FIELD)  FIELD(u32, length)
#define echo_absorb_results(FIELD) FIELD(u64, checksum)
#define echo_reflect_fields(FIELD) FIELD(u32, length)
#define echo_reflect_results(FIELD)
#define echo_count_fields(FIELD)
#define echo_count_results(FIELD) FIELD(u64, calls)

SVSM_INTERFACE(echo, ECHO_CALLS)

/* FNV-1a over 64 bits, from this start. */
#define ECHO_CHECKSUM UINT64_C(0xcbf29ce484222325)

static inline uint64_t echo_checksum(uint64_t sum, const uint8_t *bytes, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

#endif
