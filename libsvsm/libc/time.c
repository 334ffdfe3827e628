/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock: counter * (10^9 * 2^32 / frequency) / 2^32, without a division at reading time.
 */
#include <svsm/time.h>

#define NANOSECONDS_32 (UINT64_C(1000000000) << 32)

__extension__ typedef unsigned __int128 uint128;

static uint64_t frequency;

void time_open(uint64_t counter_hz)
{
    frequency = counter_hz;
}

uint64_t time_convert(uint64_t counter, uint64_t counter_hz)
{
    if (counter_hz == 0)
        return 0;
    return (uint64_t)((uint128)counter * (NANOSECONDS_32 / counter_hz) >> 32);
}

uint64_t time_nanoseconds(void)
{
    return time_convert(__builtin_ia32_rdtsc(), frequency);
}
