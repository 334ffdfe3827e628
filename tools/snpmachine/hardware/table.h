/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page-table pages of the machine: four levels below a root, leaves of 4 KiB and 2 MiB. Used for
 * the host's nested table and for each half of a view; both are in the CPU's own format.
 */
#ifndef SNPMACHINE_TABLE_H
#define SNPMACHINE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#define TABLE_PRESENT  (1ull << 0)
#define TABLE_WRITE    (1ull << 1)
#define TABLE_USER     (1ull << 2)
#define TABLE_ACCESSED (1ull << 5)
#define TABLE_DIRTY    (1ull << 6)
#define TABLE_LARGE    (1ull << 7)
#define TABLE_MMIO     (1ull << 9) /* the host's reserved bit; only in its own table */
#define TABLE_NX       (1ull << 63)
#define TABLE_ADDRESS  0x000FFFFFFFFFF000ull
#define TABLE_ENTRIES  512u

/* The leaf that governs the address, NULL if there is none. *size is what it maps. */
uint64_t *table_find(uint64_t *root, uint64_t address, uint64_t *size);

/* The place for a leaf of this size, tables above made as needed. A 2 MiB leaf in the way of a 4
 * KiB one is split into 512 equal ones; tables in the way of a 2 MiB one are the caller's to deal
 * with: *below is then the page-table page that the entry points to. */
uint64_t *table_place(uint64_t *root, uint64_t address, uint64_t size, void **below);

#endif
