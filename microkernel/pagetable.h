/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces and page tables: four levels of 512 entries, in the format of x86-64.
 *
 * A VSpace is a top table; it has a number and a record in a fixed table that knows which root has
 * that number now. VSpace capability: object is the root's granule, aux its number.
 * PageTable capability: object is the table's granule, badge where it is mapped, aux the level.
 * Where something is mapped is one word: number | generation << 8 | page number << 29. Such a word
 * outlives the address space it names without harm: the record's generation has moved on.
 * Invariants: entries of the lower half name pages of Page capabilities and tables of PageTable
 * capabilities only; a table is linked from at most one entry; it is empty when it gets linked.
 * Sharing: the configuration lock; the CPUs' own reading of cr3 and tag is cpu.h's.
 */
#ifndef MICROKERNEL_PAGETABLE_H
#define MICROKERNEL_PAGETABLE_H

#include "cap.h"
#include "invoke.h"

#define VSPACES 256u /* address spaces there can be at a time; number 0 is the kernel's own */

#define MAPPING_NUMBER_BITS     8u
#define MAPPING_GENERATION_BITS 21u
#define MAPPING_PAGE_SHIFT      (MAPPING_NUMBER_BITS + MAPPING_GENERATION_BITS)

_Static_assert(VSPACES == 1u << MAPPING_NUMBER_BITS, "a number fits its field");

#define PT_BITS      9u
#define PT_ENTRIES   (1u << PT_BITS)
#define PT_LEVELS    4u
#define USER_ENTRIES (PT_ENTRIES / 2) /* of the top table; the others are the kernel's */

#define PT_PRESENT  UINT64_C(1)
#define PT_WRITE    UINT64_C(2)
#define PT_USER     UINT64_C(4)
#define PT_CACHE    3u /* shift of the two bits that say how to cache */
#define PT_ACCESSED UINT64_C(0x20)
#define PT_DIRTY    UINT64_C(0x40)
#define PT_LARGE    UINT64_C(0x80)
#define PT_NX       (UINT64_C(1) << 63)

struct vspace {
    uint64_t cr3; /* ready to load, with the PCID; 0: not in use */
    uint64_t tag; /* changed whenever translations were taken away */
    uint64_t *root;
    uint32_t generation;
    uint32_t number;
};

extern struct vspace vspaces[VSPACES];

/* Set at boot: which bits of its number are an address space's PCID; 0 where there are none. */
extern uint64_t vspace_pcid_mask;

/* Where a capability is mapped. Packed, 0 is nowhere. */
struct mapping {
    struct vspace *vspace;
    uint64_t address;
};

uint64_t mapping_pack(struct mapping mapping);

/* False when it was nowhere, or its address space is gone. */
bool mapping_unpack(uint64_t packed, struct mapping *mapping);

/* The entry for an address in a table of this level (1: of 4 KiB pages); NULL where a table is
   missing on the way. */
uint64_t *pagetable_entry(struct mapping mapping, unsigned level);

/* The physical address in an entry. */
uint64_t pagetable_phys(uint64_t entry);

/* Translations were taken away: returns when no CPU uses them. */
void vspace_flush(struct config *config, struct vspace *vspace);

/* The VSpace capability a word names, to map at this address: InvalidCapability, InvalidArgument
   (an address of the kernel, or in the first page). */
seL4_Error mapping_find(const struct invocation *, seL4_Word vspace, seL4_Word address,
                        struct mapping *mapping);

/* How many more there can be. */
unsigned vspaces_free(void);

struct cap vspace_create(void *root);
void vspace_end(struct config *config, struct slot *slot);
void pagetable_end(struct config *config, struct slot *slot);

#endif
