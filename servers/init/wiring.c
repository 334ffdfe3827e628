/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels and regions; rights.c does what concerns the host and the guest. A server's channels are
 * numbered in the manifest's order of the channels it is an end of.
 */
#include "wiring.h"

#include <string.h>

#include "rights.h"
#include "say.h"

_Static_assert(SVSM_NAME_BYTES == MANIFEST_NAME, "names are copied whole");
_Static_assert(SVSM_CHANNELS >= MANIFEST_CHANNELS, "every channel has a row");

struct svsm_start_channel *wiring_end(struct system *system, unsigned channel,
                                      enum manifest_role role, unsigned *number)
{
    uint32_t server = system->manifest->channels[channel].ends[role].server;

    *number = 0;
    for (unsigned i = 0; i < channel; i++) {
        const struct manifest_end *ends = system->manifest->channels[i].ends;

        *number += ends[MANIFEST_CALLER].server == server || ends[MANIFEST_CALLEE].server == server;
    }
    return &system->servers[server].start->channels[*number];
}

/* init's own slots are wherever one is free. */
static seL4_Word slot_for(const struct system *system, uint32_t server, seL4_CPtr *slot)
{
    if (server != system->manifest->init)
        return seL4_Slot(system->servers[server].cnode, *slot);
    *slot = slots_new(1);
    return object_place(*slot);
}

static void give_end(struct system *system, unsigned channel, enum manifest_role role)
{
    const struct manifest_end *ends = system->manifest->channels[channel].ends;
    const struct manifest_end *own = &ends[role], *peer = &ends[MANIFEST_ENDS - 1 - role];
    const struct server *other = &system->servers[peer->server];
    unsigned number, theirs;
    struct svsm_start_channel *row = wiring_end(system, channel, role, &number);
    seL4_CPtr slot = SVSM_SLOT_CHANNELS + 2 * number;
    seL4_Word place;

    wiring_end(system, channel, MANIFEST_ENDS - 1 - role, &theirs);
    memcpy(row->name, own->name, sizeof(row->name));
    row->role = role == MANIFEST_CALLER ? SVSM_ROLE_CLIENT : SVSM_ROLE_SERVER;
    row->peer_generation = 1;
    if (role == MANIFEST_CALLER) {
        place = slot_for(system, own->server, &slot);
        object_give(place, other->endpoint, seL4_CanWrite, SVSM_BADGE_FROM(theirs));
        row->endpoint = (uint32_t)slot;
    }
    slot = SVSM_SLOT_CHANNELS + 2 * number + 1;
    if (peer->notified) {
        place = slot_for(system, own->server, &slot);
        object_give(place, other->notification, seL4_CanWrite, SVSM_BADGE_SIGNAL(theirs));
        row->notification = (uint32_t)slot;
    }
}

/* Each end's mapping is of a capability of its own; init, where it is an end, has one already. */
static uint64_t map_shared(struct server *server, const struct pages *memory, enum access access)
{
    uint64_t va;

    if (server->space.vspace == space_own.vspace)
        return (uint64_t)memory->mine;
    va = server_place(server, memory->count);
    pages_map_copies(&server->space, memory, va, access);
    return va;
}

static void share_memory(struct system *system, unsigned channel)
{
    const struct manifest_channel *c = &system->manifest->channels[channel];
    uint64_t bytes = manifest_channel_bytes(c);
    struct pages memory;

    if (bytes == 0)
        return;
    memory = pages_new(bytes / PAGE);
    for (unsigned role = 0; role < MANIFEST_ENDS; role++) {
        struct server *server = &system->servers[c->ends[role].server];
        unsigned number;
        struct svsm_start_channel *row = wiring_end(system, channel, role, &number);

        row->memory = map_shared(server, &memory, ACCESS_WRITE);
        row->message_size = c->message;
        row->ring_in = c->rings[role];
        row->ring_out = c->rings[MANIFEST_ENDS - 1 - role];
        server->pages[AREA_SHARED] += (uint32_t)(role == MANIFEST_CALLER ? memory.count : 0);
    }
}

static void build_channel(struct system *system, unsigned channel)
{
    const struct manifest_channel *c = &system->manifest->channels[channel];

    for (unsigned role = 0; role < MANIFEST_ENDS; role++) {
        system->servers[c->ends[role].server].start->channel_count++;
        give_end(system, channel, role);
    }
    share_memory(system, channel);
}

static void build_region(struct system *system, const struct manifest_region *region)
{
    struct pages memory = pages_new(region->size / PAGE);

    for (uint32_t i = 0; i < region->user_count; i++) {
        const struct manifest_user *user = &region->users[i];
        struct server *server = &system->servers[user->server];
        struct svsm_start_window *row = rights_window(server, region->name);
        enum access access = ACCESS_READ;

        if ((user->rights & MANIFEST_WRITE) != 0)
            access = ACCESS_WRITE;
        else if ((user->rights & MANIFEST_EXECUTE) != 0)
            access = ACCESS_EXECUTE;
        row->address = map_shared(server, &memory, access);
        row->size = region->size;
        row->rights = (uint32_t)(access == ACCESS_WRITE ? seL4_ReadWrite : seL4_CanRead);
        server->pages[AREA_SHARED] += (uint32_t)(i == 0 ? memory.count : 0);
    }
}

static void describe(struct system *system, struct server *server)
{
    struct svsm_start *start = server->start;

    start->magic = SVSM_START_MAGIC;
    start->version = SVSM_START_VERSION;
    start->size = sizeof(*start);
    memcpy(start->name, server->entry->name, sizeof(start->name));
    start->generation = 1;
    start->priority = server->entry->priority;
    start->block = server->block_va;
    start->tsc_hz = system->boot->tscHz;
    start->features = system->boot->features;
}

void wiring_build(struct system *system)
{
    for (unsigned i = 0; i < system->count; i++)
        describe(system, &system->servers[i]);
    for (unsigned i = 0; i < system->manifest->channel_count; i++)
        build_channel(system, i);
    for (unsigned i = 0; i < system->manifest->region_count; i++)
        build_region(system, &system->manifest->regions[i]);
    for (unsigned i = 0; i < system->count; i++)
        rights_build(system, &system->servers[i]);
}
