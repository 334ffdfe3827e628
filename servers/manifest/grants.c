/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing of the machine goes to two servers, or to one under two names: device registers, ports,
 * interrupts, the guest's protocols, the line to the security processor.
 *
 * All of them are ranges of numbers; a range that overlaps an earlier one of its kind is refused.
 */
#include "check.h"

#include "refusal.h"
#include "text.h"

#define GRANTS (MANIFEST_SERVERS * MANIFEST_WINDOWS)

_Static_assert(MANIFEST_PIPES <= MANIFEST_WINDOWS && MANIFEST_INTERRUPTS <= MANIFEST_WINDOWS &&
                   MANIFEST_PROTOCOLS <= MANIFEST_WINDOWS,
               "no kind has more");

struct grant {
    const char *server;
    const char *name;
    uint64_t first;
    uint64_t size;
};

/* One kind: its folder and property in the manifest, and how to list a server's. */
struct kind {
    const char *folder;
    const char *property;
    const char *what;
    uint32_t (*list)(const struct manifest_server *server, struct grant *grants);
};

static uint32_t list_windows(const struct manifest_server *server, struct grant *grants)
{
    for (uint32_t i = 0; i < server->window_count; i++) {
        const struct manifest_window *window = &server->windows[i];
        grants[i] = (struct grant){server->name, window->name, window->address, window->size};
    }
    return server->window_count;
}

static uint32_t list_pipes(const struct manifest_server *server, struct grant *grants)
{
    for (uint32_t i = 0; i < server->pipe_count; i++) {
        const struct manifest_pipe *pipe = &server->pipes[i];
        grants[i] = (struct grant){server->name, pipe->name, pipe->first_port, pipe->ports};
    }
    return server->pipe_count;
}

static uint32_t list_interrupts(const struct manifest_server *server, struct grant *grants)
{
    for (uint32_t i = 0; i < server->interrupt_count; i++) {
        const struct manifest_interrupt *interrupt = &server->interrupts[i];
        grants[i] = (struct grant){server->name, interrupt->name, interrupt->line, 1};
    }
    return server->interrupt_count;
}

static uint32_t list_protocols(const struct manifest_server *server, struct grant *grants)
{
    for (uint32_t i = 0; i < server->protocol_count; i++) {
        const struct manifest_protocol *protocol = &server->protocols[i];
        grants[i] = (struct grant){server->name, protocol->name, protocol->number, 1};
    }
    return server->protocol_count;
}

static const struct kind kinds[] = {
    {"windows", "address", "these registers", list_windows},
    {"pipes", "ports", "these ports", list_pipes},
    {"interrupts", "line", "this interrupt", list_interrupts},
    {"protocols", "number", "this protocol", list_protocols},
};

static bool refuse_grant(struct manifest_error *error, const struct kind *kind,
                         const struct grant *grant, const struct grant *before)
{
    char folder[sizeof(error->node)] = "/servers/";

    text_add(folder, sizeof(folder), grant->server);
    text_add(folder, sizeof(folder), "/");
    text_add(folder, sizeof(folder), kind->folder);
    text_add(folder, sizeof(folder), "/");
    refusal_place(error, folder, grant->name, kind->property);
    return refusal_reason(error, kind->what, " went to \"", before->server, "\" already, as \"",
                          before->name, "\"", NULL);
}

static const struct grant *find_overlap(const struct grant *grants, uint32_t index)
{
    const struct grant *grant = &grants[index];

    for (uint32_t i = 0; i < index; i++) {
        if (grant->first < grants[i].first + grants[i].size &&
            grants[i].first < grant->first + grant->size) {
            return &grants[i];
        }
    }
    return NULL;
}

static bool check_kind(const struct manifest *manifest, const struct kind *kind,
                       struct manifest_error *error)
{
    struct grant grants[GRANTS];
    uint32_t count = 0;

    for (uint32_t i = 0; i < manifest->server_count; i++) {
        count += kind->list(&manifest->servers[i], grants + count);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct grant *before = find_overlap(grants, i);
        if (before != NULL) {
            return refuse_grant(error, kind, &grants[i], before);
        }
    }
    return true;
}

/* Its messages are numbered, and a number used twice gives the key away. */
static bool check_guest_request(const struct manifest *manifest, struct manifest_error *error)
{
    const char *holder = NULL;

    for (uint32_t i = 0; i < manifest->server_count; i++) {
        const struct manifest_server *server = &manifest->servers[i];
        if ((server->host_calls & MANIFEST_HOST_GUEST_REQUEST) == 0) {
            continue;
        }
        if (holder != NULL) {
            refusal_place(error, "/servers/", server->name, "host-calls");
            return refusal_reason(error, "\"guest-request\" went to \"", holder, "\" already",
                                  NULL);
        }
        holder = server->name;
    }
    return true;
}

bool check_grants(const struct manifest *manifest, struct manifest_error *error)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!check_kind(manifest, &kinds[i], error)) {
            return false;
        }
    }
    return check_guest_request(manifest, error);
}
