/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's spare pages; see spare.h. */
#include "host/spare.h"

#define RANGES_MAX    64u
#define FOUR_GIB      0x100000000ull
#define TYPE_RAM      1u
#define TYPE_RESERVED 2u
#define VGA_BASE      0xA0000ull
#define VGA_END       0xC0000ull
#define ONE_MIB       0x100000ull

static struct memory_range map[RANGES_MAX];
static unsigned map_count;
static uint64_t next, end;
static struct spinlock lock;

static void add(uint64_t base, uint64_t size, uint32_t type)
{
    struct memory_range *last = map_count > 0 ? &map[map_count - 1] : NULL;
    if (last != NULL && last->type == type && last->base + last->size == base) {
        last->size += size;
    } else if (map_count < RANGES_MAX) {
        map[map_count++] = (struct memory_range){base, size, type};
    }
}

/* Below 1 MiB a guest's RAM is all there but for the VGA window, as QEMU gives it to SNP guests;
 * what the real machine has there (EBDA, ROMs) is not the guest's. */
static void copy_map(void)
{
    map_count = 0;
    add(0, VGA_BASE, TYPE_RAM);
    add(VGA_BASE, VGA_END - VGA_BASE, TYPE_RESERVED);
    add(VGA_END, ONE_MIB - VGA_END, TYPE_RAM);
    for (unsigned i = 0; i < machine.map_count; i++) {
        if (machine.map[i].base >= ONE_MIB) {
            add(machine.map[i].base, machine.map[i].size, machine.map[i].type);
        }
    }
}

static struct memory_range *last_low_ram(uint64_t pages)
{
    struct memory_range *found = NULL;
    for (unsigned i = 0; i < map_count; i++) {
        if (map[i].type == TYPE_RAM && map[i].base >= VGA_END && map[i].base < FOUR_GIB &&
            map[i].size / PAGE_SIZE > pages) {
            found = &map[i];
        }
    }
    return found;
}

static void back_low_memory(void)
{
    for (uint64_t gpa = 0; gpa < ONE_MIB; gpa += PAGE_SIZE) {
        uint64_t spa = 0;
        if ((gpa < VGA_BASE || gpa >= VGA_END) && !hw_translate(gpa, &spa, NULL)) {
            hw_map(gpa, spare_page(), PAGE_SIZE);
        }
    }
}

void spare_init(uint64_t pages)
{
    copy_map();
    struct memory_range *range = last_low_ram(pages);
    if (range == NULL) {
        machine_stop(MACHINE_MISUSE, "QEMU gives too little RAM (-m) for %llu spare pages",
                     (unsigned long long)pages);
    }
    range->size = (range->size & ~(PAGE_SIZE - 1)) - pages * PAGE_SIZE;
    next = range->base + range->size;
    end = next + pages * PAGE_SIZE;
    hw_unmap(next, end - next);
    back_low_memory();
}

uint64_t spare_page(void)
{
    spin_lock(&lock);
    uint64_t page = next;
    next += PAGE_SIZE;
    spin_unlock(&lock);
    if (page >= end) {
        machine_stop(MACHINE_MISUSE, "no spare pages left; give more with spare=");
    }
    memset(physical(page), 0, PAGE_SIZE);
    return page;
}

const struct memory_range *guest_map(unsigned *count)
{
    *count = map_count;
    return map;
}
