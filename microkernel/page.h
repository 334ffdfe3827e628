/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that can be mapped: seL4's frames. The capability is all there is; there is no object
 * behind it.
 *
 * Capability: object is the page number, aux PAGE_* flags, badge the mapping this capability made:
 * one at most, written as pagetable.h says (0: none). Invariants: the entry a mapping names is this
 * page's or the mapping is stale (its table or address space went first) and counts as none; the
 * entry never grants more than the capability, nor writing together with executing. A shared page
 * is one the host can read and write; it is 4 KiB. Sharing: the configuration lock.
 */
#ifndef MICROKERNEL_PAGE_H
#define MICROKERNEL_PAGE_H

#include "cap.h"
#include "invoke.h"

#define PAGE_LARGE  1u
#define PAGE_DEVICE 2u
#define PAGE_SHARED 4u

struct cap page_cap(uint64_t phys, unsigned flags, seL4_CapRights_t rights);
/* Whether the capability is mapped, where, and by which entry. */
struct mapping;
bool page_is_mapped(struct cap cap, struct mapping *mapping, uint64_t *entry);

/* Undoes the mapping the capability made, if it still stands. */
void page_unmap(struct config *config, struct slot *slot);

/* The original goes: a shared page becomes private again. */
void page_end(struct config *config, struct slot *slot);

static inline uint64_t page_phys(struct cap cap)
{
    return (uint64_t)cap.object << PAGE_SHIFT;
}

#endif
