/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linked into the vTPM for tests: ends it by a fault in the middle of one command, a GetRandom of
 * DEADh bytes. libtpms asks for the time once it has begun with a command, and finds no memory.
 */
#include <string.h>

#include <svsm/channel.h>
#include <svsm/hook.h>
#include <svsm/time.h>

uint64_t __real_time_nanoseconds(void);
uint64_t __wrap_time_nanoseconds(void);

static uint32_t *volatile grave = (uint32_t *)16; /* where no page ever is */
static bool dying;

/* A GetRandom in the page: nine bytes of protocol, then a command of twelve. */
static bool is_last_command(const uint8_t *page)
{
    static const uint8_t last[] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7b, 0xde, 0xad};

    return memcmp(page + 9, last, sizeof last) == 0;
}

void svsm_hook(enum svsm_point point, uint32_t channel)
{
    size_t size;
    const uint8_t *page = channel_memory(channel_find("vtpm"), &size);

    (void)channel;
    dying = point == SVSM_POINT_RECEIVED && page != NULL && is_last_command(page);
}

uint64_t __wrap_time_nanoseconds(void)
{
    if (dying)
        *grave = 0;
    return __real_time_nanoseconds();
}
