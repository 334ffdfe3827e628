/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock, and the two names of the C library by which libtpms asks for it. Both tell the same
 * time whatever clock is named: there is only one, and nothing a guest does changes its rate.
 */
#define _POSIX_C_SOURCE 200809L
#include "clock.h"

#include <time.h>

enum { NANOSECONDS = 1000000000 };

static struct clock_source clock_source;
static uint64_t latest;

void clock_open(const struct clock_source *source)
{
    clock_source = *source;
    latest = 0;
}

uint64_t clock_now(void)
{
    uint64_t now;

    if (clock_source.nanoseconds == NULL)
        return latest;
    now = clock_source.nanoseconds(clock_source.context);
    if (now > latest)
        latest = now;
    return latest;
}

int clock_gettime(clockid_t id, struct timespec *tp)
{
    uint64_t now = clock_now();

    (void)id;
    tp->tv_sec = (time_t)(now / NANOSECONDS);
    tp->tv_nsec = (long)(now % NANOSECONDS);
    return 0;
}

clock_t clock(void)
{
    return (clock_t)(clock_now() / (NANOSECONDS / CLOCKS_PER_SEC));
}
