/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The methods of page tables, the records of address spaces, and the walk.
 *
 * Map: InvalidCapability (no such address space), InvalidArgument (address), DeleteFirst (the table
 * is mapped; no table is missing there). Unmap: none; it is no error if the table was not mapped.
 * A table is emptied when it is linked, not when it is unlinked: what it held in between is reached
 * by no walk, and Page capabilities that were mapped through it find that out when they look.
 */
#include "pagetable.h"
#include "bytes.h"
#include "cpu.h"
#include "platform.h"

#define PT_ADDRESS UINT64_C(0x000ffffffffff000)
#define PT_INDEX(a, level)                                                                         \
    ((unsigned)((a) >> (PAGE_SHIFT + PT_BITS * ((level)-1))) & (unsigned)(PT_ENTRIES - 1))
#define PT_SPAN(level) (UINT64_C(1) << (PAGE_SHIFT + PT_BITS * (level)))
/* The last page below the middle stays out of use: SYSRET must not meet an address beyond it. */
#define USER_END (PT_SPAN(PT_LEVELS) / 2 - PAGE_SIZE)

struct vspace vspaces[VSPACES];
uint64_t vspace_pcid_mask;

static uint64_t last_tag;

uint64_t mapping_pack(struct mapping m)
{
    uint64_t generation = m.vspace->generation & ((1u << MAPPING_GENERATION_BITS) - 1);

    return m.vspace->number | generation << MAPPING_NUMBER_BITS |
           m.address >> PAGE_SHIFT << MAPPING_PAGE_SHIFT;
}

bool mapping_unpack(uint64_t packed, struct mapping *m)
{
    m->vspace = &vspaces[packed & (VSPACES - 1)];
    m->address = packed >> MAPPING_PAGE_SHIFT << PAGE_SHIFT;
    return packed != 0 && m->vspace->cr3 != 0 && mapping_pack(*m) == packed;
}

uint64_t pagetable_phys(uint64_t entry)
{
    return entry & PT_ADDRESS & ~(platform_private_mask | platform_shared_mask);
}

uint64_t *pagetable_entry(struct mapping m, unsigned level)
{
    uint64_t *table = m.vspace->root;

    for (unsigned at = PT_LEVELS; at > level; at--) {
        uint64_t entry = table[PT_INDEX(m.address, at)];

        if ((entry & PT_PRESENT) == 0 || (entry & PT_LARGE) != 0)
            return NULL;
        table = window_at(pagetable_phys(entry));
    }
    return &table[PT_INDEX(m.address, level)];
}

void vspace_flush(struct config *config, struct vspace *vspace)
{
    (void)config;
    vspace->tag = ++last_tag;
    cpus_flush(vspace);
}

seL4_Error mapping_find(const struct invocation *inv, seL4_Word vspace, seL4_Word address,
                        struct mapping *mapping)
{
    struct slot *slot = invocation_cap(inv, vspace, CAP_VSpace, seL4_CanWrite);

    if (slot == NULL)
        return seL4_InvalidCapability;
    if (address < PAGE_SIZE || address >= USER_END)
        return seL4_InvalidArgument;
    mapping->vspace = &vspaces[slot->cap.aux];
    mapping->address = address;
    return seL4_NoError;
}

unsigned vspaces_free(void)
{
    unsigned count = 0;

    for (unsigned i = 1; i < VSPACES; i++)
        count += vspaces[i].cr3 == 0;
    return count;
}

/* There is a free number: vspaces_free said so under the same lock. */
static uint32_t free_number(void)
{
    uint32_t number = 1;

    while (number < VSPACES - 1 && vspaces[number].cr3 != 0)
        number++;
    return number;
}

struct cap vspace_create(void *root)
{
    uint32_t number = free_number();
    struct vspace *vspace = &vspaces[number];

    vspace->root = root;
    for (unsigned i = USER_ENTRIES; i < PT_ENTRIES; i++)
        vspace->root[i] = vspaces[0].root[i];
    vspace->number = number;
    vspace->generation++;
    vspace->tag = ++last_tag;
    vspace->cr3 = window_phys(root) | platform_private_mask | (number & vspace_pcid_mask);
    return (struct cap){
        .type = CAP_VSpace,
        .rights = CAP_RIGHTS,
        .aux = (uint16_t)number,
        .object = window_granule(root),
    };
}

/* cr3 0 tells the processors that still have it loaded to load the kernel's own. */
void vspace_end(struct config *config, struct slot *slot)
{
    struct vspace *vspace = &vspaces[slot->cap.aux];

    vspace->cr3 = 0;
    vspace_flush(config, vspace);
    vspace->root = NULL;
}

/* The entry that links a PageTable capability's table; NULL when nothing does. */
static uint64_t *table_link(struct cap cap, struct mapping *m)
{
    uint64_t *entry;

    if (!mapping_unpack(cap.badge, m))
        return NULL;
    entry = pagetable_entry(*m, cap.aux + 1u);
    if (entry == NULL || (*entry & (PT_PRESENT | PT_LARGE)) != PT_PRESENT ||
        pagetable_phys(*entry) != window_phys(window_object(cap.object)))
        return NULL;
    return entry;
}

void pagetable_end(struct config *config, struct slot *slot)
{
    struct mapping m;
    struct cap cap = slot->cap;
    uint64_t *entry = table_link(cap, &m);

    if (entry != NULL) {
        __atomic_store_n(entry, 0, __ATOMIC_RELAXED);
        vspace_flush(config, m.vspace);
    }
    cap.badge = 0;
    cap.aux = 0;
    slot_update(config, slot, cap);
}

/* The lowest level that a walk to the address reaches; its entry there. */
static unsigned reached_level(struct mapping m, uint64_t **entry)
{
    unsigned level = 1;

    while ((*entry = pagetable_entry(m, level)) == NULL)
        level++;
    return level;
}

seL4_Error invoke_PageTable_Map(struct invocation *inv)
{
    struct cap cap = inv->slot->cap;
    struct mapping m, old;
    uint64_t *entry;
    unsigned level;
    seL4_Error error = mapping_find(inv, inv->mr[0], inv->mr[1], &m);

    if (error != seL4_NoError)
        return error;
    if (table_link(cap, &old) != NULL)
        return seL4_DeleteFirst;
    level = reached_level(m, &entry);
    if (level == 1 || (*entry & PT_PRESENT) != 0)
        return seL4_DeleteFirst;
    bytes_zero(window_object(cap.object), PAGE_SIZE);
    __atomic_store_n(entry,
                     window_phys(window_object(cap.object)) | platform_private_mask | PT_ACCESSED |
                         PT_USER | PT_WRITE | PT_PRESENT,
                     __ATOMIC_RELEASE);
    m.address &= ~(PT_SPAN(level - 1) - 1);
    cap.badge = mapping_pack(m);
    cap.aux = (uint16_t)(level - 1);
    slot_update(inv->config, inv->slot, cap);
    return seL4_NoError;
}

seL4_Error invoke_PageTable_Unmap(struct invocation *inv)
{
    pagetable_end(inv->config, inv->slot);
    return seL4_NoError;
}
