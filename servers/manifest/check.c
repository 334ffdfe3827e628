/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers, the calls between them, their memory; see check.h. */
#include "check.h"

#include "refusal.h"
#include "text.h"

static bool refuse(struct manifest_error *error, const char *node, const char *reason)
{
    refusal_place(error, node, "", NULL);
    return refusal_reason(error, reason, NULL);
}

/* init watches the others, so it comes first whenever it can run, and nobody restarts it. */
static bool check_init(const struct manifest *manifest, struct manifest_error *error)
{
    const struct manifest_server *init = &manifest->servers[manifest->init];

    if (manifest_find_server(manifest, "init") < 0) {
        return refuse(error, "/servers", "there has to be a server called \"init\"");
    }
    if (init->priority != MANIFEST_PRIORITY_MAX) {
        return refuse(error, "/servers/init", "init has priority 63");
    }
    if (init->restart != MANIFEST_RESTART_NEVER || init->fail_closed) {
        return refuse(error, "/servers/init",
                      "restart is \"never\" and not fail-closed: without init the machine ends");
    }
    if (init->protocol_count != 0) {
        return refuse(error, "/servers/init", "init serves no protocol of the guest");
    }
    return true;
}

static bool check_restart(const struct manifest_server *server, struct manifest_error *error)
{
    bool again = server->restart == MANIFEST_RESTART_ALWAYS;

    refusal_place(error, "/servers/", server->name, "restart");
    if (again && (server->restart_delay_ms == 0 || server->restart_delay_max_ms == 0)) {
        return refusal_reason(
            error, "\"always\" needs restart-delay-ms and restart-delay-max-ms, the back-off",
            NULL);
    }
    if (!again &&
        (server->restart_delay_ms | server->restart_delay_max_ms | server->restart_limit) != 0) {
        return refusal_reason(error, "restart-delay-ms, restart-delay-max-ms and restart-limit ",
                              "are for \"always\" only", NULL);
    }
    if (server->restart_delay_ms > server->restart_delay_max_ms) {
        return refusal_reason(error, "restart-delay-ms is above restart-delay-max-ms", NULL);
    }
    if (again && server->fail_closed) {
        return refusal_reason(error, "fail-closed is for servers that are not restarted", NULL);
    }
    return true;
}

/* How many channels' ends and protocols a server has, and how many places in memory. */
static uint32_t links(const struct manifest *manifest, uint32_t server)
{
    uint32_t count = manifest->servers[server].protocol_count;

    for (uint32_t i = 0; i < manifest->channel_count; i++) {
        for (unsigned role = 0; role < MANIFEST_ENDS; role++) {
            count += manifest->channels[i].ends[role].server == server;
        }
    }
    return count;
}

static uint32_t places(const struct manifest *manifest, uint32_t server)
{
    uint32_t count =
        manifest->servers[server].window_count + (manifest->servers[server].shared_pages != 0);

    for (uint32_t i = 0; i < manifest->region_count; i++) {
        for (uint32_t j = 0; j < manifest->regions[i].user_count; j++) {
            count += manifest->regions[i].users[j].server == server;
        }
    }
    return count;
}

static bool check_room(const struct manifest *manifest, uint32_t index,
                       struct manifest_error *error)
{
    const struct manifest_server *server = &manifest->servers[index];
    uint64_t rights =
        server->pipe_count + (server->host_calls & 1u) + (server->host_calls >> 1 & 1u);

    for (uint32_t i = 0; i < server->window_count; i++) {
        rights += server->windows[i].size / MANIFEST_PAGE;
    }
    refusal_place(error, "/servers/", server->name, NULL);
    if (links(manifest, index) > MANIFEST_LINKS) {
        return refusal_reason(error, "it has more than 32 channels and protocols", NULL);
    }
    if (places(manifest, index) > MANIFEST_PLACES) {
        return refusal_reason(
            error, "it has more than 8 windows, interrupts, regions and shared memory", NULL);
    }
    if (rights > MANIFEST_HOST_RIGHTS) {
        return refusal_reason(error, "it has more than 8 pages of windows, pipes and host calls",
                              NULL);
    }
    return true;
}

static bool check_servers(const struct manifest *manifest, struct manifest_error *error)
{
    for (uint32_t i = 0; i < manifest->server_count; i++) {
        const struct manifest_server *server = &manifest->servers[i];
        if (!check_restart(server, error) || !check_room(manifest, i, error)) {
            return false;
        }
        if (i != manifest->init && server->priority == MANIFEST_PRIORITY_MAX) {
            refusal_place(error, "/servers/", server->name, "priority");
            return refusal_reason(error, "priority 63 is init's alone", NULL);
        }
    }
    return true;
}

/* Whom a server can reach by calls, directly or through others: bit n for server n. */
static uint32_t reachable(const struct manifest *manifest, uint32_t from)
{
    uint32_t reached = UINT32_C(1) << from;
    uint32_t before;

    do {
        before = reached;
        for (uint32_t i = 0; i < manifest->channel_count; i++) {
            const struct manifest_end *ends = manifest->channels[i].ends;
            if ((reached >> ends[MANIFEST_CALLER].server & 1) != 0) {
                reached |= UINT32_C(1) << ends[MANIFEST_CALLEE].server;
            }
        }
    } while (reached != before);
    return reached;
}

static bool check_call(const struct manifest *manifest, const struct manifest_channel *channel,
                       struct manifest_error *error)
{
    uint32_t from = channel->ends[MANIFEST_CALLER].server;
    uint32_t to = channel->ends[MANIFEST_CALLEE].server;
    const struct manifest_server *caller = &manifest->servers[from];
    const struct manifest_server *callee = &manifest->servers[to];
    struct number_text low;
    struct number_text high;

    refusal_place(error, "/channels/", channel->name, NULL);
    if (from == to) {
        return refusal_reason(error, "both ends belong to \"", caller->name, "\"", NULL);
    }
    if (callee->priority > caller->priority) {
        return true;
    }
    if ((reachable(manifest, to) >> from & 1) != 0) {
        return refusal_reason(error, "a cycle: \"", caller->name, "\" calls \"", callee->name,
                              "\", which calls it back, directly or through others", NULL);
    }
    return refusal_reason(error, "calls go to a strictly higher priority: \"", caller->name,
                          "\" has ", text_decimal(&low, caller->priority), ", \"", callee->name,
                          "\" has ", text_decimal(&high, callee->priority), NULL);
}

static bool check_channels(const struct manifest *manifest, struct manifest_error *error)
{
    for (uint32_t i = 0; i < manifest->channel_count; i++) {
        const struct manifest_channel *channel = &manifest->channels[i];
        if (!check_call(manifest, channel, error)) {
            return false;
        }
        for (unsigned role = 0; role < MANIFEST_ENDS; role++) {
            if ((channel->rings[role] & (channel->rings[role] - 1)) != 0) {
                refusal_place(error, "/channels/", channel->name,
                              role == MANIFEST_CALLER ? "ring-to-caller" : "ring-to-callee");
                return refusal_reason(error, "a ring's size is a power of two", NULL);
            }
        }
    }
    return true;
}

/* One user's rights are never "rwx"; nor may one write what another executes. */
static bool check_regions(const struct manifest *manifest, struct manifest_error *error)
{
    for (uint32_t i = 0; i < manifest->region_count; i++) {
        const struct manifest_region *region = &manifest->regions[i];
        uint32_t rights = 0;
        for (uint32_t j = 0; j < region->user_count; j++) {
            rights |= region->users[j].rights;
        }
        refusal_place(error, "/regions/", region->name, NULL);
        if (region->user_count < 2) {
            return refusal_reason(error, "a region has two users at least; one alone has its heap",
                                  NULL);
        }
        if ((rights & MANIFEST_WRITE) != 0 && (rights & MANIFEST_EXECUTE) != 0) {
            return refusal_reason(error, "memory is never writable and executable, ",
                                  "not through two servers either", NULL);
        }
    }
    return true;
}

static bool check_memory(const struct manifest *manifest, struct manifest_error *error)
{
    uint64_t needed = manifest_bytes(manifest);
    struct number_text left;
    struct number_text right;

    if (needed <= manifest->memory) {
        return true;
    }
    refusal_place(error, "/", "", "memory");
    return refusal_reason(error, "everything together takes ", text_hex(&left, needed),
                          " bytes, more than ", text_hex(&right, manifest->memory), NULL);
}

bool check_manifest(const struct manifest *manifest, struct manifest_error *error)
{
    return check_init(manifest, error) && check_servers(manifest, error) &&
           check_channels(manifest, error) && check_regions(manifest, error) &&
           check_names(manifest, error) && check_grants(manifest, error) &&
           check_memory(manifest, error);
}
