/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tools/run shows as long as there are no servers: a first thread at CPL3 on the kernel that
 * says what it was given, and calls a second one in an address space of its own.
 */
#include "root.h"

#define ABOVE_ROOT (ROOT_PRIORITY + 1)
#define QUESTION   6u

static struct thread server;
static seL4_CPtr endpoint;

static void answer(struct thread *self)
{
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_Word badge;
    seL4_MessageInfo_t info = seL4_RecvWithMRs(endpoint, &badge, mr, self->reply);

    for (;;) {
        mr[0] *= 7;
        info = seL4_ReplyRecvWithMRs(endpoint, info, &badge, mr, self->reply);
    }
}

static uint64_t free_memory(void)
{
    uint64_t bytes = 0;

    for (seL4_CPtr i = 0; i < boot_info->untyped.end - boot_info->untyped.start; i++) {
        if (!boot_info->untypedList[i].isDevice) {
            bytes += UINT64_C(1) << boot_info->untypedList[i].sizeBits;
        }
    }
    return bytes;
}

int root_main(void)
{
    seL4_Word mr[seL4_MsgMaxLength] = {QUESTION};

    print("first thread: at CPL3, processors ");
    print_number(boot_info->numNodes);
    print(", free memory in KiB ");
    print_number(free_memory() / 1024);
    print("\n");
    endpoint = new_object(seL4_EndpointObject, 0);
    thread_make(&server, answer, new_space());
    thread_start(&server, ABOVE_ROOT, 0, 0);
    seL4_CallWithMRs(endpoint, seL4_MessageInfo_new(0, 0, 0, 1), mr);
    print("first thread: another address space answers a call with ");
    print_number(mr[0]);
    print("\n");
    return mr[0] == 7 * QUESTION ? 0 : 1;
}
