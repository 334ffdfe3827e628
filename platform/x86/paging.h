/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page-table entries, and the kernel's own mappings.
 *
 * The kernel half of every address space is one PML4 entry, the last: window, image, stacks, and
 * pages of devices. It is complete in its upper level before the first address space is made, so
 * that each needs only a copy of that entry. Kernel leaves are global; user leaves never are.
 */
#ifndef X86_PAGING_H
#define X86_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#define PTE_PRESENT    (UINT64_C(1) << 0)
#define PTE_WRITE      (UINT64_C(1) << 1)
#define PTE_USER       (UINT64_C(1) << 2)
#define PTE_UNCACHED   (UINT64_C(1) << 4 | UINT64_C(1) << 3)
#define PTE_ACCESSED   (UINT64_C(1) << 5)
#define PTE_DIRTY      (UINT64_C(1) << 6)
#define PTE_LARGE      (UINT64_C(1) << 7)
#define PTE_GLOBAL     (UINT64_C(1) << 8)
#define PTE_NO_EXECUTE (UINT64_C(1) << 63)
#define PTE_ADDRESS    UINT64_C(0x000ffffffffff000)

#define PAGING_KERNEL_SLOT 511u                         /* of the PML4 */
#define PAGING_STACKS_VA   UINT64_C(0xffffffc000000000) /* one STACK_STRIDE for each processor */
#define PAGING_SHARED_VA   UINT64_C(0xffffffd800000000) /* as the window, for shared pages */
#define PAGING_DEVICES_VA  UINT64_C(0xffffffd000000000)
#define PAGING_GUEST_VA    UINT64_C(0xffffffe000000000) /* windows to pages of a guest */
#define PAGING_DATA                                                                                \
    (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL | PTE_NO_EXECUTE)

/* Leaves the stub's tables for the kernel's own, which lack the identity mapping. Boot only. */
void paging_start(uint64_t boot_root_pa);
/* The root of the kernel alone: no user half. */
uint64_t paging_kernel_root(void);
/* What belongs into PAGING_KERNEL_SLOT of a new address space. */
uint64_t paging_kernel_entry(void);
/* Makes the tables for the shared pages of the region. Boot only. */
void paging_prepare_shared(void);
/* A page of the region appears at its place in PAGING_SHARED_VA, or goes. */
void paging_set_shared(uint64_t pa, bool shared);
/* Maps one page into the kernel half, `flags` without the address; makes tables. Boot only. */
void paging_map(uint64_t va, uint64_t pa, uint64_t flags);
/* Where the entry for va is, of a page table or (level 1) of a directory; makes the tables that
   lead there. Boot only. */
uint64_t *paging_window(uint64_t va, int level);
/* Maps a page of device registers, uncached and not private; returns where. Boot only. */
void *paging_map_device(uint64_t pa);

#endif
