/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's nested page table: which system page lies behind a guest physical address. The CPU
 * never walks it; view.c derives from it and the RMP what the CPU may use.
 */
#include "hardware/table.h"
#include "hardware/view.h"

#define GPA_LIMIT    (1ull << 47) /* below either C-bit */
#define ALIAS_GROWTH 256u

struct alias {
    uint64_t gpa, spa, size;
};

HOT_DATA static uint64_t *root;
static struct alias *aliases;
static unsigned alias_count, alias_room;

static void check_range(uint64_t gpa, uint64_t size)
{
    if ((size & (PAGE_SIZE - 1)) || (gpa & (PAGE_SIZE - 1)) || gpa + size > GPA_LIMIT)
        machine_stop(MACHINE_BROKEN, "the host maps a bad range, gpa %lx size %lx", gpa, size);
}

static void put(uint64_t gpa, uint64_t size, uint64_t leaf)
{
    void *below;
    uint64_t *entry = table_place(root, gpa, size, &below);
    *entry = leaf;
    if (below)
        memory_page_free(below);
}

/* Zero or one leaf over a range of any size, in pieces as large as fit. */
static void put_range(uint64_t gpa, uint64_t size, uint64_t leaf)
{
    for (uint64_t at = gpa; at < gpa + size;) {
        bool large = !(at & (LARGE_SIZE - 1)) && at + LARGE_SIZE <= gpa + size;
        put(at, large ? LARGE_SIZE : PAGE_SIZE, large && leaf ? leaf | TABLE_LARGE : leaf);
        at += large ? LARGE_SIZE : PAGE_SIZE;
    }
    view_forget(gpa, size);
    view_settle();
}

/* What the new mapping replaces is no alias any more. */
static void drop_aliases(uint64_t gpa, uint64_t size)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < alias_count; i++)
        if (aliases[i].gpa < gpa || aliases[i].gpa + aliases[i].size > gpa + size)
            aliases[kept++] = aliases[i];
    alias_count = kept;
}

static void note_alias(uint64_t gpa, uint64_t spa, uint64_t size)
{
    if (alias_count == alias_room) {
        struct alias *grown = memory_alloc((alias_room + ALIAS_GROWTH) * sizeof *grown);
        if (!grown)
            machine_stop(MACHINE_BROKEN, "too many pages mapped away from their own address");
        if (alias_count)
            memcpy(grown, aliases, alias_count * sizeof *grown);
        memory_free(aliases);
        aliases = grown;
        alias_room += ALIAS_GROWTH;
    }
    aliases[alias_count++] = (struct alias){gpa, spa, size};
    for (uint64_t at = spa; at < spa + size; at += PAGE_SIZE)
        if (rmp_own(at))
            rmp_own(at)->aliased = 1;
}

void view_forget_spa(uint64_t spa, uint64_t size)
{
    view_forget(spa, size);
    bool aliased = false;
    for (uint64_t at = spa; at < spa + size && !aliased; at += PAGE_SIZE)
        aliased = rmp_own(at) && rmp_own(at)->aliased;
    for (unsigned i = 0; aliased && i < alias_count; i++)
        if (aliases[i].spa < spa + size && spa < aliases[i].spa + aliases[i].size)
            view_forget(aliases[i].gpa, aliases[i].size);
}

HOT struct nested nested_lookup(uint64_t gpa)
{
    struct nested found = {NESTED_NONE, 0, PAGE_SIZE};
    if (gpa >= GPA_LIMIT) /* no host has anything there: as if it were marked */
        return (struct nested){NESTED_MMIO, 0, PAGE_SIZE};
    const uint64_t *leaf = table_find(root, gpa, &found.size);
    if (!leaf)
        return found;
    found.kind = *leaf & TABLE_MMIO ? NESTED_MMIO : NESTED_MEMORY;
    found.spa = (*leaf & TABLE_ADDRESS & ~(found.size - 1)) | (gpa & (found.size - 1));
    return found;
}

void hw_map(uint64_t gpa, uint64_t spa, uint64_t size)
{
    check_range(gpa, size);
    if ((size != PAGE_SIZE && size != LARGE_SIZE) || (gpa | spa) & (size - 1) ||
        (spa < machine.own_base + machine.own_size && machine.own_base < spa + size))
        machine_stop(MACHINE_BROKEN, "the host maps gpa %lx to spa %lx, size %lx", gpa, spa, size);
    spin_lock(&hardware_lock);
    put(gpa, size, spa | TABLE_PRESENT | (size == LARGE_SIZE ? TABLE_LARGE : 0));
    view_forget(gpa, size);
    drop_aliases(gpa, size);
    if (gpa != spa)
        note_alias(gpa, spa, size);
    view_settle();
    spin_unlock(&hardware_lock);
}

void hw_unmap(uint64_t gpa, uint64_t size)
{
    check_range(gpa, size);
    spin_lock(&hardware_lock);
    put_range(gpa, size, 0);
    spin_unlock(&hardware_lock);
}

void hw_map_mmio(uint64_t gpa, uint64_t size)
{
    check_range(gpa, size);
    spin_lock(&hardware_lock);
    put_range(gpa, size, TABLE_PRESENT | TABLE_MMIO);
    spin_unlock(&hardware_lock);
}

bool hw_translate(uint64_t gpa, uint64_t *spa, uint64_t *size)
{
    spin_lock(&hardware_lock);
    struct nested found = nested_lookup(gpa);
    spin_unlock(&hardware_lock);
    *spa = found.spa;
    if (size)
        *size = found.size;
    return found.kind == NESTED_MEMORY;
}

void nested_start(void)
{
    root = memory_page();
    for (unsigned i = 0; i < machine.map_count; i++) {
        const struct memory_range *r = &machine.map[i];
        if (r->type != 1)
            continue;
        for (uint64_t at = r->base; at < r->base + r->size;) {
            bool large = !(at & (LARGE_SIZE - 1)) && at + LARGE_SIZE <= r->base + r->size;
            put(at, large ? LARGE_SIZE : PAGE_SIZE, at | TABLE_PRESENT | (large ? TABLE_LARGE : 0));
            at += large ? LARGE_SIZE : PAGE_SIZE;
        }
    }
}
