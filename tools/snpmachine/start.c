/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From PVH start info to a machine of its own: reads what QEMU gave, chooses a region at the top of
 * low RAM, moves the image there and hands on to main. All that start info points to is copied or
 * noted first, because everything outside the region will be the guest's.
 */
#include "cpu.h"
#include "x86.h"

#define START_MAGIC    0x336EC578u
#define TEXT_MAX       2048u
#define RANGES_MAX     64u
#define FOUR_GIB       0x100000000ull
#define ONE_MIB        0x100000ull
#define IMAGE_OFFSET   0xFFFFFFFF80000000ull
#define FW_CFG         0x510u
#define FW_CFG_CPUS    5u
#define BASE_RESERVE   (40ull << 20)
#define RESERVE_SHARE  32u /* one part in so many of RAM: RMP and nested tables */
#define TABLE_FLAGS    3ull
#define TABLE_PAGES    3u
#define LARGE_FLAGS    0x83ull
#define CPUID_XSAVE    (1u << 26)
#define CR4_OSXSAVE    (1ull << 18)
#define IMAGE_PD_SLOTS 8u

struct start_info {
    uint32_t magic, version, flags, module_count;
    uint64_t modules, command_line, rsdp, map;
    uint32_t map_entries, reserved;
};

struct start_module {
    uint64_t base, size, command_line, reserved;
};

struct start_range {
    uint64_t base, size;
    uint32_t type, reserved;
};

extern uint8_t image_start[], image_end[];
extern uint64_t boot_cr4;

struct machine machine;
static struct memory_range ranges[RANGES_MAX];
static unsigned range_count;
static char command_line[TEXT_MAX];

void start_move(uint64_t to, uint64_t from, uint64_t size, uint64_t cr3);
_Noreturn void start_boot_cpu(uint64_t info_address);

static void read_module(const struct start_info *info)
{
    if (!info->module_count)
        return;
    const struct start_module *module = physical(info->modules);
    machine.module = physical(module->base);
    machine.module_size = module->size;
}

static void read_command_line(const struct start_info *info)
{
    const char *text = info->command_line ? physical(info->command_line) : "";
    size_t length = strlen(text);
    if (length >= TEXT_MAX)
        length = TEXT_MAX - 1;
    memcpy(command_line, text, length);
}

static void add_range(uint64_t base, uint64_t end, uint32_t type)
{
    if (base < end && range_count < RANGES_MAX)
        ranges[range_count++] = (struct memory_range){base, end - base, type};
}

static void read_map(const struct start_info *info)
{
    const struct start_range *from = physical(info->map);
    for (uint32_t i = 0; i < info->map_entries; i++)
        add_range(from[i].base, from[i].base + from[i].size, from[i].type);
}

static void sort_map(void)
{
    for (unsigned i = 1; i < range_count; i++)
        for (unsigned k = i; k && ranges[k].base < ranges[k - 1].base; k--) {
            struct memory_range other = ranges[k];
            ranges[k] = ranges[k - 1];
            ranges[k - 1] = other;
        }
}

/* Cuts [base, end) out of RAM; what is cut becomes a reserved range. */
static void reserve(uint64_t base, uint64_t end)
{
    unsigned before = range_count;
    for (unsigned i = 0; i < before; i++) {
        uint64_t first = ranges[i].base, last = first + ranges[i].size;
        if (ranges[i].type != 1 || last <= base || first >= end)
            continue;
        ranges[i].size = base > first ? base - first : 0;
        add_range(end, last, 1);
    }
    add_range(base, end, 2);
    sort_map();
}

/* Ranges that shrank to nothing go; RAM keeps whole pages only. */
static void tidy_map(void)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < range_count; i++) {
        struct memory_range r = ranges[i];
        if (r.type == 1) {
            uint64_t end = (r.base + r.size) & ~(PAGE_SIZE - 1);
            r.base = (r.base + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
            r.size = end > r.base ? end - r.base : 0;
        }
        if (r.size)
            ranges[kept++] = r;
    }
    range_count = kept;
}

static uint64_t ram_size(void)
{
    uint64_t size = 0;
    for (unsigned i = 0; i < range_count; i++)
        if (ranges[i].type == 1)
            size += ranges[i].size;
    return size;
}

/* The highest 2 MiB-aligned place below 4 GiB that is RAM and not the module; 0 if there is none.
 */
static uint64_t place_region(uint64_t size)
{
    uint64_t module = physical_of(machine.module), module_end = module + machine.module_size;
    uint64_t best = 0;
    for (unsigned i = 0; i < range_count; i++) {
        uint64_t first = ranges[i].base, end = first + ranges[i].size;
        if (ranges[i].type != 1 || end > FOUR_GIB)
            continue;
        uint64_t base = (end - size) & ~(LARGE_SIZE - 1);
        if (end > size && module < base + size && module_end > base)
            base = (module - size) & ~(LARGE_SIZE - 1);
        if (end > size && base >= first && base >= 64 * ONE_MIB && base < end && base > best)
            best = base;
    }
    return best;
}

/* New tables at "at": the low half as boot.S made it, the image where it goes. Returns CR3. The top
 * table serves as the next two as well, for the image: two pages less for QEMU to find at each
 * exit. Addresses that would take its leaves for links, from 512 GiB on, are not used. */
static uint64_t make_tables(uint64_t at, uint64_t image)
{
    uint64_t *pml5 = physical(at), *pml4 = pml5 + 512, *low = pml4 + 512;
    memset(pml5, 0, TABLE_PAGES * PAGE_SIZE);
    pml5[0] = pml5[511] = physical_of(pml4) | TABLE_FLAGS;
    pml4[0] = physical_of(low) | TABLE_FLAGS;
    pml4[510] = pml4[511] = physical_of(pml4) | TABLE_FLAGS;
    for (uint64_t i = 0; i < 512; i++)
        low[i] = i << 30 | LARGE_FLAGS;
    for (uint64_t i = 0; i < IMAGE_PD_SLOTS; i++)
        pml4[i + 1] = (image + i * LARGE_SIZE) | LARGE_FLAGS;
    return boot_cr4 & 0x1000 ? physical_of(pml5) : physical_of(pml4);
}

static void read_cpu_count(void)
{
    port_write16(FW_CFG, FW_CFG_CPUS);
    uint8_t low = port_read8(FW_CFG + 1);
    machine.cpus = low | (unsigned)port_read8(FW_CFG + 1) << 8;
    port_write32(0xCF8, 0x80000000);
    machine.microvm = port_read32(0xCFC) == 0xFFFFFFFF;
    if (!machine.cpus || machine.cpus > CPUS_MAX)
        machine_stop(MACHINE_MISUSE, "QEMU has %u CPUs; the machine can use 1 to %u", machine.cpus,
                     CPUS_MAX);
}

/* The guest's RAM starts as zeros: no leftovers of the firmware and of this image's first place. */
static void clear_leftovers(uint64_t image_size)
{
    for (unsigned i = 0; i < range_count; i++)
        if (ranges[i].type == 1 && ranges[i].base + ranges[i].size <= ONE_MIB)
            memset(physical(ranges[i].base), 0, ranges[i].size);
    memset(physical((uint64_t)(uintptr_t)image_start - IMAGE_OFFSET), 0, image_size);
}

/* Takes the machine's region and the module out of the RAM the guest may have. */
static uint64_t choose_region(uint64_t size, uint64_t image_size)
{
    uint64_t region = size > image_size + LARGE_SIZE ? place_region(size) : 0;
    if (!region)
        machine_stop(MACHINE_MISUSE,
                     "%lu MiB below 4 GiB for the machine itself are not to be had; give QEMU "
                     "more memory (-m) or set reserve=",
                     size >> 20);
    reserve(region, region + size);
    machine.own_base = region;
    machine.own_size = size;
    if (machine.module) {
        uint64_t end = physical_of(machine.module) + machine.module_size + PAGE_SIZE - 1;
        reserve(physical_of(machine.module) & ~(PAGE_SIZE - 1), end & ~(PAGE_SIZE - 1));
    }
    tidy_map();
    machine.map = ranges;
    machine.map_count = range_count;
    return region;
}

/* Continues in the image's final place; returns the CR3 of the new tables. */
static uint64_t move_image(void)
{
    uint64_t image_size = (uint64_t)(image_end - image_start);
    uint64_t usual = (BASE_RESERVE + ram_size() / RESERVE_SHARE) >> 20;
    uint64_t size = option_number("reserve", usual) << 20;
    uint64_t region = choose_region(size, image_size);
    uint64_t tables = region + ((image_size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
    uint64_t cr3 = make_tables(tables, region);
    memory_start(tables + TABLE_PAGES * PAGE_SIZE, region + size);
    start_move(region, (uint64_t)(uintptr_t)image_start - IMAGE_OFFSET, image_size, cr3);
    return cr3;
}

/* XCR0 and the YMM registers of guests are swapped where the CPU has them. */
static void enable_xsave(void)
{
    if (cpuid_read(1, 0).ecx & CPUID_XSAVE)
        boot_cr4 |= CR4_OSXSAVE;
    cr4_write(boot_cr4);
}

_Noreturn void start_boot_cpu(uint64_t info_address)
{
    const struct start_info *info = physical(info_address);
    cpu_start_boot();
    enable_xsave();
    console_start();
    if (info->magic != START_MAGIC)
        machine_stop(MACHINE_MISUSE, "not started by PVH (QEMU's -kernel)");
    read_module(info);
    read_command_line(info);
    read_map(info);
    sort_map();
    machine.rsdp = info->rsdp;
    read_cpu_count();
    options_start(command_line);
    options_check();
    console_options();

    uint64_t cr3 = move_image();
    trap_start();
    trap_start_cpu();
    interrupts_hold();
    ioapic_start();
    cpu_calibrate();
    cpu_start_others(cr3, boot_cr4);
    clear_leftovers((uint64_t)(image_end - image_start));
    machine_main();
}
