/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk through page tables, and what PageTable_Map and Unmap do to them, over tables of any
 * content: a walk never leaves the tables there are and ends where the processor's would; Map links
 * the table, emptied, in one entry that was free, of the user's half, and a walk to that address
 * then reaches it; Unmap clears the entry that links this table and no other; a new address space
 * has the kernel's half and is a space of its own.
 *
 * Tables have four entries here instead of 512, and there are four address spaces instead of 256,
 * which no line of the source knows.
 *
 * parts: 4
 * options: --unwind 6
 */
#include "bytes.h"

#define window_at      at_in_the_window
#define window_phys    phys_in_the_window
#define window_granule granule_in_the_window
#define window_object  object_in_the_window
#include "window.h"
#undef window_at
#undef window_phys
#undef window_object
#undef window_granule

#include <stdint.h>

void *window_at(uint64_t phys);
uint64_t window_phys(const void *object);
void *window_object(uint32_t granule);
uint32_t window_granule(const void *object);

#define vspaces vspaces_of_the_kernel
#include "pagetable.h"
#undef vspaces
#undef VSPACES
#undef MAPPING_NUMBER_BITS
#define VSPACES             4u
#define MAPPING_NUMBER_BITS 2u
extern struct vspace vspaces[VSPACES];

#undef PT_BITS
#define PT_BITS 2u

#include <pagetable.c>

#include "proof.h"

#define TABLES  4u /* the root, two that may be linked, and the one that is to be */
#define BASE    UINT64_C(0x8000000)
#define OURS    (TABLES - 1)
#define ADDRESS UINT64_C(0x000ffffffffff000)
#define LINKING (PT_PRESENT | PT_WRITE | PT_USER | PT_ACCESSED)

struct window kernel_window;
uint64_t platform_private_mask, platform_shared_mask;

/* Each an object of its own, so that a number of an entry is a number in it. */
static uint64_t root[PT_ENTRIES], first[PT_ENTRIES], second[PT_ENTRIES], ours[PT_ENTRIES];
static uint64_t before[TABLES][PT_ENTRIES];
static struct slot slot, space_slot;
static unsigned flushed, cleared;

static uint64_t *table_at(uint64_t number)
{
    if (number == 0)
        return root;
    if (number == 1)
        return first;
    return number == 2 ? second : ours;
}

void *window_at(uint64_t phys)
{
    uint64_t number = (phys - BASE) / PAGE_SIZE;

    ASSERT(phys >= BASE && phys % PAGE_SIZE == 0 && number < TABLES, "a table there is");
    return table_at(number);
}

uint64_t window_phys(const void *object)
{
    ASSERT(object == root || object == ours, "the root, or the table in question");
    return BASE + (object == root ? 0 : OURS * PAGE_SIZE);
}

void *window_object(uint32_t granule)
{
    ASSERT(granule == slot.cap.object, "the capability's");
    return ours;
}

uint32_t window_granule(const void *object)
{
    return (uint32_t)((window_phys(object) - BASE) / WINDOW_GRANULE);
}

void bytes_zero(void *start, uint64_t size)
{
    ASSERT(start == ours && size == PAGE_SIZE, "the whole table, and no other");
    for (unsigned i = 0; i < PT_ENTRIES; i++)
        ours[i] = 0;
    cleared++;
}

void cpus_flush(struct vspace *vspace)
{
    (void)vspace;
    flushed++;
}

void slot_update(struct config *config, struct slot *of, struct cap cap)
{
    (void)config;
    ASSERT(of == &slot, "the capability in question");
    of->cap = cap;
}

struct slot *invocation_cap(const struct invocation *inv, seL4_CPtr cptr, enum seL4_CapType type,
                            seL4_CapRights_t rights)
{
    (void)inv;
    (void)cptr;
    ASSERT(type == CAP_VSpace && rights == seL4_CanWrite, "a space that may be changed");
    return nondet_bool() ? &space_slot : NULL;
}

static bool links(uint64_t entry, unsigned table)
{
    return (entry & (PT_PRESENT | PT_LARGE)) == PT_PRESENT &&
           pagetable_phys(entry) == BASE + table * PAGE_SIZE;
}

/* The invariant: what is present and not a page names a table. Nothing names ours, or `once` one
   entry of a table that is not ours. */
static void any_tables(bool once)
{
    unsigned times = 0;

    ANYTHING(root);
    ANYTHING(first);
    ANYTHING(second);
    ANYTHING(ours);
    for (unsigned t = 0; t < (once ? TABLES : OURS); t++)
        for (unsigned i = 0; i < PT_ENTRIES; i++) {
            uint64_t e = table_at(t)[i];

            if ((e & (PT_PRESENT | PT_LARGE)) == PT_PRESENT) {
                uint64_t number = (pagetable_phys(e) - BASE) / PAGE_SIZE;

                ASSUME(pagetable_phys(e) >= BASE && number < TABLES && number != 0);
                ASSUME(t != OURS || number != OURS);
                times += number == OURS;
            }
        }
    ASSUME(times == 0 || (once && times == 1));
    for (unsigned t = 0; t < TABLES; t++)
        for (unsigned i = 0; i < PT_ENTRIES; i++)
            before[t][i] = table_at(t)[i];
}

static void any_world(bool once)
{
    platform_private_mask = nondet_bool() ? UINT64_C(1) << 51 : 0;
    any_tables(once);
    vspaces[1] = (struct vspace){.cr3 = BASE, .root = root, .number = 1};
    vspaces[1].generation = nondet_u32();
    ANYTHING(&slot);
    ANYTHING(&space_slot);
    space_slot.cap.aux = 1;
    slot.cap.badge = 0;
    flushed = cleared = 0;
}

/* What the processor does, on numbers of tables. */
static uint64_t *hardware(uint64_t address, unsigned level)
{
    unsigned table = 0;

    for (unsigned at = PT_LEVELS; at > level; at--) {
        uint64_t entry = table_at(table)[address >> (PAGE_SHIFT + PT_BITS * (at - 1)) & 3];

        if ((entry & PT_PRESENT) == 0 || (entry & PT_LARGE) != 0)
            return NULL;
        table = (unsigned)((pagetable_phys(entry) - BASE) / PAGE_SIZE);
    }
    return &table_at(table)[address >> (PAGE_SHIFT + PT_BITS * (level - 1)) & 3];
}

static void check_walk(void)
{
    struct mapping m = {&vspaces[1], nondet_u64()};
    unsigned level = nondet_u32();
    uint64_t *entry;

    ASSUME(level >= 1 && level <= PT_LEVELS);
    entry = pagetable_entry(m, level);
    ASSERT(entry == hardware(m.address, level), "the processor's walk");
    REACHED(entry != NULL && level == 1);
    REACHED(entry == NULL && level == 1);
}

/* How many entries of tables 0, 1 and 2 have changed. */
static unsigned changes(void)
{
    unsigned count = 0;

    for (unsigned t = 0; t < OURS; t++)
        for (unsigned i = 0; i < PT_ENTRIES; i++)
            count += table_at(t)[i] != before[t][i];
    return count;
}

/* Whether what has changed was free. */
static bool filled(void)
{
    bool good = true;

    for (unsigned t = 0; t < OURS; t++)
        for (unsigned i = 0; i < PT_ENTRIES; i++)
            good = good && (table_at(t)[i] == before[t][i] || (before[t][i] & PT_PRESENT) == 0);
    return good;
}

static void check_map(void)
{
    struct invocation inv = {.slot = &slot, .mr = {nondet_u64(), nondet_u64()}};
    struct cap cap = slot.cap;
    seL4_Error error = invoke_PageTable_Map(&inv);
    struct mapping m = {&vspaces[1], inv.mr[1]};
    uint64_t *link;

    if (error != seL4_NoError) {
        ASSERT(changes() == 0 && cleared == 0 && slot.cap.badge == cap.badge, "nothing happens");
        REACHED(error == seL4_DeleteFirst);
        return;
    }
    ASSERT(inv.mr[1] >= PAGE_SIZE && inv.mr[1] < PT_SPAN(PT_LEVELS) / 2, "an address of users");
    ASSERT(slot.cap.aux >= 1 && slot.cap.aux < PT_LEVELS, "a level there is");
    link = hardware(inv.mr[1], slot.cap.aux + 1u);
    ASSERT(link != NULL && changes() == 1 && cleared == 1, "one entry, on the way there");
    ASSERT(*link == (BASE + OURS * PAGE_SIZE | platform_private_mask | LINKING), "links it");
    ASSERT(filled(), "and was free");
    ASSERT(root[2] == before[0][2] && root[3] == before[0][3], "in the users' half");
    ASSERT(pagetable_entry(m, slot.cap.aux) != NULL, "the walk goes on there");
    ASSERT(mapping_unpack(slot.cap.badge, &m) && m.vspace == &vspaces[1], "the capability knows");
    ASSERT(m.address <= inv.mr[1] && inv.mr[1] - m.address < PT_SPAN(slot.cap.aux), "where");
    REACHED(slot.cap.aux == 1);
    REACHED(slot.cap.aux == 3);
}

/* It was mapped where the capability says, or what it says is no longer so. */
static void check_unmap(void)
{
    struct mapping m = {&vspaces[1], nondet_u64()};
    unsigned level = nondet_u32();

    ASSUME(m.address % PAGE_SIZE == 0 && m.address < PT_SPAN(PT_LEVELS) / 2);
    ASSUME(level >= 1 && level < PT_LEVELS);
    slot.cap.aux = (uint16_t)level;
    slot.cap.badge = mapping_pack(m);
    if (nondet_bool())
        vspaces[1].generation++;
    pagetable_end(NULL, &slot);
    ASSERT(slot.cap.badge == 0, "it is mapped nowhere");
    ASSERT(changes() <= 1 && changes() == flushed, "one entry, which is flushed");
    for (unsigned t = 0; t < OURS; t++)
        for (unsigned i = 0; i < PT_ENTRIES; i++)
            ASSERT(table_at(t)[i] == before[t][i] ||
                       (table_at(t)[i] == 0 && links(before[t][i], OURS)),
                   "the one that linked it");
    REACHED(flushed == 1);
    REACHED(flushed == 0);
}

static void check_create(void)
{
    static uint64_t kernels[PT_ENTRIES];
    struct cap cap;

    ANYTHING(kernels);
    vspaces[0] = (struct vspace){.cr3 = 1, .root = kernels};
    vspace_pcid_mask = nondet_bool() ? 63 : 0;
    slot.cap.object = 7;
    cap = vspace_create(root);
    ASSERT(cap.aux == 2 && vspaces[2].number == 2, "a number nobody had");
    ASSERT(vspaces[2].root == root && vspaces[2].tag == 1, "its own root and tag");
    ASSERT((vspaces[2].cr3 & ADDRESS & ~platform_private_mask) == BASE,
           "as the processor wants it");
    for (unsigned i = 0; i < PT_ENTRIES; i++)
        ASSERT(root[i] == (i < USER_ENTRIES ? before[0][i] : kernels[i]), "the kernel's half");
    REACHED(true);
}

void harness(void)
{
    switch (PART) {
    case 0:
        any_world(false);
        check_walk();
        break;
    case 1:
        any_world(false);
        check_map();
        break;
    case 2:
        any_world(true);
        check_unmap();
        break;
    default:
        any_world(false);
        check_create();
    }
}
