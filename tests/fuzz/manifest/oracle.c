/* SPDX-License-Identifier: BSD-2-Clause */
/* The manifest's promises; see oracle.h. */
#include "oracle.h"

#include "manifest.h"

#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void check_text(const char *text, size_t room)
{
    assert(memchr(text, 0, room) != NULL);
    for (; *text != 0; text++) {
        assert(*text >= ' ' && *text <= '~');
    }
}

static void check_name(const char *name)
{
    assert(memchr(name, 0, MANIFEST_NAME) != NULL);
    assert(name[0] >= 'a' && name[0] <= 'z');
    assert(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(name));
}

static bool pages(uint64_t size, uint64_t least)
{
    return size % 4096 == 0 && size >= least && size <= UINT64_C(1) << 30;
}

static void check_server(const struct manifest *manifest, const struct manifest_server *server)
{
    bool init = server == &manifest->servers[manifest->init];
    bool again = server->restart == MANIFEST_RESTART_ALWAYS;

    check_name(server->name);
    check_name(server->image);
    assert(init == (strcmp(server->name, "init") == 0));
    assert(init ? server->priority == 63 : server->priority >= 1 && server->priority < 63);
    assert(pages(server->stack, 4096) && pages(server->heap, 0));
    assert(server->restart >= 1 && server->restart <= 3);
    assert(again == (server->restart_delay_ms != 0) &&
           again == (server->restart_delay_max_ms != 0));
    assert(again || server->restart_limit == 0);
    assert(server->restart_delay_ms <= server->restart_delay_max_ms);
    assert(!(again && server->fail_closed) && !(init && server->fail_closed));
    assert(server->window_count <= 4 && server->pipe_count <= 4);
    assert(server->interrupt_count <= 4 && server->protocol_count <= 4);
    assert((server->host_calls & ~3u) == 0 && server->shared_pages <= 4096);
}

/* A server is compared with itself too; a grant is not compared with itself. */
static void check_windows(const struct manifest_server *one, const struct manifest_server *other)
{
    for (uint32_t i = 0; i < one->window_count; i++) {
        const struct manifest_window *a = &one->windows[i];
        assert(a->address % 4096 == 0 && pages(a->size, 4096));
        for (uint32_t j = 0; j < other->window_count; j++) {
            const struct manifest_window *b = &other->windows[j];
            assert(a == b || a->address + a->size <= b->address ||
                   b->address + b->size <= a->address);
        }
    }
}

static void check_ports(const struct manifest_server *one, const struct manifest_server *other)
{
    for (uint32_t i = 0; i < one->pipe_count; i++) {
        const struct manifest_pipe *a = &one->pipes[i];
        assert(a->ports >= 1 && a->first_port + a->ports <= 65536);
        for (uint32_t j = 0; j < other->pipe_count; j++) {
            const struct manifest_pipe *b = &other->pipes[j];
            assert(a == b || a->first_port + a->ports <= b->first_port ||
                   b->first_port + b->ports <= a->first_port);
        }
    }
}

static void check_numbers(const struct manifest_server *one, const struct manifest_server *other)
{
    for (uint32_t i = 0; i < one->interrupt_count; i++) {
        for (uint32_t j = 0; j < other->interrupt_count; j++) {
            assert(&one->interrupts[i] == &other->interrupts[j] ||
                   one->interrupts[i].line != other->interrupts[j].line);
        }
    }
    for (uint32_t i = 0; i < one->protocol_count; i++) {
        assert(one->protocols[i].number >= 1 && one->protocols[i].number <= 7);
        for (uint32_t j = 0; j < other->protocol_count; j++) {
            assert(&one->protocols[i] == &other->protocols[j] ||
                   one->protocols[i].number != other->protocols[j].number);
        }
    }
    assert(one == other || (one->host_calls & other->host_calls & 2u) == 0);
    assert(one == other || strcmp(one->name, other->name) != 0);
}

static void check_channels(const struct manifest *manifest)
{
    for (uint32_t i = 0; i < manifest->channel_count; i++) {
        const struct manifest_channel *channel = &manifest->channels[i];
        const struct manifest_end *ends = channel->ends;
        check_name(channel->name);
        assert(ends[0].server < manifest->server_count && ends[1].server < manifest->server_count);
        assert(manifest->servers[ends[0].server].priority <
               manifest->servers[ends[1].server].priority);
        assert(pages(channel->message, 0));
        for (unsigned role = 0; role < 2; role++) {
            check_name(ends[role].name);
            assert(pages(channel->rings[role], 0) && __builtin_popcount(channel->rings[role]) <= 1);
        }
    }
}

/* No server has two ends of one name. */
static void check_ends(const struct manifest *manifest)
{
    for (uint32_t i = 0; i < 2 * manifest->channel_count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            const struct manifest_end *a = &manifest->channels[i / 2].ends[i % 2];
            const struct manifest_end *b = &manifest->channels[j / 2].ends[j % 2];
            assert(a->server != b->server || strcmp(a->name, b->name) != 0);
        }
    }
}

static void check_regions(const struct manifest *manifest)
{
    for (uint32_t i = 0; i < manifest->region_count; i++) {
        const struct manifest_region *region = &manifest->regions[i];
        uint32_t seen = 0;
        uint32_t rights = 0;
        check_name(region->name);
        assert(pages(region->size, 4096));
        assert(region->user_count >= 2 && region->user_count <= MANIFEST_USERS);
        for (uint32_t j = 0; j < region->user_count; j++) {
            assert(region->users[j].server < manifest->server_count);
            assert((seen >> region->users[j].server & 1) == 0);
            seen |= 1u << region->users[j].server;
            rights |= region->users[j].rights;
        }
        assert((rights & MANIFEST_READ) != 0);
        assert((rights & 6u) != 6u);
    }
}

static void check_accepted(const struct manifest *manifest)
{
    assert(manifest->server_count <= MANIFEST_SERVERS && manifest->init < manifest->server_count);
    assert(manifest->channel_count <= MANIFEST_CHANNELS);
    assert(manifest->region_count <= MANIFEST_REGIONS);
    for (uint32_t i = 0; i < manifest->server_count; i++) {
        check_server(manifest, &manifest->servers[i]);
        for (uint32_t j = 0; j < manifest->server_count; j++) {
            check_windows(&manifest->servers[i], &manifest->servers[j]);
            check_ports(&manifest->servers[i], &manifest->servers[j]);
            check_numbers(&manifest->servers[i], &manifest->servers[j]);
        }
    }
    check_channels(manifest);
    check_ends(manifest);
    check_regions(manifest);
    assert(manifest_bytes(manifest) <= manifest->memory);
}

bool oracle_check(const uint8_t *bytes, size_t size)
{
    static struct manifest manifest;
    struct manifest_error error;
    uint8_t *tree = NULL; /* exactly as long as the tree: one byte beyond is a finding */
    bool accepted;

    assert(posix_memalign((void **)&tree, 8, size == 0 ? 1 : size) == 0);
    if (size != 0) {
        memcpy(tree, bytes, size);
    }
    memset(&manifest, 0xa5, sizeof(manifest));
    memset(&error, 0xa5, sizeof(error));
    accepted = manifest_parse(tree, size, &manifest, &error);
    check_text(error.node, sizeof(error.node));
    check_text(error.property, sizeof(error.property));
    check_text(error.reason, sizeof(error.reason));
    assert(accepted == (error.reason[0] == 0) && accepted == (error.node[0] == 0));
    if (accepted) {
        check_accepted(&manifest);
    }
    assert(size == 0 || memcmp(tree, bytes, size) == 0);
    free(tree);
    return accepted;
}
