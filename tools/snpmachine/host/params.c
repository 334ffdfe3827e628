/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map and the MADT; see params.h. The device tree is in fdt.c. */
#include "host/params.h"
#include "host/ioapic.h"

enum map_type { MAP_MEMORY = 0, MAP_RESERVED = 1, MAP_PERSISTENT = 2 };
enum e820_type { E820_RAM = 1, E820_NVS = 4 };

struct map_entry {
    uint64_t first_page, page_count;
    uint16_t type, flags;
    uint32_t reserved;
};
_Static_assert(sizeof(struct map_entry) == 24, "IGVM memory map entry");

/* As QEMU translates its own map: RAM, ACPI NVS, and everything else reserved. */
static uint16_t map_type(uint32_t e820)
{
    if (e820 == E820_RAM) {
        return MAP_MEMORY;
    }
    return e820 == E820_NVS ? MAP_PERSISTENT : MAP_RESERVED;
}

/* RAM shrinks to whole pages, anything else grows to them. */
static struct map_entry map_entry(const struct memory_range *range)
{
    uint64_t end = range->base + range->size;
    uint64_t round = PAGE_SIZE - 1;
    bool ram = range->type == E820_RAM;
    uint64_t first = (range->base + (ram ? round : 0)) / PAGE_SIZE;
    uint64_t last = (end + (ram ? 0 : round)) / PAGE_SIZE;
    return (struct map_entry){
        .first_page = first,
        .page_count = last > first ? last - first : 0,
        .type = map_type(range->type),
    };
}

size_t params_memory_map(void *out, size_t size, const struct memory_range *map, unsigned count)
{
    uint8_t *place = out;
    size_t used = 0;
    for (unsigned i = 0; i < count; i++) {
        struct map_entry entry = map_entry(&map[i]);
        if (entry.page_count == 0) {
            continue;
        }
        if (size - used < sizeof entry) {
            return 0;
        }
        memcpy(place + used, &entry, sizeof entry);
        used += sizeof entry;
    }
    if (size - used >= sizeof(struct map_entry)) {
        memset(place + used, 0, sizeof(struct map_entry));
    }
    return used;
}

struct madt {
    char signature[4];
    uint32_t length;
    uint8_t revision, checksum;
    char oem[6], oem_table[8];
    uint32_t oem_revision;
    char creator[4];
    uint32_t creator_revision;
    uint32_t local_apic, flags;
} __attribute__((packed));
_Static_assert(sizeof(struct madt) == 44, "MADT header");

struct madt_cpu {
    uint8_t type, length, processor, apic_id;
    uint32_t flags;
} __attribute__((packed));

struct madt_ioapic {
    uint8_t type, length, id, reserved;
    uint32_t address, first_gsi;
} __attribute__((packed));

/* All LINT1 pins carry NMI. */
struct madt_nmi {
    uint8_t type, length, processor;
    uint16_t flags;
    uint8_t lint;
} __attribute__((packed));

static uint8_t checksum(const uint8_t *bytes, size_t size)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + bytes[i]);
    }
    return (uint8_t)(0x100 - sum);
}

size_t params_madt(void *out, size_t size, unsigned cpus)
{
    struct madt table = {
        .signature = "APIC",
        .revision = 3,
        .oem = "DRUPE ",
        .oem_table = "SNPMACHN",
        .creator = "DRUP",
        .local_apic = APIC_MMIO_BASE,
    };
    struct madt_ioapic io = {1, sizeof io, 0, 0, IOAPIC_MMIO_BASE, 0};
    struct madt_nmi nmi = {4, sizeof nmi, 0xFF, 0, 1};
    size_t used = sizeof table;
    size_t total = used + cpus * sizeof(struct madt_cpu) + sizeof io + sizeof nmi;
    uint8_t *bytes = out;
    if (total > size) {
        return 0;
    }
    for (unsigned i = 0; i < cpus; i++, used += sizeof(struct madt_cpu)) {
        struct madt_cpu cpu = {0, sizeof cpu, (uint8_t)i, (uint8_t)i, 1};
        memcpy(bytes + used, &cpu, sizeof cpu);
    }
    memcpy(bytes + used, &io, sizeof io);
    memcpy(bytes + used + sizeof io, &nmi, sizeof nmi);
    table.length = (uint32_t)total;
    memcpy(bytes, &table, sizeof table);
    bytes[offsetof(struct madt, checksum)] = checksum(bytes, total);
    return total;
}
