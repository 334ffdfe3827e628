/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages: a table over all physical pages in question says which servers can read and write each.
 * graph_slots.c does the CNodes.
 */
#include "graph.h"

#include <string.h>

#include "graph_slots.h"
#include "say.h"

#define HOST         MANIFEST_SERVERS /* a number beside the servers': who reads shared pages */
#define PARTIES      (MANIFEST_SERVERS + 1u)
#define DATA_SHARED  4u    /* what CNode_Inspect tells of a page the host sees */
#define SPACE_NUMBER 0xffu /* of where a page is mapped: the address space */

struct page {
    uint32_t readers, writers; /* bit n: server n; bit HOST */
};

static struct {
    struct page *pages;
    uint64_t first, count; /* physical page numbers */
    uint32_t mapped[PARTIES];
    uint32_t shared[PARTIES][PARTIES]; /* pages that one of two can write and the other read */
    uint32_t space[PARTIES];
} graph;

static bool is_wanted(const struct system *system)
{
    return (system->boot->features & SVSM_FEATURE_CHECK) != 0;
}

void graph_prepare(const struct system *system)
{
    uint64_t last = 0;

    if (!is_wanted(system))
        return;
    graph.first = ~UINT64_C(0);
    for (seL4_CPtr slot = 1; slot < slots_used(); slot++) {
        struct held held = graph_inspect(seL4_CapInitThreadCNode, slot);

        if (held.type != CAP_Page)
            continue;
        graph.first = held.object < graph.first ? held.object : graph.first;
        last = held.object > last ? held.object : last;
    }
    graph.count = last - graph.first + 1;
    graph.pages = (void *)pages_new((graph.count * sizeof(*graph.pages) + PAGE - 1) / PAGE).mine;
}

/* The server whose address space has this number; HOST: none. */
static unsigned owner_of(const struct system *system, uint32_t space)
{
    unsigned i = 0;

    while (i < system->count && (i == system->manifest->init || graph.space[i] != space))
        i++;
    return i < system->count ? i : HOST;
}

static void note_page(const struct system *system, const struct held *held)
{
    unsigned server = owner_of(system, held->badge & SPACE_NUMBER);
    struct page *page;

    if (held->object - graph.first >= graph.count)
        return; /* what the table itself is made of */
    page = &graph.pages[held->object - graph.first];
    if ((held->data & DATA_SHARED) != 0) {
        page->readers |= 1u << HOST;
        page->writers |= 1u << HOST;
    }
    if (held->badge == 0 || server == HOST)
        return;
    graph.mapped[server]++;
    if ((held->rights & seL4_CanRead) != 0)
        page->readers |= 1u << server;
    if ((held->rights & seL4_CanWrite) != 0)
        page->writers |= 1u << server;
}

static void note_all(const struct system *system)
{
    for (unsigned i = 0; i < system->count; i++)
        graph.space[i] =
            (uint32_t)graph_inspect(seL4_CapInitThreadCNode, system->servers[i].space.vspace).data;
    for (seL4_CPtr slot = 1; slot < slots_used(); slot++) {
        struct held held = graph_inspect(seL4_CapInitThreadCNode, slot);

        if (held.type == CAP_Page)
            note_page(system, &held);
    }
}

static void count_shared(const struct page *page)
{
    for (unsigned a = 0; a < PARTIES; a++)
        for (unsigned b = 0; b < a; b++) {
            uint32_t both = 1u << a | 1u << b;

            if ((page->readers & both) == both && (page->writers & both) != 0) {
                graph.shared[a][b]++;
                graph.shared[b][a]++;
            }
        }
}

static uint32_t host_pages(const struct manifest_server *s)
{
    return s->shared_pages + ((s->host_calls & MANIFEST_HOST_CONSOLE) != 0) +
           ((s->host_calls & MANIFEST_HOST_GUEST_REQUEST) != 0);
}

/* Pages that the manifest lets a and b share, one of them writing; or a have, when b is a. */
static uint32_t region_pages(const struct manifest *m, uint32_t a, uint32_t b)
{
    uint32_t pages = 0;

    for (uint32_t i = 0; i < m->region_count; i++) {
        const struct manifest_region *r = &m->regions[i];
        uint32_t rights = 0, found = 0;

        for (uint32_t u = 0; u < r->user_count; u++)
            if (r->users[u].server == a || r->users[u].server == b) {
                rights |= r->users[u].rights;
                found++;
            }
        if (found == (a == b ? 1 : 2) && (a == b || (rights & MANIFEST_WRITE) != 0))
            pages += (uint32_t)(r->size / PAGE);
    }
    return pages;
}

static uint32_t channel_pages(const struct manifest *m, uint32_t a, uint32_t b)
{
    uint32_t pages = 0;

    for (uint32_t i = 0; i < m->channel_count; i++) {
        const struct manifest_end *e = m->channels[i].ends;
        bool is_a = e[MANIFEST_CALLER].server == a || e[MANIFEST_CALLEE].server == a;
        bool is_b = e[MANIFEST_CALLER].server == b || e[MANIFEST_CALLEE].server == b;

        if (is_a && is_b)
            pages += (uint32_t)(manifest_channel_bytes(&m->channels[i]) / PAGE);
    }
    return pages;
}

static uint32_t own_pages(const struct server *server)
{
    const struct manifest_server *s = server->entry;
    uint32_t pages = s->stack / MANIFEST_PAGE + s->heap / MANIFEST_PAGE + host_pages(s);

    for (unsigned i = 0; i < server->image.count; i++)
        pages += (uint32_t)image_segment_pages(&server->image.segments[i]);
    for (uint32_t i = 0; i < s->protocol_count; i++)
        pages += s->protocols[i].page_calls != 0;
    return pages + 3; /* start page, parked page, block */
}

static void expect(const struct server *server, const char *what, uint64_t is, uint64_t wanted)
{
    if (is == wanted)
        return;
    say("init: the capability graph is not the manifest's: ");
    say(what);
    say_field("is", is);
    say_field("should be", wanted);
    say("\n");
    init_fail_at("at", server->entry->name);
}

static void check_server(const struct system *system, unsigned a)
{
    const struct manifest *m = system->manifest;
    const struct server *server = &system->servers[a];

    expect(server, "pages", graph.mapped[a],
           own_pages(server) + channel_pages(m, a, a) + region_pages(m, a, a));
    expect(server, "pages shared with the host", graph.shared[a][HOST], host_pages(server->entry));
    for (unsigned b = 0; b < system->count; b++)
        if (b != a && b != m->init)
            expect(server, system->servers[b].entry->name, graph.shared[a][b],
                   channel_pages(m, a, b) + region_pages(m, a, b));
}

void graph_check(const struct system *system)
{
    uint64_t slots = 0, pages = 0;

    if (!is_wanted(system))
        return;
    note_all(system);
    for (uint64_t i = 0; i < graph.count; i++)
        count_shared(&graph.pages[i]);
    for (unsigned i = 0; i < system->count; i++) {
        if (i == system->manifest->init)
            continue;
        check_server(system, i);
        slots += graph_slots_check(system, i);
        pages += graph.mapped[i];
    }
    say("init: the capability graph is the manifest's:");
    say_field("servers' capabilities", slots);
    say_field("pages", pages);
    say("\n");
}
