/* SPDX-License-Identifier: BSD-2-Clause */
/* See bell.h. */
#define _POSIX_C_SOURCE 200809L
#include "bell.h"

#include <time.h>

static uint64_t signals, restarts;

static enum svsm_status look(struct channel *from, const struct bell_look_in *in,
                             struct bell_look_out *out)
{
    (void)from;
    (void)in;
    out->signals = signals;
    out->restarts = restarts;
    return SVSM_OK;
}

static enum svsm_status ring(struct channel *from, const struct bell_ring_in *in,
                             struct bell_ring_out *out)
{
    (void)in;
    (void)out;
    return channel_notify(from);
}

/* Its own operation is the first to meet the new client. */
static enum svsm_status linger(struct channel *from, const struct bell_linger_in *in,
                               struct bell_linger_out *out)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    enum svsm_status status;

    (void)in;
    (void)out;
    while ((status = channel_check(from)) == SVSM_OK) {
        nanosleep(&moment, NULL);
    }
    return status;
}

static void notified(struct channel *from)
{
    (void)from;
    signals++;
}

static void restarted(struct channel *from)
{
    (void)from;
    restarts++;
}

int main(void)
{
    static const struct bell_handlers handlers = {.look = look, .ring = ring, .linger = linger};
    static const struct service services[] = {{.channel = "client",
                                               .call = bell_serve,
                                               .handlers = &handlers,
                                               .notified = notified,
                                               .restarted = restarted}};

    server_run(services, 1);
}
