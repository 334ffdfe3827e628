/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An init that builds more than its manifest says, to see that the graph check finds it. Linked in
 * before graph_prepare(); LEAK says what is too much:
 *
 *   1  a capability nobody should hold          2  a right too many on one that is held
 *   3  a page of one server, read by another    4  a page of one server that the host sees
 */
#include <graph.h>

#include <string.h>

#include <rights.h>

void __real_graph_prepare(const struct system *system);
void __wrap_graph_prepare(const struct system *system);

#define SLOT_UNUSED 100u
#define VA_UNUSED   UINT64_C(0x30000000)

/* A capability of init's that is mapped in this server's address space, writable. */
static seL4_CPtr page_of(const struct server *server)
{
    uint64_t physical = 0;
    seL4_Word words[seL4_MsgMaxLength];

    seL4_CNode_Inspect(seL4_CapInitThreadCNode, server->space.vspace, words);
    physical = words[3];
    for (seL4_CPtr slot = 1; slot < slots_used(); slot++) {
        seL4_CNode_Inspect(seL4_CapInitThreadCNode, slot, words);
        if ((words[0] & 0xff) == CAP_Page && (words[0] >> 8 & seL4_CanWrite) != 0 &&
            words[2] != 0 && (words[2] & 0xff) == physical)
            return slot;
    }
    return 0;
}

static void leak(struct server *one, struct server *other)
{
    switch (LEAK) {
    case 1:
        object_give(seL4_Slot(one->cnode, SLOT_UNUSED), other->notification, seL4_CanWrite, 0);
        break;
    case 2:
        seL4_CNode_Delete(one->cnode, SVSM_SLOT_ENDPOINT);
        object_give(seL4_Slot(one->cnode, SVSM_SLOT_ENDPOINT), one->endpoint, seL4_ReadWrite, 0);
        break;
    case 3:
        space_map(&one->space, object_copy(page_of(other), seL4_CanRead), VA_UNUSED, ACCESS_READ);
        break;
    default:
        space_map(&one->space, rights_host_page(), VA_UNUSED, ACCESS_WRITE);
        break;
    }
}

void __wrap_graph_prepare(const struct system *system)
{
    static struct server servers[2];

    memcpy(&servers[0], &system->servers[1], sizeof(servers[0]));
    memcpy(&servers[1], &system->servers[2], sizeof(servers[1]));
    leak(&servers[0], &servers[1]);
    __real_graph_prepare(system);
}
