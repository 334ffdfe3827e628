/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The methods of pages. Order of errors, after those of methods.def:
 *
 * Map: InvalidCapability (no such address space), InvalidArgument (address; unknown attribute),
 * AlignmentError, IllegalOperation (not readable), InvalidArgument (writable and executable;
 * executable device or shared page), DeleteFirst (mapped elsewhere), FailedLookup (a table is
 * missing), DeleteFirst (something else is mapped there). Mapping again at the same place changes
 * rights and attributes. Unmap: none. Share: IllegalOperation (not a private 4 KiB page of memory,
 * not the original, mapped, or copied), HostRefused.
 */
#include "page.h"
#include "cpu.h"
#include "pagetable.h"
#include "platform.h"
#include <sel4/attributes.h>

struct cap page_cap(uint64_t phys, unsigned flags, seL4_CapRights_t rights)
{
    return (struct cap){
        .type = CAP_Page,
        .rights = (uint8_t)rights,
        .aux = (uint16_t)flags,
        .object = (uint32_t)(phys >> PAGE_SHIFT),
    };
}

static unsigned page_level(struct cap cap)
{
    return (cap.aux & PAGE_LARGE) != 0 ? 2 : 1;
}

/* What an entry must say beside the address. */
static uint64_t leaf_bits(struct cap cap, seL4_CapRights_t rights, uint64_t attributes)
{
    uint64_t bits = PT_PRESENT | PT_USER | PT_ACCESSED;

    bits |= (attributes & seL4_X86_Uncacheable) << PT_CACHE;
    if ((rights & seL4_CanWrite) != 0)
        bits |= PT_WRITE | PT_DIRTY;
    if ((attributes & svsm_Executable) == 0)
        bits |= PT_NX;
    if ((cap.aux & PAGE_LARGE) != 0)
        bits |= PT_LARGE;
    if ((cap.aux & (PAGE_DEVICE | PAGE_SHARED)) != 0)
        return bits | platform_shared_mask;
    return bits | platform_private_mask;
}

/* The entry this capability's mapping is in; NULL when it is not mapped, or no longer. */
static uint64_t *page_entry(struct cap cap, struct mapping *m)
{
    uint64_t large = (cap.aux & PAGE_LARGE) != 0 ? PT_LARGE : 0;
    uint64_t *entry;

    if (!mapping_unpack(cap.badge, m))
        return NULL;
    entry = pagetable_entry(*m, page_level(cap));
    if (entry == NULL || (*entry & (PT_PRESENT | PT_LARGE)) != (PT_PRESENT | large) ||
        pagetable_phys(*entry) != page_phys(cap))
        return NULL;
    return entry;
}

bool page_is_mapped(struct cap cap, struct mapping *m, uint64_t *entry)
{
    uint64_t *found = page_entry(cap, m);

    *entry = found == NULL ? 0 : *found;
    return found != NULL;
}

void page_unmap(struct config *config, struct slot *slot)
{
    struct cap cap = slot->cap;
    struct mapping m;
    uint64_t *entry = page_entry(cap, &m);

    if (entry != NULL) {
        __atomic_store_n(entry, 0, __ATOMIC_RELAXED);
        vspace_flush(config, m.vspace);
    }
    cap.badge = 0;
    slot_update(config, slot, cap);
}

void page_end(struct config *config, struct slot *slot)
{
    (void)config;
    if ((slot->cap.aux & PAGE_SHARED) == 0)
        return;
    /* A host call through this page may still be under way on another processor. */
    cpus_quiesce();
    platform->unshare(page_phys(slot->cap), window_at(page_phys(slot->cap)));
}

static seL4_Error check_rights(struct cap cap, seL4_CapRights_t rights, uint64_t attributes)
{
    if ((rights & seL4_CanRead) == 0)
        return seL4_IllegalOperation;
    if ((attributes & svsm_Executable) == 0)
        return seL4_NoError;
    if ((rights & seL4_CanWrite) != 0 || (cap.aux & (PAGE_DEVICE | PAGE_SHARED)) != 0)
        return seL4_InvalidArgument;
    return seL4_NoError;
}

/* Where the page may go: an empty entry, or the one it is in already. */
static seL4_Error check_entry(struct cap cap, struct mapping m, uint64_t **entry)
{
    struct mapping old;
    uint64_t *current = page_entry(cap, &old);

    if (current != NULL && (old.vspace != m.vspace || old.address != m.address))
        return seL4_DeleteFirst;
    *entry = pagetable_entry(m, page_level(cap));
    if (*entry == NULL)
        return seL4_FailedLookup;
    if (*entry != current && (**entry & PT_PRESENT) != 0)
        return seL4_DeleteFirst;
    return seL4_NoError;
}

static seL4_Error check_map(const struct invocation *inv, struct mapping *m, uint64_t **entry)
{
    struct cap cap = inv->slot->cap;
    uint64_t size = (cap.aux & PAGE_LARGE) != 0 ? UINT64_C(1) << seL4_LargePageBits : PAGE_SIZE;
    seL4_Error error = mapping_find(inv, inv->mr[0], inv->mr[1], m);

    if (error != seL4_NoError)
        return error;
    if ((inv->mr[3] & ~(uint64_t)SVSM_ATTRIBUTES_ALLOWED) != 0)
        return seL4_InvalidArgument;
    if ((m->address & (size - 1)) != 0)
        return seL4_AlignmentError;
    error = check_rights(cap, cap.rights & inv->mr[2], inv->mr[3]);
    return error != seL4_NoError ? error : check_entry(cap, *m, entry);
}

seL4_Error invoke_Page_Map(struct invocation *inv)
{
    struct cap cap = inv->slot->cap;
    struct mapping m;
    uint64_t *entry, before;
    seL4_Error error = check_map(inv, &m, &entry);

    if (error != seL4_NoError)
        return error;
    before = *entry;
    __atomic_store_n(entry, page_phys(cap) | leaf_bits(cap, cap.rights & inv->mr[2], inv->mr[3]),
                     __ATOMIC_RELEASE);
    cap.badge = mapping_pack(m);
    slot_update(inv->config, inv->slot, cap);
    if ((before & PT_PRESENT) != 0)
        vspace_flush(inv->config, m.vspace);
    return seL4_NoError;
}

seL4_Error invoke_Page_Unmap(struct invocation *inv)
{
    page_unmap(inv->config, inv->slot);
    return seL4_NoError;
}

seL4_Error invoke_Page_GetAddress(struct invocation *inv)
{
    inv->mr[0] = page_phys(inv->slot->cap);
    inv->result_length = 1;
    return seL4_NoError;
}

seL4_Error invoke_Page_Share(struct invocation *inv)
{
    struct cap cap = inv->slot->cap;
    struct mapping m;
    void *page;

    if (cap.aux != 0 || slot_is_derived(inv->slot) || slot_has_children(inv->slot) ||
        page_entry(cap, &m) != NULL)
        return seL4_IllegalOperation;
    page = window_at(page_phys(cap));
    if (platform->share(page_phys(cap), page) != PLATFORM_OK)
        return svsm_HostRefused;
    cap.aux = PAGE_SHARED;
    slot_update(inv->config, inv->slot, cap);
    return seL4_NoError;
}
