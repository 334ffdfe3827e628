/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the first thread's world is laid out: from the free memory come, in this order, the root of
 * the derivation tree with the interrupts' slots, the CNode, the TCB, the address space, the page
 * of boot information and the page tables; what is left becomes untyped memory.
 */
#include "bootinfo.h"
#include "bytes.h"
#include "cnode.h"
#include "irq.h"
#include "object.h"
#include "page.h"
#include "pagetable.h"
#include "panic.h"
#include "selfcheck.h"
#include "tcb.h"
#include "untyped.h"
#include <abi/methods.h>
#include <sel4/attributes.h>
#include <sel4/bootinfo.h>
#include <sel4/faults.h>

#define SPARE_SLOTS 1024u /* at least this many are free at the start */

struct builder {
    struct config *config;
    const struct boot_plan *plan;
    uint64_t next, end; /* free memory */
    struct slot *root;  /* what everything is derived from */
    struct cspace cspace;
    seL4_CPtr slot; /* the next one to fill */
    seL4_BootInfo *info;
};

static uint64_t take(struct builder *b, unsigned bits)
{
    uint64_t size = UINT64_C(1) << bits;
    uint64_t phys = (b->next + size - 1) & ~(size - 1);

    if (phys > b->end || size > b->end - phys)
        panic(END_MEMORY, "the region has no room for the first thread");
    b->next = phys + size;
    return phys;
}

static struct slot *put(struct builder *b, seL4_CPtr cptr, struct cap cap)
{
    struct slot *slot = cspace_lookup(&b->cspace, cptr);

    if (slot == NULL)
        panic(END_MEMORY, "the first thread's CNode is too small");
    slot_insert(b->config, slot, b->root, cap);
    return slot;
}

static struct cap make(struct builder *b, seL4_ObjectType type, uint64_t user_bits)
{
    struct object_request request = {.type = type, .user_bits = user_bits};

    return object_create(&request, take(b, object_size_bits(&request)));
}

static seL4_Error call(struct builder *b, seL4_CPtr cptr, uint64_t label, const uint64_t *words)
{
    struct invocation inv = {
        .config = b->config,
        .cspace = &b->cspace,
        .slot = cspace_lookup(&b->cspace, cptr),
        .label = label,
        .length = seL4_MsgMaxLength,
        .mr = {words[0], words[1], words[2], words[3]},
    };

    return invoke(&inv);
}

static void map_page(struct builder *b, seL4_CPtr page, uint64_t va, uint64_t attributes)
{
    const uint64_t words[4] = {seL4_CapInitThreadVSpace, va, seL4_ReadWrite, attributes};
    seL4_Error error;

    /* One table at most is missing on each level below the top. */
    for (unsigned i = 0; i < PT_LEVELS - 1; i++) {
        error = call(b, page, LABEL_Page_Map, words);
        if (error != seL4_FailedLookup)
            break;
        put(b, b->info->userImagePaging.end, make(b, seL4_X86_PageTableObject, 0));
        if (call(b, b->info->userImagePaging.end++, LABEL_PageTable_Map, words) != seL4_NoError)
            panic(END_BOOT_BLOCK, "the first thread's address space can not be built");
    }
    if (error == seL4_FailedLookup)
        error = call(b, page, LABEL_Page_Map, words);
    if (error != seL4_NoError)
        panic(END_BOOT_BLOCK, "a page of the first thread can not be mapped");
}

/* Page capabilities for [pa, pa + size), mapped from va on. */
static void give_pages(struct builder *b, const struct boot_segment *s)
{
    seL4_CapRights_t rights = (s->rights & BOOT_WRITE) != 0 ? seL4_ReadWrite : seL4_CanRead;
    uint64_t attributes = (s->rights & BOOT_EXECUTE) != 0 ? svsm_Executable : seL4_X86_WriteBack;

    if (s->size != 0 && !window_contains(s->pa, s->size))
        panic(END_BOOT_BLOCK, "a part of the first thread lies outside of the region");
    for (uint64_t at = 0; at < s->size; at += PAGE_SIZE) {
        put(b, b->slot, page_cap(s->pa + at, 0, rights));
        map_page(b, b->slot++, s->va + at, attributes);
    }
}

static uint64_t pages_of_image(const struct boot_block *block)
{
    uint64_t pages = block->archive.size / PAGE_SIZE;

    if (block->root.segment_count > BOOT_SEGMENTS)
        panic(END_BOOT_BLOCK, "the first thread has too many segments");
    for (unsigned i = 0; i < block->root.segment_count; i++)
        pages += block->root.segments[i].size / PAGE_SIZE;
    return pages;
}

/* log2 of the slots: for the pages, their tables, the untyped memory, and as many to spare. */
static unsigned cnode_bits_for(const struct boot_plan *plan)
{
    uint64_t pages = pages_of_image(plan->block);
    uint64_t wanted =
        pages + pages / PT_ENTRIES + plan->vcpu_count + seL4_BootInfoUntypeds + SPARE_SLOTS;
    unsigned bits = 1;

    while (bits < svsm_MaxCNodeBits && (UINT64_C(1) << bits) < wanted)
        bits++;
    return bits;
}

static bool has_timer(const struct boot_plan *plan)
{
    return (plan->features & SVSM_FEATURE_TIMER) != 0;
}

static void begin(struct builder *b)
{
    unsigned bits = cnode_bits_for(b->plan);
    struct slot *slots;
    struct cap cnode;

    bytes_zero(window_at(b->next), b->end - b->next);
    slots = window_at(take(b, PAGE_SHIFT + 1));
    kernel_assert(b->plan->irq_count < (PAGE_SIZE << 1) / sizeof(*slots), "too many interrupts");
    b->root = slots;
    slot_update(b->config, b->root, (struct cap){.type = CAP_Root});
    irq_init(slots + 1, b->plan->irq_count, has_timer(b->plan));
    cnode = cnode_cap(window_granule(window_at(take(b, bits + seL4_SlotBits))), bits, 0);
    b->cspace = cnode_space(cnode);
    put(b, seL4_CapInitThreadCNode, cnode);
    b->slot = seL4_NumInitialCaps;
}

static void give_fixed(struct builder *b)
{
    struct cap control = {.type = CAP_IRQControl, .rights = CAP_RIGHTS};
    struct cap page;

    put(b, seL4_CapInitThreadTCB, make(b, seL4_TCBObject, 0));
    put(b, seL4_CapInitThreadVSpace, make(b, seL4_VSpaceObject, 0));
    put(b, seL4_CapIRQControl, control);
    control.type = CAP_HostControl;
    put(b, svsm_CapHostControl, control);
    control.type = CAP_System;
    put(b, svsm_CapSystem, control);
    page = make(b, seL4_X86_4K, 0);
    page.rights = (uint8_t)seL4_CanRead;
    b->info = window_at(page_phys(page));
    put(b, seL4_CapBootInfoFrame, page);
}

static void give_image(struct builder *b)
{
    const struct boot_block *block = b->plan->block;
    struct boot_segment archive = {
        .va = ARCHIVE_VA,
        .pa = block->archive.pa,
        .size = block->archive.size,
        .rights = BOOT_READ,
    };
    uint64_t pages = pages_of_image(block);

    /* Tables are made while pages are mapped: their slots begin behind the last page's. */
    b->info->userImagePaging.start = b->info->userImagePaging.end = b->slot + pages;
    map_page(b, seL4_CapBootInfoFrame, BOOTINFO_VA, seL4_X86_WriteBack);
    b->info->userImageFrames.start = b->slot;
    for (unsigned i = 0; i < block->root.segment_count; i++)
        give_pages(b, &block->root.segments[i]);
    b->info->userImageFrames.end = b->info->archiveFrames.start = b->slot;
    give_pages(b, &archive);
    b->info->archiveFrames.end = b->slot;
    b->info->archive = archive.size == 0 ? 0 : ARCHIVE_VA;
    b->info->archiveSize = archive.size;
    b->slot = b->info->userImagePaging.end;
}

/* The largest naturally aligned pieces of [start, end), as capabilities. */
static void give_untyped(struct builder *b, uint64_t start, uint64_t end, bool device)
{
    seL4_BootInfo *info = b->info;

    while (end - start >= PAGE_SIZE &&
           info->untyped.end - info->untyped.start < seL4_BootInfoUntypeds) {
        unsigned bits = seL4_MinUntypedBits;
        seL4_Word index = info->untyped.end - info->untyped.start;

        while (bits < seL4_MaxUntypedBits && (start & ((UINT64_C(2) << bits) - 1)) == 0 &&
               (UINT64_C(2) << bits) <= end - start)
            bits++;
        put(b, info->untyped.end++, untyped_cap(start, bits, device, 1));
        info->untypedList[index] =
            (seL4_UntypedDesc){.paddr = start, .sizeBits = (uint8_t)bits, .isDevice = device};
        start += UINT64_C(1) << bits;
    }
}

static void give_vcpus(struct builder *b)
{
    b->info->vcpus.start = b->slot;
    for (uint64_t i = 0; i < b->plan->vcpu_count; i++) {
        struct cap cap = {.type = CAP_VCpu, .rights = CAP_RIGHTS};

        cap.object = window_granule((const uint8_t *)b->plan->vcpus + (i << svsm_VCpuBits));
        put(b, b->slot++, cap);
    }
    b->info->vcpus.end = b->slot;
}

static void give_memory(struct builder *b)
{
    const struct boot_plan *plan = b->plan;

    b->info->untyped.start = b->info->untyped.end = b->slot;
    give_untyped(b, (b->next + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1), b->end, false);
    for (unsigned i = 0; i < plan->device_count; i++)
        give_untyped(b, plan->devices[i].pa, plan->devices[i].pa + plan->devices[i].size, true);
    b->slot = b->info->untyped.end;
}

static void describe(struct builder *b)
{
    seL4_BootInfo *info = b->info;

    info->numNodes = b->plan->cpus;
    info->platform = b->plan->platform;
    info->tscHz = b->plan->tsc_hz;
    info->memory = kernel_window.size;
    info->timerIrq = has_timer(b->plan) ? b->plan->irq_count - 1 : ~(seL4_Word)0;
    info->features = b->plan->features | (SELFCHECK ? SVSM_FEATURE_CHECK : 0);
    info->empty = (seL4_SlotRegion){b->slot, b->cspace.count};
    while ((UINT64_C(1) << info->initThreadCNodeSizeBits) < b->cspace.count)
        info->initThreadCNodeSizeBits++;
}

static struct tcb *start_thread(struct builder *b)
{
    const uint64_t words[4] = {0, seL4_CapInitThreadCNode, seL4_CapInitThreadVSpace, 0};
    struct tcb *tcb = tcb_of(b->cspace.slots[seL4_CapInitThreadTCB].cap);
    const struct boot_root *root = &b->plan->block->root;

    if (call(b, seL4_CapInitThreadTCB, LABEL_TCB_Configure, words) != seL4_NoError)
        panic(END_INVARIANT, "the first thread can not be configured");
    tcb_write_register(tcb, SEL4_REGISTER(rip), root->entry_va);
    tcb_write_register(tcb, SEL4_REGISTER(rsp), root->stack_top_va);
    tcb_write_register(tcb, SEL4_REGISTER(rdi), BOOTINFO_VA);
    return tcb;
}

struct tcb *bootinfo_create(struct config *config, const struct boot_plan *plan)
{
    struct builder b = {
        .config = config,
        .plan = plan,
        .next = plan->free.pa,
        .end = plan->free.pa + plan->free.size,
    };

    begin(&b);
    give_fixed(&b);
    give_image(&b);
    give_vcpus(&b);
    give_memory(&b);
    describe(&b);
    selfcheck_start(b.root);
    return start_thread(&b);
}
