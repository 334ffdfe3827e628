/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables, made at build time inside the image: four levels, entries without the C-bit.
 *
 * Table pages are taken one after the other from "next" on, so that all of them are one range; the
 * stub relies on that. Nothing can be mapped twice and nothing writable and executable at once.
 */
#ifndef BUILD_TABLES_H
#define BUILD_TABLES_H

#include "image.h"

#define TABLES_WRITE   1u
#define TABLES_EXECUTE 2u
#define TABLES_GLOBAL  4u

#define TABLES_LARGE (UINT64_C(2) << 20)

struct tables {
    struct image *image;
    uint64_t start; /* the root, and the first of all table pages */
    uint64_t next;
    uint64_t limit;
};

struct mapping {
    uint64_t va;
    uint64_t pa;
    uint64_t size; /* a multiple of the page size */
    uint32_t flags;
};

/* The caller has set image, next and limit; takes the root. */
bool tables_start(struct tables *tables, struct build_error *error);

/* Maps 4 KiB pages. */
bool tables_map(struct tables *tables, const struct mapping *mapping, struct build_error *error);

/* Maps one 2 MiB page. */
bool tables_map_large(struct tables *tables, const struct mapping *mapping,
                      struct build_error *error);

/* What a virtual address leads to: the leaf entry and the size of its page; 0 if nothing. */
uint64_t tables_entry(const struct tables *tables, uint64_t va, uint64_t *page_size);

#endif
