/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping a page, of any capability, with any words, over any page-table entry: the entry that is
 * written names exactly the capability's page, of its size, and grants no more than the capability
 * and the caller's words do, to users, and never writing together with executing; an entry in use
 * by something else stays as it is; an error changes nothing; unmapping clears this page's entry
 * only.
 *
 * The walk is any walk: it ends at one of two entries or at none, and what the old mapping leads to
 * is unrelated to where the new one goes, or the same.
 *
 * sources: microkernel/page.c microkernel/cap.c
 * options: --unwind 3
 */
#include <sel4/attributes.h>

#include "page.h"
#include "pagetable.h"
#include "platform.h"
#include "proof.h"

#define ADDRESS UINT64_C(0x000ffffffffff000)
#define KNOWN                                                                                      \
    (PT_PRESENT | PT_WRITE | PT_USER | PT_ACCESSED | PT_DIRTY | PT_LARGE | PT_NX | UINT64_C(0x18))

uint64_t platform_private_mask, platform_shared_mask;
const struct platform *platform;
struct vspace vspaces[VSPACES];

static struct slot slots[3];
static uint64_t entries[2];
static bool old_stands; /* what the capability says of its mapping is still so */
static struct mapping old_mapping, new_mapping;
static unsigned old_entry, new_entry; /* 2: a table is missing */
static unsigned flushed;

bool mapping_unpack(uint64_t packed, struct mapping *mapping)
{
    *mapping = old_mapping;
    return packed != 0 && old_stands;
}

uint64_t mapping_pack(struct mapping mapping)
{
    return mapping.vspace->number + 1;
}

uint64_t pagetable_phys(uint64_t entry)
{
    return entry & ADDRESS & ~(platform_private_mask | platform_shared_mask);
}

uint64_t *pagetable_entry(struct mapping m, unsigned level)
{
    bool old = m.vspace == old_mapping.vspace && m.address == old_mapping.address;
    unsigned which = old ? old_entry : new_entry;

    ASSERT(level == 1 || level == 2, "where pages are");
    return which == 2 ? NULL : &entries[which];
}

seL4_Error mapping_find(const struct invocation *inv, seL4_Word vspace, seL4_Word address,
                        struct mapping *mapping)
{
    (void)inv;
    (void)vspace;
    *mapping = new_mapping;
    ASSUME(mapping->address == address);
    return nondet_bool() ? seL4_NoError : seL4_InvalidCapability;
}

void vspace_flush(struct config *config, struct vspace *vspace)
{
    (void)config;
    (void)vspace;
    flushed++;
}

void cpus_quiesce(void)
{
}

static bool is_at_old_place(void)
{
    return old_mapping.vspace == new_mapping.vspace && old_mapping.address == new_mapping.address;
}

static void any_page(void)
{
    struct cap *cap = &slots[1].cap;

    kernel_window.base = (uint8_t *)slots;
    ANYTHING(slots);
    ANYTHING(entries);
    ANYTHING(&old_stands);
    ASSUME(cap->type == CAP_Page && cap->aux < 8);
    ASSUME((cap->aux & PAGE_LARGE) == 0 || (cap->object & 511) == 0);
    platform_private_mask = nondet_bool() ? UINT64_C(1) << 51 : 0;
    platform_shared_mask = platform_private_mask == 0 && nondet_bool() ? UINT64_C(1) << 46 : 0;
    old_mapping = (struct mapping){&vspaces[1 + nondet_bool()], nondet_u64()};
    new_mapping = (struct mapping){&vspaces[1 + nondet_bool()], nondet_u64()};
    old_entry = nondet_u32();
    new_entry = nondet_u32();
    ASSUME(old_entry <= 2 && new_entry <= 2);
    /* Different places have different entries. */
    ASSUME(old_entry == 2 || is_at_old_place() || old_entry != new_entry);
}

static void check_entry(struct cap cap, uint64_t entry, const struct invocation *inv)
{
    bool host = (cap.aux & (PAGE_DEVICE | PAGE_SHARED)) != 0;
    uint64_t mask = host ? platform_shared_mask : platform_private_mask;
    uint64_t size = (cap.aux & PAGE_LARGE) != 0 ? UINT64_C(1) << 21 : PAGE_SIZE;

    ASSERT(pagetable_phys(entry) == page_phys(cap), "it names the capability's page");
    ASSERT((entry & ~ADDRESS & ~KNOWN) == 0, "and nothing else");
    ASSERT((entry & (platform_private_mask | platform_shared_mask)) == mask,
           "private where it is private");
    ASSERT(((entry & PT_LARGE) != 0) == ((cap.aux & PAGE_LARGE) != 0), "of its size");
    ASSERT((inv->mr[1] & (size - 1)) == 0, "at an address its size divides");
    ASSERT((entry & (PT_PRESENT | PT_USER)) == (PT_PRESENT | PT_USER), "for users");
    ASSERT((cap.rights & inv->mr[2] & seL4_CanRead) != 0, "who may read it");
    ASSERT((entry & PT_WRITE) == 0 || (cap.rights & inv->mr[2] & seL4_CanWrite) != 0,
           "and write it if the capability may");
    ASSERT((entry & PT_WRITE) == 0 || (entry & PT_NX) != 0, "but then not execute it");
    ASSERT((entry & PT_NX) != 0 || (inv->mr[3] & svsm_Executable) != 0, "unless asked to");
    ASSERT((entry & PT_NX) != 0 || !host, "nor what the host may write");
    REACHED((entry & PT_NX) == 0);
    REACHED((entry & PT_WRITE) != 0 && (entry & PT_LARGE) != 0);
}

static void check_map(struct invocation *inv)
{
    uint64_t before[2] = {entries[0], entries[1]};
    struct cap cap = slots[1].cap;
    unsigned at = is_at_old_place() ? old_entry : new_entry;
    seL4_Error error = invoke_Page_Map(inv);

    if (error != seL4_NoError) {
        ASSERT(entries[0] == before[0] && entries[1] == before[1], "an error changes no entry");
        ASSERT(slots[1].cap.badge == cap.badge, "nor the capability");
        REACHED(error == seL4_DeleteFirst);
        return;
    }
    ASSERT(at < 2, "there is a table");
    ASSERT(entries[1 - at] == before[1 - at], "the other entry stays");
    ASSERT((before[at] & PT_PRESENT) == 0 || pagetable_phys(before[at]) == page_phys(cap),
           "nothing else was mapped there");
    ASSERT((before[at] & PT_PRESENT) == 0 || flushed != 0, "a change is flushed");
    ASSERT(slots[1].cap.badge != 0, "the capability knows where it is");
    ASSERT(slots[1].cap.rights == cap.rights, "and keeps its rights");
    check_entry(cap, entries[at], inv);
}

static void check_unmap(void)
{
    uint64_t before[2] = {entries[0], entries[1]};
    struct cap cap = slots[1].cap;

    page_unmap(NULL, &slots[1]);
    for (unsigned i = 0; i < 2; i++) {
        bool same = entries[i] == before[i];

        ASSERT(same || (entries[i] == 0 && i == old_entry), "the mapping's entry, or none");
        ASSERT(same || pagetable_phys(before[i]) == page_phys(cap), "if it is this page's");
        ASSERT(same || flushed == 1, "and then it is flushed");
        REACHED(!same);
    }
    ASSERT(slots[1].cap.badge == 0, "it is mapped nowhere");
}

void harness(void)
{
    struct invocation inv;

    any_page();
    ANYTHING(&inv);
    inv.slot = &slots[1];
    flushed = 0;
    for (unsigned i = 0; i < 2; i++)
        vspaces[1 + i].number = 1 + i;
    if (nondet_bool())
        check_map(&inv);
    else
        check_unmap();
}
