/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest server that does something: it adds up numbers, and says so in the log. Copy this
 * folder to write your own; README.md walks through it.
 */
#include <svsm/interface/log.h>

#include "example.h"

#define MOST 1000000u /* no sum grows beyond this */

static struct channel *log_channel;
static uint64_t sum;

static enum svsm_status add(struct channel *from, const struct example_add_in *in,
                            struct example_add_out *out)
{
    (void)from;
    if (in->amount > MOST - sum) {
        log_say(log_channel, LOG_WARNING, "a sum would have become too large");
        return SVSM_DENIED;
    }
    sum += in->amount;
    out->sum = sum;
    return SVSM_OK;
}

/* The client has been started anew, so its sum starts anew. */
static void restarted(struct channel *from)
{
    (void)from;
    sum = 0;
}

int main(void)
{
    static const struct example_handlers handlers = {.add = add};
    static const struct service services[] = {
        {.channel = "client", .call = example_serve, .handlers = &handlers, .restarted = restarted},
    };

    log_channel = channel_find("log");
    log_say(log_channel, LOG_NOTICE, "the example is ready");
    server_run(services, sizeof(services) / sizeof(services[0]));
}
