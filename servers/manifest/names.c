/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server knows everything it holds by name; each name of one server means one thing.
 *
 * Channels have a name of their own and one at each end: a server never sees the name of the
 * channel, nor what the other end calls it. An interrupt may have the name of the window it is of.
 */
#include "check.h"

#include "refusal.h"
#include "text.h"

#define NAMES                                                                                      \
    (MANIFEST_WINDOWS + MANIFEST_PIPES + MANIFEST_INTERRUPTS + MANIFEST_PROTOCOLS +                \
     2 * MANIFEST_CHANNELS + MANIFEST_REGIONS)

struct named {
    const char *name;
    const char *what;
    const char *of; /* the channel's or region's own name, else NULL */
};

struct names {
    struct named list[NAMES];
    uint32_t count;
};

static void add(struct names *names, const char *name, const char *what, const char *of)
{
    names->list[names->count++] = (struct named){name, what, of};
}

/* A window and its interrupt may have one name, and are one place then. */
static bool is_window(const struct manifest_server *server, const char *name)
{
    for (uint32_t i = 0; i < server->window_count; i++) {
        if (text_equal(server->windows[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void add_own(struct names *names, const struct manifest_server *server)
{
    for (uint32_t i = 0; i < server->window_count; i++) {
        add(names, server->windows[i].name, "a window", NULL);
    }
    for (uint32_t i = 0; i < server->pipe_count; i++) {
        add(names, server->pipes[i].name, "a pipe", NULL);
    }
    for (uint32_t i = 0; i < server->interrupt_count; i++) {
        if (!is_window(server, server->interrupts[i].name)) {
            add(names, server->interrupts[i].name, "an interrupt", NULL);
        }
    }
    for (uint32_t i = 0; i < server->protocol_count; i++) {
        add(names, server->protocols[i].name, "a protocol", NULL);
    }
}

static void add_region(struct names *names, const struct manifest_region *region, uint32_t server)
{
    for (uint32_t i = 0; i < region->user_count; i++) {
        if (region->users[i].server == server) {
            add(names, region->name, "a region", region->name);
        }
    }
}

/* Ends come last, so that the end is what a conflict is reported at. */
static void add_shared(struct names *names, const struct manifest *manifest, uint32_t server)
{
    for (uint32_t i = 0; i < manifest->region_count; i++) {
        add_region(names, &manifest->regions[i], server);
    }
    for (uint32_t i = 0; i < manifest->channel_count; i++) {
        const struct manifest_channel *channel = &manifest->channels[i];
        for (unsigned role = 0; role < MANIFEST_ENDS; role++) {
            if (channel->ends[role].server == server) {
                add(names, channel->ends[role].name,
                    role == MANIFEST_CALLER ? "the caller's end" : "the callee's end",
                    channel->name);
            }
        }
    }
}

static bool refuse_name(struct manifest_error *error, const char *server, const struct named *named,
                        const struct named *before)
{
    if (named->of != NULL) {
        refusal_place(error, named->of == named->name ? "/regions/" : "/channels/", named->of,
                      NULL);
    } else {
        refusal_place(error, "/servers/", server, NULL);
    }
    return refusal_reason(error, "to \"", server, "\" the name \"", named->name, "\" is ",
                          before->what, before->of == NULL ? "" : " of ",
                          before->of == NULL ? "" : before->of, " already", NULL);
}

static bool check_server(const struct manifest *manifest, uint32_t server,
                         struct manifest_error *error)
{
    struct names names = {.count = 0};

    add_own(&names, &manifest->servers[server]);
    add_shared(&names, manifest, server);
    for (uint32_t i = 0; i < names.count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (text_equal(names.list[i].name, names.list[j].name)) {
                return refuse_name(error, manifest->servers[server].name, &names.list[i],
                                   &names.list[j]);
            }
        }
    }
    return true;
}

bool check_names(const struct manifest *manifest, struct manifest_error *error)
{
    for (uint32_t i = 0; i < manifest->server_count; i++) {
        if (!check_server(manifest, i, error)) {
            return false;
        }
    }
    return true;
}
