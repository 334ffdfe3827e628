/* SPDX-License-Identifier: BSD-2-Clause */
/* See graph_slots.h. The slots' numbers and the badges are start.h's. */
#include "graph_slots.h"

#include <string.h>

#include <svsm/hostcall.h>

#include "say.h"

#define SLOTS (1u << SVSM_CNODE_BITS)

struct held graph_inspect(seL4_CNode cnode, seL4_Word index)
{
    seL4_Word words[seL4_MsgMaxLength];

    if (seL4_CNode_Inspect(cnode, index, words) != seL4_NoError)
        init_fail("a slot can not be inspected");
    return (struct held){
        .type = words[0] & 0xff,
        .rights = words[0] >> 8,
        .object = words[1],
        .badge = words[2],
        .data = words[3],
    };
}

/* What is wanted, where the checks look. */
struct wanted {
    const struct system *system;
    unsigned number;
    struct held *slots;
};

/* The object behind a capability that init keeps. */
static void want(const struct wanted *w, unsigned slot, seL4_CPtr original, struct held held)
{
    struct held kept = graph_inspect(seL4_CapInitThreadCNode, original);

    held.type = kept.type;
    held.object = kept.object;
    held.data = kept.data;
    w->slots[slot] = held;
}

static unsigned channel_number(const struct manifest *m, unsigned channel, uint32_t server)
{
    unsigned number = 0;

    for (unsigned i = 0; i < channel; i++)
        for (unsigned role = 0; role < MANIFEST_ENDS; role++)
            number += m->channels[i].ends[role].server == server;
    return number;
}

static void want_channel(const struct wanted *w, unsigned channel, enum manifest_role role)
{
    const struct manifest *m = w->system->manifest;
    const struct manifest_end *peer = &m->channels[channel].ends[MANIFEST_ENDS - 1 - role];
    const struct server *other = &w->system->servers[peer->server];
    unsigned slot = SVSM_SLOT_CHANNELS + 2 * channel_number(m, channel, w->number);
    unsigned theirs = channel_number(m, channel, peer->server);

    if (role == MANIFEST_CALLER)
        want(w, slot, other->endpoint,
             (struct held){.rights = seL4_CanWrite, .badge = SVSM_BADGE_FROM(theirs)});
    if (peer->notified)
        want(w, slot + 1, other->notification,
             (struct held){.rights = seL4_CanWrite, .badge = SVSM_BADGE_SIGNAL(theirs)});
}

static void want_host_call(const struct wanted *w, unsigned *number, uint64_t class,
                           uint64_t argument)
{
    w->slots[SVSM_SLOT_HOST_CALLS + (*number)++] = (struct held){
        .type = CAP_HostCall,
        .rights = seL4_ReadWrite,
        .badge = argument,
        .data = class,
    };
}

static void want_host_calls(const struct wanted *w)
{
    const struct manifest_server *s = &w->system->manifest->servers[w->number];
    unsigned number = 0;

    if ((s->host_calls & MANIFEST_HOST_CONSOLE) != 0)
        want_host_call(w, &number, SVSM_HOST_CONSOLE, 0);
    if ((s->host_calls & MANIFEST_HOST_GUEST_REQUEST) != 0)
        want_host_call(w, &number, SVSM_HOST_GUEST_REQUEST, 0);
    for (uint32_t i = 0; i < s->window_count; i++)
        for (uint64_t at = 0; at < s->windows[i].size; at += MANIFEST_PAGE)
            want_host_call(w, &number, SVSM_HOST_MMIO, s->windows[i].address + at);
    for (uint32_t i = 0; i < s->pipe_count; i++)
        want_host_call(w, &number, SVSM_HOST_PORT,
                       s->pipes[i].first_port | (uint64_t)s->pipes[i].ports << 16);
}

/* Handlers may be at any of the windows' slots: only their lines and their number count. */
static bool is_interrupt(const struct wanted *w, unsigned slot, const struct held *held)
{
    const struct manifest_server *s = &w->system->manifest->servers[w->number];

    if (held->type != CAP_IRQHandler || slot < SVSM_SLOT_IRQS ||
        slot >= SVSM_SLOT_IRQS + SVSM_WINDOWS)
        return false;
    for (uint32_t i = 0; i < s->interrupt_count; i++)
        if (s->interrupts[i].line == held->object)
            return true;
    return false;
}

static void want_all(const struct wanted *w)
{
    const struct manifest *m = w->system->manifest;
    const struct server *server = &w->system->servers[w->number];

    want(w, SVSM_SLOT_ENDPOINT, server->endpoint, (struct held){.rights = seL4_CanRead});
    want(w, SVSM_SLOT_REPLY, server->reply, (struct held){.rights = seL4_CanWrite});
    want(w, SVSM_SLOT_NOTIFICATION, server->notification, (struct held){.rights = seL4_CanRead});
    for (unsigned i = 0; i < m->channel_count; i++)
        for (unsigned role = 0; role < MANIFEST_ENDS; role++)
            if (m->channels[i].ends[role].server == w->number)
                want_channel(w, i, role);
    want_host_calls(w);
}

static bool same(const struct held *is, const struct held *wanted)
{
    return is->type == wanted->type && is->rights == wanted->rights && is->badge == wanted->badge &&
           is->data == wanted->data &&
           (is->object == wanted->object || wanted->type == CAP_HostCall);
}

unsigned graph_slots_check(const struct system *system, unsigned number)
{
    struct held slots[SLOTS];
    const struct wanted w = {system, number, slots};
    unsigned count = 0, interrupts = 0;

    memset(slots, 0, sizeof(slots));
    want_all(&w);
    for (unsigned i = 0; i < SLOTS; i++) {
        struct held held = graph_inspect(system->servers[number].cnode, i);
        bool interrupt = is_interrupt(&w, i, &held);

        interrupts += interrupt;
        count += held.type != CAP_Null;
        if (interrupt || same(&held, &slots[i]))
            continue;
        say("init: the capability graph is not the manifest's:");
        say_field("slot", i);
        say_field("type", held.type);
        say_field("rights", held.rights);
        say_field("badge", held.badge);
        say("\n");
        init_fail_at("at", system->servers[number].entry->name);
    }
    if (interrupts != system->manifest->servers[number].interrupt_count)
        init_fail_at("interrupts differ from the manifest's", system->servers[number].entry->name);
    return count;
}
