/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * init, the kernel's first thread: builds the system its manifest describes, seals it, starts it,
 * and stays to supervise it.
 *
 * Until the seal init holds everything there is; from then on nobody can make authority, and what
 * init does not need any more it has given up. Whatever is wrong before the seal ends the virtual
 * machine with a line that says what: the manifest and all images are measured, so there is no
 * attacker to outlast here, only a mistake to report.
 */
#include <string.h>

#include <svsm/hostcall.h>

#include "archive.h"
#include "graph.h"
#include "guest.h"
#include "rights.h"
#include "say.h"
#include "service.h"
#include "statistics.h"
#include "supervise.h"
#include "watchdog.h"

#define MANIFEST_FILE "manifest"

void init_start(const seL4_BootInfo *info);

static struct manifest manifest;
static struct system all = {.manifest = &manifest};

/* Reading the manifest may end in a line for people, whatever it would have granted. */
static seL4_CPtr open_console(void)
{
    seL4_CPtr call = slots_new(1), page = rights_host_page();
    uint8_t *va = (uint8_t *)space_reserve(1);

    if (seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_CONSOLE, page, object_place(call), 0) !=
        seL4_NoError)
        init_fail("no console");
    space_map(&space_own, page, (uint64_t)va, ACCESS_WRITE);
    say_start(call, va);
    return call;
}

static void read_manifest(const seL4_BootInfo *info)
{
    static struct manifest_error error;
    struct file file;

    if (!archive_start(info))
        init_fail("there is no archive");
    if (!archive_find(MANIFEST_FILE, &file))
        init_fail("there is no manifest in the archive");
    if (manifest_parse(file.bytes, file.size, &manifest, &error))
        return;
    say("init: the manifest, at ");
    say(error.node);
    say(" ");
    say(error.property);
    init_fail_at("", error.reason);
}

static void close_console(seL4_CPtr call)
{
    if ((manifest.servers[manifest.init].host_calls & MANIFEST_HOST_CONSOLE) != 0)
        return;
    say_start(seL4_CapNull, NULL);
    seL4_CNode_Delete(seL4_CapInitThreadCNode, call);
}

/* init's own entry: what it is to its peers. */
static void build_own(struct server *server, seL4_CPtr inbox)
{
    static struct svsm_start start;

    server->entry = &manifest.servers[manifest.init];
    server->tcb = seL4_CapInitThreadTCB;
    server->cnode = seL4_CapInitThreadCNode;
    server->space = space_own;
    server->start = &start;
    server->endpoint = inbox;
    server->reply = object_new(seL4_ReplyObject, 0);
    server->notification = object_new(seL4_NotificationObject, 0);
    seL4_TCB_BindNotification(server->tcb, server->notification);
}

static void build(seL4_CPtr inbox)
{
    all.count = manifest.server_count;
    for (unsigned i = 0; i < all.count; i++) {
        all.servers[i].number = i;
        if (i == manifest.init)
            build_own(&all.servers[i], inbox);
        else
            server_build(&all.servers[i], &manifest.servers[i]);
    }
    wiring_build(&all);
}

/* What no server and no restart needs. What others were derived from can not go, but a sealed
   system makes nothing of it either. */
static void give_up(const seL4_BootInfo *info)
{
    static const seL4_CPtr controls[] = {seL4_CapIRQControl, svsm_CapHostControl,
                                         svsm_CapGuestMemory, seL4_CapBootInfoFrame};

    for (seL4_CPtr slot = info->untyped.start; slot < info->untyped.end; slot++)
        seL4_CNode_Delete(seL4_CapInitThreadCNode, slot);
    for (unsigned i = 0; i < sizeof(controls) / sizeof(*controls); i++)
        seL4_CNode_Delete(seL4_CapInitThreadCNode, controls[i]);
}

void init_start(const seL4_BootInfo *info)
{
    static seL4_BootInfo copy;
    struct supervision s = {.system = &all, .call = service_call};
    seL4_CPtr console;

    memcpy(&copy, info, sizeof(copy));
    all.boot = &copy;
    objects_start(&copy);
    console = open_console();
    seL4_TCB_SetPriority(seL4_CapInitThreadTCB, MANIFEST_PRIORITY_MAX);
    s.inbox = object_new(seL4_EndpointObject, 0);
    servers_start(&copy, s.inbox);
    read_manifest(&copy);
    build(s.inbox);
    watchdog_prepare(&all);
    graph_prepare(&all);
    close_console(console);
    if (seL4_System_Seal(svsm_CapSystem) != seL4_NoError)
        init_fail("the system can not be sealed");
    give_up(&copy);
    graph_check(&all);
    s.reply = all.servers[manifest.init].reply;
    statistics_start(&all);
    supervise_start(&all);
    status_all(&all);
    guest_start(&all);
    supervise(&s);
}
