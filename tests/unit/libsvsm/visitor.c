/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that signals and is signalled, then ends; in its third life it checks what the bell has
 * counted, and ends with the number of the check that failed.
 */
#include "bell.h"

#define LIVES 3u

enum { CHECK_SIGNALLED = 1, CHECK_COUNTS, CHECK_AGAIN, CHECK_RESTARTS };

static struct channel *bell;

/* Reached by the bell's signal. */
static void answered(struct channel *from)
{
    struct bell_look_out out = {0};

    if (bell_look(from, NULL, &out) != SVSM_OK || out.signals == 0) {
        svsm_exit(CHECK_SIGNALLED);
    }
    if (server_start()->generation < LIVES) {
        svsm_exit(CHECK_AGAIN);
    }
    svsm_exit(out.restarts == LIVES - 1 ? 0 : CHECK_RESTARTS);
}

int main(void)
{
    static const struct service services[] = {{.channel = "bell", .notified = answered}};

    bell = channel_find("bell");
    if (channel_notify(bell) != SVSM_OK || bell_ring(bell, NULL, NULL) != SVSM_OK) {
        return CHECK_COUNTS;
    }
    server_run(services, 1);
}
