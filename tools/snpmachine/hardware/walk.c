/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks of the guest's page tables in software; see walk.h. Tables are read as the CPU reads them:
 * always private, with the rights of the VMPL that runs.
 */
#include "hardware/walk.h"
#include "hardware/table.h"

#define ERROR_PRESENT 1u
#define ERROR_WRITE   2u
#define KEPT_HASH     0x9E3779B97F4A7C15ull

HOT_DATA static struct kept *kept_sets[CPUS_MAX];

void walk_start(struct kept *kept)
{
    kept_sets[cpu_number()] = kept;
}

HOT bool walk_is_flat(const struct svm_save *save)
{
    return !(save->cr0 & CR0_PG) || !(save->cr4 & CR4_PAE);
}

HOT_INLINE uint64_t c_bit_mask(void)
{
    return 1ull << hw_c_bit();
}

/* A key is a page with a VMPL: two VMPLs that share page tables have a place each. */
HOT_INLINE uint64_t kept_key(uint64_t gpa, unsigned vmpl)
{
    return (gpa & ~(PAGE_SIZE - 1)) | KEPT_VALID | vmpl;
}

/* A page has two places: its own, and the next one's when something else is there. */
HOT_INLINE struct kept *kept_slot(uint64_t key)
{
    struct kept *own = &kept_sets[cpu_number()][key * KEPT_HASH >> KEPT_SHIFT & ~1ull];
    return own->key == key ? own : own + 1;
}

/* Where a read of this private address goes, 0 if that is not known. */
HOT_INLINE uint64_t kept_find(const struct svm_save *save, uint64_t gpa)
{
    uint64_t key = kept_key(gpa, save->vmpl);
    const struct kept *slot = kept_slot(key);
    bool known = slot->generation == view_generation && slot->key == key;
    return known ? slot->spa | (gpa & (PAGE_SIZE - 1)) : 0;
}

HOT static void kept_note(const struct view_access *access, uint64_t spa)
{
    uint64_t key = kept_key(access->gpa, access->vmpl);
    struct kept *slot = kept_slot(key);
    if (!access->private || access->write)
        return;
    if (slot->key != key && slot[-1].generation != view_generation)
        slot--;
    *slot = (struct kept){key, spa & ~(PAGE_SIZE - 1), view_generation};
}

/* Checks one physical access; on success spa is where it goes. Under hardware_lock. */
HOT static struct walk touch(const struct view_access *access)
{
    static const enum walk_kind kinds[] = {[VIEW_OK] = WALK_OK,
                                           [VIEW_MMIO] = WALK_MMIO,
                                           [VIEW_UNVALIDATED] = WALK_UNVALIDATED,
                                           [VIEW_NPF] = WALK_NPF};
    struct view_result result = view_check(access);
    if (result.kind == VIEW_OK && access->private && rmp_own(result.spa)->cipher)
        rmp_decrypt(result.spa & ~(PAGE_SIZE - 1), PAGE_SIZE);
    if (result.kind == VIEW_OK)
        kept_note(access, result.spa);
    return (struct walk){.kind = kinds[result.kind],
                         .gpa = access->gpa,
                         .spa = result.spa,
                         .info1 = result.info1,
                         .private = access->private};
}

HOT static struct walk page_fault(uint32_t error, bool write)
{
    return (struct walk){.kind = WALK_PAGE_FAULT, .error = error | (write ? ERROR_WRITE : 0)};
}

/* One level: *table is a table's address, becomes what the entry holds. WALK_OK means go on. */
HOT_INLINE struct walk step(const struct svm_save *save, uint64_t index, uint64_t *entry)
{
    uint64_t gpa = (*entry & TABLE_ADDRESS & ~c_bit_mask()) + index * 8;
    uint64_t known = kept_find(save, gpa);
    struct walk walk = {.kind = WALK_OK, .spa = known};
    if (!known) {
        struct view_access access = {.gpa = gpa, .vmpl = save->vmpl, .private = true, .walk = true};
        walk = touch(&access);
    }
    if (walk.kind == WALK_OK)
        *entry = *(const volatile uint64_t *)physical(walk.spa);
    return walk;
}

HOT_INLINE struct walk walk_long(const struct svm_save *save, uint64_t linear, bool write)
{
    unsigned level = save->cr4 & CR4_LA57 ? 5 : 4;
    uint64_t entry = save->cr3;
    for (;; level--) {
        unsigned shift = 12 + 9 * (level - 1);
        struct walk walk = step(save, linear >> shift & 511, &entry);
        if (walk.kind != WALK_OK)
            return walk;
        if (!(entry & TABLE_PRESENT))
            return page_fault(0, write);
        if (write && !(entry & TABLE_WRITE) && (save->cr0 & CR0_WP))
            return page_fault(ERROR_PRESENT, write);
        if (level > 1 && !(entry & TABLE_LARGE))
            continue;
        uint64_t offset = linear & ((1ull << shift) - 1);
        uint64_t base = entry & TABLE_ADDRESS & ~c_bit_mask() & ~((1ull << shift) - 1);
        return (struct walk){
            .kind = WALK_OK, .gpa = base | offset, .private = (entry & c_bit_mask()) != 0};
    }
}

/* Under hardware_lock. */
HOT_INLINE struct walk translate(const struct svm_save *save, uint64_t linear, bool write)
{
    if (!(save->cr0 & CR0_PG))
        return (struct walk){.kind = WALK_OK, .gpa = (uint32_t)linear, .private = true};
    if (!(save->efer & EFER_LMA))
        machine_stop(MACHINE_NOT_MODELLED,
                     "not modelled: an SNP instruction or #VC under 32-bit paging, at rip %lx",
                     save->cs.base + save->rip);
    return walk_long(save, linear, write);
}

struct walk walk_linear(const struct svm_save *save, uint64_t linear, bool write)
{
    spin_lock(&hardware_lock);
    struct walk walk = translate(save, linear, write);
    spin_unlock(&hardware_lock);
    return walk;
}

HOT struct walk walk_access(const struct svm_save *save, uint64_t linear, bool write)
{
    spin_lock(&hardware_lock);
    struct walk walk = translate(save, linear, write);
    if (walk.kind == WALK_OK && walk.private && !write)
        walk.spa = kept_find(save, walk.gpa);
    if (walk.kind == WALK_OK && !walk.spa) {
        struct view_access access = {
            .gpa = walk.gpa, .vmpl = save->vmpl, .private = walk.private, .write = write};
        walk = touch(&access);
    }
    spin_unlock(&hardware_lock);
    return walk;
}

/* Bytes up to the end of the page. */
HOT static size_t part_of(uint64_t linear, size_t size)
{
    size_t left = PAGE_SIZE - (linear & (PAGE_SIZE - 1));
    return size < left ? size : left;
}

HOT struct walk walk_read(const struct svm_save *save, uint64_t linear, void *to, size_t size)
{
    struct walk walk = {.kind = WALK_OK};
    for (uint8_t *out = to; size && walk.kind == WALK_OK;) {
        size_t part = part_of(linear, size);
        walk = walk_access(save, linear, false);
        if (walk.kind == WALK_OK)
            memcpy(out, physical(walk.spa), part);
        out += part;
        linear += part;
        size -= part;
    }
    return walk;
}

struct walk walk_write(const struct svm_save *save, uint64_t linear, const void *from, size_t size)
{
    struct walk walk = {.kind = WALK_OK};
    for (const uint8_t *in = from; size && walk.kind == WALK_OK;) {
        size_t part = part_of(linear, size);
        walk = walk_access(save, linear, true);
        if (walk.kind == WALK_OK)
            memcpy(physical(walk.spa), in, part);
        in += part;
        linear += part;
        size -= part;
    }
    return walk;
}
