/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel half of all address spaces; see paging.h. */
#include "paging.h"

#include "memory.h"
#include "ops.h"
#include "platform.h"
#include "window.h"

#define LEVELS  4
#define ENTRIES 512u
/* Not global: every processor forgets it with the next load of a root. */
#define SHARED_DATA   (PAGING_DATA & ~PTE_GLOBAL)
#define TABLE_ENTRIES (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED)

static uint64_t kernel_root;
static uint64_t next_device = PAGING_DEVICES_VA;

static uint64_t *table_of(uint64_t entry)
{
    return window_at(entry & PTE_ADDRESS & ~platform_private_mask);
}

static uint64_t new_table(void)
{
    return window_phys(memory_take(1)) | platform_private_mask | TABLE_ENTRIES;
}

void paging_start(uint64_t boot_root_pa)
{
    const uint64_t *boot_root = window_at(boot_root_pa);
    uint64_t *root;

    root = memory_take(1);
    root[PAGING_KERNEL_SLOT] = boot_root[PAGING_KERNEL_SLOT];
    kernel_root = window_phys(root) | platform_private_mask;
    x86_set_cr3(kernel_root);
}

uint64_t paging_kernel_root(void)
{
    return kernel_root;
}

uint64_t paging_kernel_entry(void)
{
    return table_of(kernel_root)[PAGING_KERNEL_SLOT];
}

/* The entry for a page of the kernel half; makes the tables that lead to it, if there are none. */
uint64_t *paging_window(uint64_t va, int level)
{
    uint64_t *table = table_of(kernel_root);

    for (int above = LEVELS - 1; above > level; above--) {
        uint64_t *entry = &table[va >> (12 + 9 * above) & (ENTRIES - 1)];

        if ((*entry & PTE_PRESENT) == 0) {
            *entry = new_table();
        }
        table = table_of(*entry);
    }
    return &table[va >> (12 + 9 * level) & (ENTRIES - 1)];
}

static uint64_t *entry_of(uint64_t va)
{
    return paging_window(va, 0);
}

void paging_map(uint64_t va, uint64_t pa, uint64_t flags)
{
    *entry_of(va) = pa | flags;
}

void paging_prepare_shared(void)
{
    for (uint64_t at = 0; at < kernel_window.size; at += PAGE_SIZE * ENTRIES) {
        *entry_of(PAGING_SHARED_VA + at) = 0;
    }
}

void paging_set_shared(uint64_t pa, bool shared)
{
    uint64_t va = PAGING_SHARED_VA + (pa - kernel_window.phys);

    __atomic_store_n(entry_of(va), shared ? pa | platform_shared_mask | SHARED_DATA : 0,
                     __ATOMIC_RELEASE);
    x86_invlpg((const void *)va);
}

void *paging_map_device(uint64_t pa)
{
    uint64_t va = next_device;

    next_device += PAGE_SIZE;
    paging_map(va, pa, PAGING_DATA | PTE_UNCACHED);
    return (void *)va;
}
