/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One walk that makes missing tables on its way, used for both page sizes. Accessed and dirty are
 * set at once, so that the processor has nothing to write into a measured page.
 */
#include "tables.h"

#include <string.h>

#define PRESENT   UINT64_C(1)
#define WRITABLE  UINT64_C(2)
#define ACCESSED  UINT64_C(0x20)
#define DIRTY     UINT64_C(0x40)
#define LARGE     UINT64_C(0x80)
#define GLOBAL    UINT64_C(0x100)
#define NX        (UINT64_C(1) << 63)
#define ADDRESS   UINT64_C(0x000ffffffffff000)
#define DIRECTORY (PRESENT | WRITABLE | ACCESSED)
#define LEVELS    4u

static uint64_t entry_read(const struct tables *tables, uint64_t pa)
{
    uint64_t entry;

    memcpy(&entry, image_at(tables->image, pa), sizeof(entry));
    return entry;
}

static void entry_write(struct tables *tables, uint64_t pa, uint64_t entry)
{
    memcpy(image_at(tables->image, pa), &entry, sizeof(entry));
}

/* Where the entry for va lies in the table; level 0 is the last one. */
static uint64_t entry_place(uint64_t table, uint64_t va, unsigned level)
{
    return table + 8 * ((va >> (12 + 9 * level)) & 511);
}

static bool take_table(struct tables *tables, uint64_t *table, struct build_error *error)
{
    if (tables->next + IMAGE_PAGE > tables->limit)
        return build_fail(error, "the region is too small for its page tables");
    *table = tables->next;
    tables->next += IMAGE_PAGE;
    image_mark(tables->image, *table, IMAGE_PAGE, IMAGE_DATA);
    return true;
}

bool tables_start(struct tables *tables, struct build_error *error)
{
    return take_table(tables, &tables->start, error);
}

/* The place of the entry for va at a level, with the tables above it made; 0 on error. */
static uint64_t walk(struct tables *tables, uint64_t va, unsigned level, struct build_error *error)
{
    uint64_t table = tables->start;

    for (unsigned at = LEVELS - 1; at > level; at--) {
        uint64_t above = entry_place(table, va, at);
        uint64_t entry = entry_read(tables, above);

        if (!(entry & PRESENT)) {
            if (!take_table(tables, &table, error))
                return 0;
            entry = table | DIRECTORY;
            entry_write(tables, above, entry);
        } else if (entry & LARGE) {
            build_fail(error, "%#llx is mapped twice", (unsigned long long)va);
            return 0;
        }
        table = entry & ADDRESS;
    }
    return entry_place(table, va, level);
}

static uint64_t leaf_flags(uint32_t flags)
{
    return PRESENT | ACCESSED | (flags & TABLES_WRITE ? WRITABLE | DIRTY : 0) |
           (flags & TABLES_EXECUTE ? 0 : NX) | (flags & TABLES_GLOBAL ? GLOBAL : 0);
}

static bool map_one(struct tables *tables, uint64_t va, uint64_t leaf, struct build_error *error)
{
    uint64_t place = walk(tables, va, leaf & LARGE ? 1 : 0, error);

    if (place == 0)
        return false;
    if (entry_read(tables, place) & PRESENT)
        return build_fail(error, "%#llx is mapped twice", (unsigned long long)va);
    entry_write(tables, place, leaf);
    return true;
}

static bool check(const struct mapping *mapping, uint64_t page, struct build_error *error)
{
    const uint32_t both = TABLES_WRITE | TABLES_EXECUTE;

    if ((mapping->va | mapping->pa | mapping->size) % page || (mapping->flags & both) == both)
        return build_fail(error, "%#llx cannot be mapped so", (unsigned long long)mapping->va);
    return true;
}

bool tables_map(struct tables *tables, const struct mapping *mapping, struct build_error *error)
{
    if (!check(mapping, IMAGE_PAGE, error))
        return false;
    for (uint64_t at = 0; at < mapping->size; at += IMAGE_PAGE) {
        uint64_t leaf = (mapping->pa + at) | leaf_flags(mapping->flags);

        if (!map_one(tables, mapping->va + at, leaf, error))
            return false;
    }
    return true;
}

bool tables_map_large(struct tables *tables, const struct mapping *mapping,
                      struct build_error *error)
{
    return check(mapping, TABLES_LARGE, error) &&
           map_one(tables, mapping->va, mapping->pa | LARGE | leaf_flags(mapping->flags), error);
}

uint64_t tables_entry(const struct tables *tables, uint64_t va, uint64_t *page_size)
{
    uint64_t table = tables->start;

    for (unsigned level = LEVELS - 1;; level--) {
        uint64_t entry = entry_read(tables, entry_place(table, va, level));

        *page_size = IMAGE_PAGE << (9 * level);
        if (!(entry & PRESENT) || level == 0 || (entry & LARGE))
            return entry & PRESENT ? entry : 0;
        table = entry & ADDRESS;
    }
}
