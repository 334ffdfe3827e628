/* SPDX-License-Identifier: BSD-2-Clause */
/* See rights.h. Everything is done in the manifest's order; a row that is refused is fatal. */
#include "rights.h"

#include <string.h>

#include <svsm/hostcall.h>

#include "guest.h"
#include "say.h"

static void copy_name(char to[SVSM_NAME_BYTES], const char *from)
{
    for (unsigned i = 0; i < SVSM_NAME_BYTES - 1 && from[i] != 0; i++)
        to[i] = from[i];
}

struct svsm_start_window *rights_window(struct server *server, const char *name)
{
    struct svsm_start_window *row = server->start->windows;

    for (unsigned i = 0; i < SVSM_WINDOWS; i++, row++) {
        if (row->name[0] != 0 && strcmp(row->name, name) != 0)
            continue;
        copy_name(row->name, name);
        return row;
    }
    init_fail_at("too many windows and regions", server->entry->name);
}

seL4_CPtr rights_host_page(void)
{
    seL4_CPtr page = object_new(seL4_X86_4K, 0);

    if (seL4_Page_Share(page) != seL4_NoError)
        init_fail("the host does not share a page");
    return page;
}

/* A host call; `page` is mapped into the server if there is one. */
static void give_host_call(struct server *server, const char *name,
                           const struct svsm_start_host_call *call, seL4_CPtr page)
{
    struct svsm_start_host_call *row = server->start->host_calls;
    unsigned number = 0;

    while (number < SVSM_HOST_CALLS && row[number].class != 0)
        number++;
    if (number == SVSM_HOST_CALLS)
        init_fail_at("too many host calls", server->entry->name);
    row += number;
    *row = *call;
    copy_name(row->name, name);
    row->slot = SVSM_SLOT_HOST_CALLS + number;
    if (seL4_HostControl_Get(svsm_CapHostControl, call->class, page,
                             seL4_Slot(server->cnode, row->slot), call->argument) != seL4_NoError)
        init_fail_at("a host call is refused", server->entry->name);
    if (page == seL4_CapNull)
        return;
    row->page = server_place(server, 1);
    space_map(&server->space, page, row->page, ACCESS_WRITE);
    server->pages[AREA_SHARED]++;
}

static void give_class(struct server *server, const char *name, uint32_t class)
{
    const struct svsm_start_host_call call = {.class = class};

    give_host_call(server, name, &call, rights_host_page());
}

static void give_devices(struct server *server)
{
    const struct manifest_server *entry = server->entry;

    for (uint32_t i = 0; i < entry->window_count; i++) {
        const struct manifest_window *w = &entry->windows[i];
        struct svsm_start_window *row = rights_window(server, w->name);

        row->size = w->size;
        row->physical = w->address;
        for (uint64_t at = 0; at < w->size; at += PAGE) {
            const struct svsm_start_host_call call = {
                .class = SVSM_HOST_MMIO,
                .argument = w->address + at,
            };

            give_host_call(server, w->name, &call, seL4_CapNull);
        }
    }
    for (uint32_t i = 0; i < entry->pipe_count; i++) {
        const struct manifest_pipe *p = &entry->pipes[i];
        const struct svsm_start_host_call call = {
            .class = SVSM_HOST_PORT,
            .argument = p->first_port | (uint64_t)p->ports << 16,
        };

        give_host_call(server, p->name, &call, seL4_CapNull);
    }
}

/* An interrupt belongs to the window of its name. */
static void give_interrupt(struct server *server, uint32_t number)
{
    const struct manifest_interrupt *interrupt = &server->entry->interrupts[number];
    struct svsm_start_window *row = rights_window(server, interrupt->name);
    unsigned window = (unsigned)(row - server->start->windows);
    seL4_CPtr handler = slots_new(1), signal = slots_new(1);

    if (seL4_IRQControl_Get(seL4_CapIRQControl, interrupt->line, object_place(handler)) !=
        seL4_NoError)
        init_fail_at("there is no such interrupt", server->entry->name);
    object_give(object_place(signal), server->notification, seL4_CanWrite,
                SVSM_BADGE_INTERRUPT(window));
    seL4_IRQHandler_SetNotification(handler, signal);
    server->interrupts[number] = handler;
    row->irq_slot = SVSM_SLOT_IRQS + window;
    object_give(seL4_Slot(server->cnode, row->irq_slot), handler, seL4_CanWrite, 0);
}

static uint64_t address_of(seL4_CPtr page)
{
    seL4_Word results[seL4_MsgMaxLength];

    seL4_Page_GetAddress(page, results);
    return results[0];
}

/* Pages for a device, in one piece of physical memory: what lies before a gap is given up. */
static seL4_CPtr host_pages(uint64_t count)
{
    seL4_CPtr first = rights_host_page(), last = first;

    for (uint64_t have = 1; have < count;) {
        seL4_CPtr page = rights_host_page();
        bool next = page == last + 1 && address_of(page) == address_of(last) + PAGE;

        have = next ? have + 1 : 1;
        first = next ? first : page;
        last = page;
    }
    return first;
}

static void give_shared_pages(struct server *server)
{
    uint64_t count = server->entry->shared_pages;
    struct svsm_start_window *row;
    seL4_CPtr first;

    if (count == 0)
        return;
    row = rights_window(server, "shared");
    first = host_pages(count);
    row->physical = address_of(first);
    row->size = count * PAGE;
    row->rights = (uint32_t)seL4_ReadWrite;
    row->address = server_place(server, count);
    for (uint64_t i = 0; i < count; i++)
        space_map(&server->space, first + i, row->address + i * PAGE, ACCESS_WRITE);
    server->pages[AREA_SHARED] += (uint32_t)count;
}

static void give_protocol(struct system *system, struct server *server,
                          const struct manifest_protocol *p)
{
    unsigned number = server->start->channel_count++;
    struct svsm_start_channel *row = &server->start->channels[number];
    struct pages frame = {0};

    if (number >= SVSM_CHANNELS)
        init_fail_at("too many channels", server->entry->name);
    memcpy(row->name, p->name, sizeof(row->name));
    row->role = SVSM_ROLE_GUEST;
    row->protocol = p->number;
    row->peer_generation = 1;
    server->guest_channels |= UINT64_C(1) << number;
    if (p->page_calls != 0) {
        frame = pages_new(1);
        row->message_size = PAGE;
        row->memory = server_place(server, 1);
        pages_map(&server->space, &frame, row->memory);
        server->pages[AREA_SHARED]++;
    }
    guest_serve(system, server, number, &frame);
}

void rights_build(struct system *system, struct server *server)
{
    const struct manifest_server *entry = server->entry;

    if (server->number == system->manifest->init)
        return; /* main.c gives init its console */
    if ((entry->host_calls & MANIFEST_HOST_CONSOLE) != 0)
        give_class(server, "console", SVSM_HOST_CONSOLE);
    if ((entry->host_calls & MANIFEST_HOST_GUEST_REQUEST) != 0)
        give_class(server, "guest-request", SVSM_HOST_GUEST_REQUEST);
    give_devices(server);
    for (uint32_t i = 0; i < entry->interrupt_count; i++)
        give_interrupt(server, i);
    give_shared_pages(server);
    for (uint32_t i = 0; i < entry->protocol_count; i++)
        give_protocol(system, server, &entry->protocols[i]);
}
