/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces and page tables: four levels of 512 entries, in the format of x86-64.
 *
 * A VSpace is a top table; it has a number and a record in a fixed table that knows which root has
 * that number now. VSpace capability: object is the root's granule, aux its number.
 * PageTable capability: object is the table's granule, badge where it is mapped, aux the level.
 * A mapping is written address bits | number << 0 | generation: it survives the address space it
 * names without harm, because the record's generation has moved on by then.
 * Invariants: entries of the lower half name pages of frame capabilities and tables of PageTable
 * capabilities only; a table is linked from at most one entry; it is empty when it gets linked.
 * Sharing: the configuration lock; the CPUs' own reading of cr3 and tag is cpu.h's.
 */
#ifndef MICROKERNEL_PAGETABLE_H
#define MICROKERNEL_PAGETABLE_H

#include "cap.h"
#include "invoke.h"

#define VSPACES 256u /* address spaces there can be at a time; number 0 is the kernel's own */

#define PT_ENTRIES    512u
#define USER_TOP_PAGE UINT64_C(0x00007ffffffff) /* the first page users may not have */
#define USER_ENTRIES  256u                      /* of the top table; the others are the kernel's */

struct vspace {
    uint64_t cr3; /* ready to load, with the PCID; 0: not in use */
    uint64_t tag; /* changed whenever translations were taken away */
    uint64_t *root;
    uint32_t generation;
    uint32_t number;
};

struct vspace *vspace_of(struct cap vspace_cap);

/* A mapping of a page of 2^bits bytes at an address, or what became of it. */
struct mapping {
    struct vspace *vspace;
    uint64_t address;
};

uint64_t mapping_pack(struct mapping mapping);
bool mapping_unpack(uint64_t packed, struct mapping *out);

/* The entry at a level (1: 4 KiB pages) for an address; NULL where a table is missing on the way.
 */
uint64_t *pagetable_entry(const struct vspace *vspace, uint64_t address, unsigned level);

/* What must be in entries of a given kind. */
uint64_t pagetable_leaf(uint64_t phys, unsigned page_flags, uint64_t rights, uint64_t attributes);

bool vspace_number_is_free(void);
struct cap vspace_create(void *root);
bool vspace_end(struct config *config, struct slot *slot);
bool pagetable_end(struct config *config, struct slot *slot);

seL4_Error pagetable_map(struct invocation *);
seL4_Error pagetable_unmap(struct invocation *);

#endif
