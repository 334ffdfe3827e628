/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walking and growing page-table pages; see table.h.
 */
#include "hardware/table.h"
#include "machine.h"

#define LEVELS      4u
#define TABLE_LINKS (TABLE_PRESENT | TABLE_WRITE | TABLE_USER | TABLE_ACCESSED)

HOT static unsigned shift_of(unsigned level)
{
    return 12 + 9 * (level - 1);
}

HOT static uint64_t *next_table(uint64_t entry)
{
    return physical(entry & TABLE_ADDRESS);
}

HOT static bool is_link(uint64_t entry, unsigned level)
{
    return level > 1 && (entry & TABLE_PRESENT) && !(entry & TABLE_LARGE);
}

HOT uint64_t *table_find(uint64_t *root, uint64_t address, uint64_t *size)
{
    uint64_t *table = root;
    for (unsigned level = LEVELS;; level--) {
        uint64_t *entry = &table[address >> shift_of(level) & (TABLE_ENTRIES - 1)];
        if (!is_link(*entry, level)) {
            *size = 1ull << shift_of(level);
            return level <= 2 && *entry ? entry : NULL;
        }
        table = next_table(*entry);
    }
}

static void split(uint64_t *entry)
{
    uint64_t *table = memory_page();
    uint64_t leaf = *entry & ~TABLE_LARGE;
    for (uint64_t i = 0; leaf && i < TABLE_ENTRIES; i++)
        table[i] = leaf & TABLE_MMIO ? leaf : leaf + i * PAGE_SIZE;
    *entry = physical_of(table) | TABLE_LINKS;
}

uint64_t *table_place(uint64_t *root, uint64_t address, uint64_t size, void **below)
{
    unsigned leaf_level = size == PAGE_SIZE ? 1 : 2;
    uint64_t *table = root;
    *below = NULL;
    for (unsigned level = LEVELS;; level--) {
        uint64_t *entry = &table[address >> shift_of(level) & (TABLE_ENTRIES - 1)];
        if (level == leaf_level) {
            if (is_link(*entry, level))
                *below = next_table(*entry);
            return entry;
        }
        if (!is_link(*entry, level))
            split(entry);
        table = next_table(*entry);
    }
}
