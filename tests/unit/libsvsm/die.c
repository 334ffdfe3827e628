/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends the server at the point DIE_AT names, of the thousandth message of each of its first lives.
 */
#include <stdlib.h>
#include <svsm/channel.h>
#include <svsm/hook.h>

#define LIVES    3u
#define MESSAGES 1000u

void svsm_hook(enum svsm_point point, uint32_t channel)
{
    static unsigned messages;
    const char *when = getenv("DIE_AT");

    (void)channel;
    if (when != NULL && point == (unsigned)atoi(when) && server_start()->generation <= LIVES &&
        ++messages == MESSAGES) {
        svsm_panic("as the test wants it");
    }
}
