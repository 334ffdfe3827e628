/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a server is laid out: its image where it was linked, and behind it, with an unmapped page
 * before each (before the stack sixteen), start page and parked page, block, stack, heap; wiring.c
 * goes on from there. All of it in one 2 MiB stretch, if it is small, costs four page tables.
 */
#include "server.h"

#include <sel4/faults.h>
#include <string.h>

#include "parked.h"
#include "say.h"

/* Unmapped below a stack: libraries compiled elsewhere have frames larger than a page, and need not
   touch their pages in order. */
#define STACK_HOLE (15 * PAGE)

extern const uint8_t image_start[];

static seL4_CPtr parked_frame;
static seL4_CPtr fault_endpoint;

void servers_start(const seL4_BootInfo *info, seL4_CPtr faults)
{
    parked_frame = info->userImageFrames.start + (uint64_t)(parked_page - image_start) / PAGE;
    fault_endpoint = faults;
}

uint64_t server_place(struct server *server, uint64_t pages)
{
    uint64_t va = server->next_va + PAGE;

    server->next_va = va + pages * PAGE;
    return va;
}

/* Pages the server may write, cleared at every start. */
static struct area *add_area(struct server *server, uint64_t va, uint64_t pages)
{
    struct pages memory = pages_new(pages);
    struct area *area = &server->areas[server->area_count++];

    *area = (struct area){.mine = memory.mine, .size = pages * PAGE};
    pages_map(&server->space, &memory, va);
    return area;
}

static void map_code(struct server *server, const struct file *file, const struct image_segment *s)
{
    enum access access = (s->rights & IMAGE_EXECUTE) != 0 ? ACCESS_EXECUTE : ACCESS_READ;
    uint64_t pages = image_segment_pages(s);

    for (uint64_t i = 0; i < pages; i++)
        space_map(&server->space,
                  object_copy(file->first_page + s->offset / PAGE + i, seL4_CanRead),
                  image_segment_start(s) + i * PAGE, access);
    server->pages[AREA_CODE] += (uint32_t)pages;
}

static void map_data(struct server *server, const struct file *file, const struct image_segment *s)
{
    uint64_t pages = image_segment_pages(s);
    struct area *area = add_area(server, image_segment_start(s), pages);

    area->source = file->bytes + s->offset;
    area->skew = s->va % PAGE;
    area->filled = s->filled;
    server->pages[AREA_DATA] += (uint32_t)pages;
}

static void load_image(struct server *server)
{
    struct file file;
    enum image_error error;

    if (!archive_find(server->entry->image, &file))
        init_fail_at("there is no image for a server", server->entry->name);
    error = image_read(file.bytes, file.size, &server->image);
    if (error != IMAGE_OK) {
        say("init: image of ");
        say(server->entry->name);
        init_fail_at("", image_error_text(error));
    }
    for (unsigned i = 0; i < server->image.count; i++) {
        const struct image_segment *s = &server->image.segments[i];

        if ((s->rights & IMAGE_WRITE) != 0)
            map_data(server, &file, s);
        else
            map_code(server, &file, s);
        server->next_va = image_segment_start(s) + image_segment_pages(s) * PAGE;
    }
}

static void lay_out(struct server *server)
{
    const struct manifest_server *entry = server->entry;
    uint64_t stack = entry->stack / PAGE, heap = entry->heap / PAGE;
    struct pages start = pages_new(1);

    server->start_va = server_place(server, 2);
    server->parked_va = server->start_va + PAGE;
    server->start = (struct svsm_start *)(void *)start.mine;
    pages_map_copies(&server->space, &start, server->start_va, ACCESS_READ);
    space_map(&server->space, object_copy(parked_frame, seL4_CanRead), server->parked_va,
              ACCESS_EXECUTE);
    server->pages[AREA_START] = 1;

    server->block_va = server_place(server, 1);
    server->block = (void *)add_area(server, server->block_va, 1)->mine;
    server->pages[AREA_BLOCK] = 1;

    server->next_va += STACK_HOLE;
    server->start->stack = server_place(server, stack);
    server->start->stack_size = entry->stack;
    server->stack_top = server->start->stack + entry->stack;
    add_area(server, server->start->stack, stack);
    server->pages[AREA_STACK] = (uint32_t)stack;

    server->start->heap_size = entry->heap;
    if (heap != 0) {
        server->start->heap = server_place(server, heap);
        add_area(server, server->start->heap, heap);
    }
    server->pages[AREA_HEAP] = (uint32_t)heap;
}

static void make_thread(struct server *server)
{
    seL4_CPtr faults = slots_new(1);
    seL4_Error error;

    server->tcb = object_new(seL4_TCBObject, 0);
    server->cnode = object_new(seL4_CapTableObject, SVSM_CNODE_BITS);
    server->endpoint = object_new(seL4_EndpointObject, 0);
    server->reply = object_new(seL4_ReplyObject, 0);
    server->notification = object_new(seL4_NotificationObject, 0);
    object_give(seL4_Slot(server->cnode, SVSM_SLOT_ENDPOINT), server->endpoint, seL4_CanRead, 0);
    object_give(seL4_Slot(server->cnode, SVSM_SLOT_REPLY), server->reply, seL4_CanWrite, 0);
    object_give(seL4_Slot(server->cnode, SVSM_SLOT_NOTIFICATION), server->notification,
                seL4_CanRead, 0);
    object_give(object_place(faults), fault_endpoint, seL4_CanWrite, FAULT_BADGE(server->number));
    error = seL4_TCB_Configure(server->tcb, faults, server->cnode, server->space.vspace);
    if (error == seL4_NoError)
        error = seL4_TCB_SetPriority(server->tcb, server->entry->priority);
    if (error == seL4_NoError)
        error = seL4_TCB_BindNotification(server->tcb, server->notification);
    if (error != seL4_NoError)
        init_fail_at("a thread can not be configured", server->entry->name);
}

void server_build(struct server *server, const struct manifest_server *entry)
{
    server->entry = entry;
    space_make(&server->space);
    load_image(server);
    lay_out(server);
    make_thread(server);
}

uint64_t server_fill(const struct server *server)
{
    uint64_t pages = 0;

    for (unsigned i = 0; i < server->area_count; i++) {
        const struct area *area = &server->areas[i];

        memset(area->mine, 0, area->size);
        if (area->filled != 0)
            memcpy(area->mine + area->skew, area->source, area->filled);
        pages += area->size / PAGE;
    }
    return pages;
}

void server_resume(const struct server *server, const struct entry_state *at)
{
    seL4_UserContext c = {.rip = at->rip, .rsp = at->rsp, .rdi = at->rdi, .rbp = at->rbp};
    const uint64_t *words = (const uint64_t *)(const void *)&c;
    seL4_Error error = seL4_NoError;

    c.r13 = at->r13;
    c.r14 = at->r14;
    c.fs_base = at->fs_base;
    for (seL4_Word i = 0; i + 3 <= seL4_UserContextWords && error == seL4_NoError; i += 3)
        error =
            seL4_TCB_WriteRegisters(server->tcb, i | 3 << 8, words[i], words[i + 1], words[i + 2]);
    if (error == seL4_NoError)
        error =
            seL4_TCB_WriteRegisters(server->tcb, SEL4_REGISTER(fs_base) | 1 << 8, c.fs_base, 0, 0);
    if (error == seL4_NoError)
        error = seL4_TCB_Resume(server->tcb);
    if (error != seL4_NoError)
        init_fail_at("a thread can not be started", server->entry->name);
}

void server_enter(const struct server *server)
{
    const struct entry_state at = {
        .rip = server->image.entry,
        .rsp = server->stack_top,
        .rdi = server->start_va,
        .fs_base = server->block_va,
    };

    server_resume(server, &at);
}
