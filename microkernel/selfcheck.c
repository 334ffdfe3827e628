/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk over the derivation tree, and what must hold of each capability on the way.
 *
 * The tree is walked by its links alone, in constant space; since every link is checked to be
 * mutual before it is followed, and the number of slots bounds the walk, it ends even when the
 * state is broken.
 */
#include "selfcheck.h"
#include "cnode.h"
#include "page.h"
#include "pagetable.h"
#include "panic.h"
#include "tcb.h"
#include "untyped.h"

static const struct slot *root;

void selfcheck_start(const struct slot *slot)
{
    root = slot;
}

/* Where the memory of a child of untyped memory begins and ends. */
static uint64_t child_start(struct cap cap)
{
    if (cap.type == CAP_Untyped || cap.type == CAP_Page)
        return (uint64_t)cap.object << PAGE_SHIFT;
    return window_phys(window_object(cap.object));
}

static uint64_t child_size(struct cap cap)
{
    static const uint8_t bits[CAP_TYPES] = {
        [CAP_TCB] = seL4_TCBBits,
        [CAP_Endpoint] = seL4_EndpointBits,
        [CAP_Notification] = seL4_NotificationBits,
        [CAP_Reply] = seL4_ReplyBits,
        [CAP_PageTable] = seL4_PageTableBits,
        [CAP_VSpace] = seL4_VSpaceBits,
        [CAP_VCpu] = svsm_VCpuBits,
    };

    if (cap.type == CAP_Untyped)
        return UINT64_C(1) << untyped_bits(cap);
    if (cap.type == CAP_CNode)
        return UINT64_C(1) << (cnode_bits(cap) + seL4_SlotBits);
    if (cap.type == CAP_Page)
        return (cap.aux & PAGE_LARGE) != 0 ? UINT64_C(1) << seL4_LargePageBits : PAGE_SIZE;
    return UINT64_C(1) << bits[cap.type];
}

/* Children of untyped memory lie inside it, below the watermark, in descending order. */
static void check_memory(const struct slot *slot)
{
    const struct slot *parent = slot_at(slot->parent);
    uint64_t start = child_start(slot->cap), end = start + child_size(slot->cap);
    uint64_t low = untyped_phys(parent->cap), high = low + parent->cap.badge;

    kernel_assert(start >= low && end <= high, "an object outside its untyped memory");
    if (slot->next != 0) {
        struct cap sibling = slot_at(slot->next)->cap;

        kernel_assert(child_start(sibling) + child_size(sibling) <= start, "two objects overlap");
    }
    kernel_assert(cnode_level_of(slot->cap) >= untyped_level(parent->cap), "a level below its own");
}

/* What a CNode contains is of a higher level. The first thread's alone contains itself: nobody can
   delete that one, for who could name it holds a capability derived from it. */
static void check_cnode(const struct slot *slot)
{
    struct cspace space = cnode_space(slot->cap);

    if (slot_is_derived(slot))
        return;
    for (uint64_t i = 0; i < space.count; i++)
        kernel_assert(slot_is_derived(&space.slots[i]) || &space.slots[i] == slot ||
                          cnode_level_of(space.slots[i].cap) > cnode_level(slot->cap),
                      "a CNode that may contain its ancestor");
}

static void check_page(const struct slot *slot)
{
    struct mapping m;
    uint64_t entry;

    if (!page_is_mapped(slot->cap, &m, &entry))
        return;
    kernel_assert((entry & PT_WRITE) == 0 || (slot->cap.rights & seL4_CanWrite) != 0,
                  "a mapping with more rights than its capability");
    kernel_assert((entry & PT_WRITE) == 0 || (entry & PT_NX) != 0, "writable and executable");
}

static void check_tcb(const struct slot *slot)
{
    const struct tcb *tcb = tcb_of(slot->cap);
    struct cap vspace = tcb->slots[TCB_VSPACE].cap, cspace = tcb->slots[TCB_CSPACE].cap;

    if (slot_is_derived(slot))
        return;
    kernel_assert(vspace.type == CAP_Null ? tcb->vspace == NULL
                                          : tcb->vspace == &vspaces[vspace.aux],
                  "a thread in an address space it does not hold");
    kernel_assert(cspace.type == CAP_Null ? tcb->cspace.count == 0
                                          : tcb->cspace.slots == cnode_space(cspace).slots,
                  "a thread with a CNode it does not hold");
}

static void check_one(const struct slot *slot)
{
    static void (*const checks[CAP_TYPES])(const struct slot *) = {
        [CAP_CNode] = check_cnode,
        [CAP_Page] = check_page,
        [CAP_TCB] = check_tcb,
    };

    kernel_assert(slot_is_well_formed(slot), "the derivation tree is broken");
    if (slot->parent != 0 && slot_at(slot->parent)->cap.type == CAP_Untyped)
        check_memory(slot);
    if (checks[slot->cap.type] != NULL)
        checks[slot->cap.type](slot);
}

/* The next one in preorder; NULL after the last. */
static const struct slot *next_slot(const struct slot *slot)
{
    if (slot->child != 0)
        return slot_at(slot->child);
    while (slot->next == 0 && slot->parent != 0)
        slot = slot_at(slot->parent);
    return slot->next == 0 ? NULL : slot_at(slot->next);
}

uint64_t selfcheck(void)
{
    uint64_t count = 0;

    for (const struct slot *slot = root; slot != NULL; slot = next_slot(slot)) {
        kernel_assert(++count <= kernel_window.size / WINDOW_GRANULE, "the tree has a cycle");
        check_one(slot);
    }
    return count;
}
