/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole pages come from the untyped memory piece by piece; objects smaller than a page share a page
 * that was made untyped memory of its own, so that they leave no holes between pages.
 */
#include "objects.h"

#include "say.h"

static const seL4_BootInfo *boot;
static seL4_CPtr next_slot;
static seL4_CPtr first_useful; /* the untyped pieces before it are full */
static seL4_CPtr small;        /* a page for objects smaller than that */
static uint64_t bytes;

void objects_start(const seL4_BootInfo *info)
{
    boot = info;
    next_slot = info->empty.start;
    first_useful = info->untyped.start;
}

seL4_CPtr slots_new(seL4_Word count)
{
    seL4_CPtr first = next_slot;

    if (count > boot->empty.end - next_slot)
        init_fail("too many capabilities for the first thread's CNode");
    next_slot += count;
    return first;
}

seL4_CPtr slots_used(void)
{
    return next_slot;
}

uint64_t objects_bytes(void)
{
    return bytes;
}

static bool is_memory(seL4_CPtr untyped)
{
    return boot->untypedList[untyped - boot->untyped.start].isDevice == 0;
}

/* From the first piece that has room; whoever has none for this has none for what comes later. */
static void make(seL4_Word what, seL4_CPtr slot)
{
    for (; first_useful < boot->untyped.end; first_useful++) {
        seL4_Error error = seL4_NotEnoughMemory;

        if (is_memory(first_useful))
            error = seL4_Untyped_Retype(first_useful, what, object_place(slot), 1);
        if (error == seL4_NoError)
            return;
        if (error != seL4_NotEnoughMemory)
            init_fail("an object can not be made");
    }
    init_fail("no memory is left for the system the manifest describes");
}

static uint64_t size_of(seL4_ObjectType type, seL4_Word size_bits)
{
    switch (type) {
    case seL4_EndpointObject:
    case seL4_NotificationObject:
    case seL4_ReplyObject:
        return UINT64_C(1) << seL4_EndpointBits;
    case seL4_CapTableObject:
        return UINT64_C(1) << (size_bits + seL4_SlotBits);
    default:
        return PAGE;
    }
}

/* One at a time: they are few. */
static void make_small(seL4_Word what, seL4_CPtr slot)
{
    if (small != seL4_CapNull &&
        seL4_Untyped_Retype(small, what, object_place(slot), 1) == seL4_NoError)
        return;
    small = slots_new(1);
    make(seL4_What(seL4_UntypedObject, seL4_MinUntypedBits), small);
    bytes += PAGE;
    if (seL4_Untyped_Retype(small, what, object_place(slot), 1) != seL4_NoError)
        init_fail("an object can not be made");
}

seL4_CPtr objects_new(seL4_ObjectType type, seL4_Word size_bits, seL4_Word count)
{
    seL4_CPtr slot = slots_new(count);
    seL4_Word what = seL4_What(type, size_bits);
    uint64_t size = size_of(type, size_bits);

    if (size >= PAGE) {
        for (seL4_Word done = 0; done < count; done++)
            make(what, slot + done);
        bytes += size * count;
    } else {
        for (seL4_Word done = 0; done < count; done++)
            make_small(what, slot + done);
    }
    return slot;
}

seL4_CPtr object_copy(seL4_CPtr original, seL4_CapRights_t rights)
{
    seL4_CPtr slot = slots_new(1);

    object_give(object_place(slot), original, rights, 0);
    return slot;
}

void object_give(seL4_Word slot, seL4_CPtr original, seL4_CapRights_t rights, seL4_Word badge)
{
    seL4_Error error =
        seL4_CNode_Mint(slot >> 32, slot & UINT32_MAX, object_place(original), rights, badge);

    if (error != seL4_NoError)
        init_fail("a capability can not be copied");
}
