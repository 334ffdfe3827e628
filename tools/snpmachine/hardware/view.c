/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each VMPL may use, as nested tables. Entries are made when a guest faults on them and taken
 * out when the RMP or the host's table changes; no entry ever allows more than view_check does, but
 * one: a page that was walked or fetched through an address without C-bit (which the architecture
 * treats as private) stays in the shared half until it is forgotten.
 */
#include "hardware/view.h"
#include "hardware/table.h"
#include "x86.h"

#define AROUND     64u /* pages filled together */
#define SNAPSHOTS  16u
#define LEAF       (TABLE_PRESENT | TABLE_USER | TABLE_ACCESSED | TABLE_DIRTY)
#define LINK       (TABLE_PRESENT | TABLE_WRITE | TABLE_USER | TABLE_ACCESSED)
#define C4_INDEX   256u /* of the private half in a 4-level root: bit 47 */
#define C5_INDEX   8u   /* in a 5-level root: bit 51 */
#define TOP_SHIFT  39u
#define CR4_5LEVEL 0x1000u

struct view {
    uint64_t *half[2];     /* shared, private: tables of 512 GiB entries */
    uint64_t *root, *flat; /* what nested CR3 points to */
};

/* Ciphertext of a guest-owned page as a C=0 read shows it; a ring of a few. */
struct snapshot {
    void *page;
    uint64_t gpa;
    bool used;
};

HOT_DATA uint64_t view_generation;
HOT_DATA static struct view views[VMPLS];
static struct snapshot snapshots[SNAPSHOTS];
static unsigned next_snapshot;
HOT_DATA static bool five_levels;
static bool unsettled;     /* something was taken out since view_settle */
static void *condemned[8]; /* page-table pages to free once settled */
static unsigned condemned_count;

HOT_DATA static struct {
    uint32_t inside;
    uint32_t entries;
    uint8_t gap[56];
} guests[CPUS_MAX];

HOT unsigned hw_c_bit(void)
{
    return five_levels ? 51 : 47;
}

static uint64_t link_to(const void *table)
{
    return physical_of(table) | LINK;
}

static void view_make(struct view *view)
{
    view->half[0] = memory_page();
    view->half[1] = memory_page();
    view->root = memory_page();
    view->flat = memory_page();
    if (!five_levels)
        return;
    view->root[0] = link_to(view->half[0]);
    view->root[C5_INDEX] = link_to(view->half[1]);
    view->flat[0] = link_to(view->half[1]);
}

/* With four levels the halves are parts of the root: their links are copied there when they appear.
 */
static void view_link(struct view *view, bool private, uint64_t gpa)
{
    uint64_t index = gpa >> TOP_SHIFT;
    if (five_levels)
        return;
    view->root[private ? C4_INDEX + index : index] = view->half[private][index];
    if (private)
        view->flat[index] = view->half[1][index];
}

void view_start(void)
{
    five_levels = (cr4_read() & CR4_5LEVEL) != 0;
    for (unsigned vmpl = 0; vmpl < VMPLS; vmpl++)
        view_make(&views[vmpl]);
    for (unsigned i = 0; i < SNAPSHOTS; i++)
        snapshots[i].page = memory_page();
}

HOT uint64_t view_root(unsigned vmpl, bool flat)
{
    return physical_of(flat ? views[vmpl].flat : views[vmpl].root);
}

/* ---- Checks, in the order of APM volume 2, 15.36.10 ---- */

static struct view_result npf(const struct view_access *access, uint64_t more)
{
    uint64_t info1 = more | (access->walk ? HW_NPF_WALK : HW_NPF_FINAL);
    info1 |= access->write ? HW_NPF_WRITE : 0;
    info1 |= access->fetch ? HW_NPF_FETCH : 0;
    info1 |= access->user ? HW_NPF_USER : 0;
    info1 |= access->private ? HW_NPF_ENC : 0;
    return (struct view_result){VIEW_NPF, info1, 0};
}

HOT static bool permitted(const struct rmp_entry *entry, const struct view_access *access)
{
    uint8_t wanted = access->write ? PERM_READ | PERM_WRITE : PERM_READ;
    if (access->fetch)
        wanted = access->user ? PERM_USER : PERM_SUPERVISOR;
    return (entry->perms[access->vmpl] & wanted) == wanted;
}

HOT static struct view_result check_private(const struct view_access *access,
                                            const struct nested *nested)
{
    uint64_t page = nested->spa & ~(PAGE_SIZE - 1);
    const struct rmp_entry *entry = rmp_entry(page);
    if (!entry || !entry->assigned || rmp_gpa(page) != (access->gpa & ~(PAGE_SIZE - 1)) ||
        (access->write && entry->immutable) || entry->large != (nested->size == LARGE_SIZE))
        return npf(access, HW_NPF_PRESENT | HW_NPF_RMP);
    if (!entry->validated)
        return (struct view_result){VIEW_UNVALIDATED, 0, nested->spa};
    if (!permitted(entry, access))
        return npf(access, HW_NPF_PRESENT | HW_NPF_RMP | HW_NPF_VMPL);
    return (struct view_result){VIEW_OK, 0, nested->spa};
}

HOT struct view_result view_check(const struct view_access *access)
{
    struct nested nested = nested_lookup(access->gpa);
    if (nested.kind == NESTED_NONE)
        return npf(access, 0);
    if (nested.kind == NESTED_MMIO)
        return (struct view_result){VIEW_MMIO, 0, 0};
    if (access->private)
        return check_private(access, &nested);
    const struct rmp_entry *entry = rmp_entry(nested.spa);
    if (access->write && entry && entry->assigned)
        return npf(access, HW_NPF_PRESENT | HW_NPF_RMP);
    return (struct view_result){VIEW_OK, 0, nested.spa};
}

/* ---- Filling ---- */

static void put_leaf(struct view *view, const struct view_access *at, uint64_t size, uint64_t leaf)
{
    bool half = at->private && !at->shared_alias;
    void *below;
    uint64_t *entry = table_place(view->half[half], at->gpa, size, &below);
    *entry = size == LARGE_SIZE ? leaf | TABLE_LARGE : leaf;
    view_link(view, half, at->gpa);
    if (below && condemned_count < sizeof condemned / sizeof *condemned)
        condemned[condemned_count++] = below;
}

static uint64_t private_leaf(const struct rmp_entry *entry, unsigned vmpl, uint64_t spa)
{
    uint8_t perms = entry->perms[vmpl];
    if (!(perms & PERM_READ))
        return 0;
    uint64_t leaf = spa | LEAF | (perms & PERM_WRITE ? TABLE_WRITE : 0);
    return (perms & PERM_USER) && (perms & PERM_SUPERVISOR) ? leaf : leaf | TABLE_NX;
}

/* Fetches that the RMP allows and a leaf cannot express: only one of the two execute rights. */
static void check_expressible(const struct rmp_entry *entry, const struct view_access *access)
{
    uint8_t execute = entry->perms[access->vmpl] & (PERM_USER | PERM_SUPERVISOR);
    if (access->fetch &&
        (execute != (PERM_USER | PERM_SUPERVISOR) || !(entry->perms[access->vmpl] & PERM_READ)))
        machine_stop(MACHINE_NOT_MODELLED,
                     "not modelled: VMPL%u executes from gpa %lx with permissions %x", access->vmpl,
                     access->gpa, entry->perms[access->vmpl]);
}

static void fill_large(const struct view_access *access, uint64_t spa)
{
    struct view_access at = *access;
    at.gpa &= ~(LARGE_SIZE - 1);
    spa &= ~(LARGE_SIZE - 1);
    rmp_decrypt(spa, LARGE_SIZE);
    put_leaf(&views[at.vmpl], &at, LARGE_SIZE, private_leaf(rmp_entry(spa), at.vmpl, spa));
}

/* The faulting page and those around it that a read may touch. */
static void fill_around(const struct view_access *access)
{
    struct view_access at = *access;
    at.write = at.fetch = at.walk = at.user = false;
    at.gpa = access->gpa & ~(AROUND * PAGE_SIZE - 1);
    for (unsigned i = 0; i < AROUND; i++, at.gpa += PAGE_SIZE) {
        struct view_result result = view_check(&at);
        struct rmp_entry *own = rmp_own(result.spa);
        bool asked = at.gpa == (access->gpa & ~(PAGE_SIZE - 1));
        if (result.kind != VIEW_OK || !own || (own->cipher && !asked) ||
            rmp_entry(result.spa)->large)
            continue;
        rmp_decrypt(result.spa, PAGE_SIZE);
        put_leaf(&views[at.vmpl], &at, PAGE_SIZE, private_leaf(own, at.vmpl, result.spa));
    }
}

/* A page that is private by rule though its address has no C-bit: read-only for a fetch, not
 * executable for a walk, and both if both were seen. */
static void fill_alias(const struct view_access *access, uint64_t spa)
{
    struct view *view = &views[access->vmpl];
    uint64_t size;
    const uint64_t *old = table_find(view->half[0], access->gpa, &size);
    uint64_t leaf = spa | LEAF | (access->fetch ? 0 : TABLE_WRITE | TABLE_NX);
    if (old && size == PAGE_SIZE && (*old & TABLE_ADDRESS) == spa)
        leaf = (leaf | (*old & TABLE_WRITE)) & ~(*old & TABLE_NX ? 0 : TABLE_NX);
    rmp_decrypt(spa, PAGE_SIZE);
    put_leaf(view, access, PAGE_SIZE, leaf);
}

static void fill_snapshot(const struct view_access *access, uint64_t spa)
{
    struct snapshot *snapshot = &snapshots[next_snapshot++ % SNAPSHOTS];
    if (snapshot->used)
        view_forget(snapshot->gpa, PAGE_SIZE);
    view_settle();
    *snapshot = (struct snapshot){snapshot->page, access->gpa & ~(PAGE_SIZE - 1), true};
    memcpy(snapshot->page, physical(spa), PAGE_SIZE);
    if (!rmp_own(spa)->cipher)
        cipher_page(spa, snapshot->page);
    put_leaf(&views[access->vmpl], access, PAGE_SIZE,
             physical_of(snapshot->page) | LEAF | TABLE_NX);
}

static void fill_shared(const struct view_access *access, uint64_t spa)
{
    const struct rmp_entry *entry = rmp_entry(spa);
    if (entry && entry->assigned)
        fill_snapshot(access, spa);
    else
        put_leaf(&views[access->vmpl], access, PAGE_SIZE, spa | LEAF | TABLE_WRITE | TABLE_NX);
}

struct view_result view_fill(const struct view_access *access)
{
    struct view_result result = view_check(access);
    if (result.kind != VIEW_OK)
        return result;
    uint64_t spa = result.spa & ~(PAGE_SIZE - 1);
    if (access->private)
        check_expressible(rmp_entry(spa), access);
    if (!access->private)
        fill_shared(access, spa);
    else if (access->shared_alias)
        fill_alias(access, spa);
    else if (rmp_entry(spa)->large)
        fill_large(access, spa);
    else
        fill_around(access);
    if (condemned_count)
        unsettled = true;
    view_settle();
    return result;
}

/* ---- Taking out ---- */

/* Clears what lies in [gpa, gpa+size); a 2 MiB leaf goes as a whole, it comes back when needed. */
static void forget_half(uint64_t *half, uint64_t gpa, uint64_t end)
{
    while (gpa < end) {
        uint64_t size;
        uint64_t *leaf = table_find(half, gpa, &size);
        if (leaf) {
            *leaf = 0;
            unsettled = true;
        }
        gpa = (gpa & ~(size - 1)) + size;
    }
}

void view_forget_vmpl(uint64_t gpa, uint64_t size, unsigned vmpl)
{
    view_generation++;
    forget_half(views[vmpl].half[0], gpa, gpa + size);
    forget_half(views[vmpl].half[1], gpa, gpa + size);
}

void view_forget(uint64_t gpa, uint64_t size)
{
    for (unsigned vmpl = 0; vmpl < VMPLS; vmpl++)
        view_forget_vmpl(gpa, size, vmpl);
}

/* In this order: a CPU that view_settle waits for was inside when it looked, and was kicked. */
HOT void view_enter_guest(unsigned cpu)
{
    __atomic_store_n(&guests[cpu].inside, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&guests[cpu].entries, 1, __ATOMIC_SEQ_CST);
}

HOT void view_leave_guest(unsigned cpu)
{
    __atomic_store_n(&guests[cpu].inside, 0, __ATOMIC_SEQ_CST);
}

/* A CPU that is not inside flushes its TLB with its next VMRUN; one that is must be made to leave.
 */
void view_settle(void)
{
    if (!unsettled)
        return;
    uint32_t seen[CPUS_MAX];
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (unsigned cpu = 0; cpu < machine.cpus; cpu++) {
        seen[cpu] = __atomic_load_n(&guests[cpu].entries, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&guests[cpu].inside, __ATOMIC_SEQ_CST))
            cpu_kick(cpu);
    }
    for (unsigned cpu = 0; cpu < machine.cpus; cpu++)
        while (__atomic_load_n(&guests[cpu].inside, __ATOMIC_SEQ_CST) &&
               __atomic_load_n(&guests[cpu].entries, __ATOMIC_SEQ_CST) == seen[cpu])
            cpu_relax();
    while (condemned_count)
        memory_page_free(condemned[--condemned_count]);
    unsettled = false;
}
