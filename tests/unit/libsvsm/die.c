/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ends the server at a point of the thousandth message of each of its first lives: where DIE_AT
 * says, and where there is no environment, at CPL3, before the message is handled and after it in
 * turn.
 */
#include <stdlib.h>
#include <svsm/channel.h>
#include <svsm/hook.h>

#define LIVES 3u
#define SUMS  1000u
#define BYTES 98100u

static unsigned point_to_die_at(uint32_t generation)
{
#if __STDC_HOSTED__
    const char *when = getenv("DIE_AT");

    if (when != NULL) {
        return (unsigned)strtoul(when, NULL, 10);
    }
#endif
    return generation % 2 != 0 ? SVSM_POINT_RECEIVED : SVSM_POINT_HANDLED;
}

void svsm_hook(enum svsm_point point, uint32_t channel)
{
    static unsigned messages;
    uint32_t generation = server_start()->generation;

    (void)channel;
    if (generation <= LIVES && point == point_to_die_at(generation) &&
        ++messages == (generation < LIVES ? SUMS : BYTES)) {
        svsm_panic("as the test wants it");
    }
}
