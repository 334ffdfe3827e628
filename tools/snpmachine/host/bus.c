/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the device behind a port or an MMIO address; see bus.h. Tables are added before any vCPU
 * runs and never change after that, so look-ups take no lock. */
#include "host/bus.h"

struct bus {
    const struct bus_range *table[BUS_TABLES];
    unsigned count;
};

static struct bus ports, mmio;

static void add(struct bus *bus, const struct bus_range *table)
{
    if (bus->count == BUS_TABLES) {
        machine_stop(MACHINE_BROKEN, "more than %u device tables on one bus", BUS_TABLES);
    }
    bus->table[bus->count++] = table;
}

void bus_add_ports(const struct bus_range *table)
{
    add(&ports, table);
}

void bus_add_mmio(const struct bus_range *table)
{
    add(&mmio, table);
}

static const struct bus_range *find(const struct bus *bus, uint64_t address, unsigned size)
{
    for (unsigned i = bus->count; i-- > 0;) {
        for (const struct bus_range *range = bus->table[i]; range->size != 0; range++) {
            uint64_t offset = address - range->first;
            if (offset < range->size && size <= range->size - offset) {
                return range;
            }
        }
    }
    return NULL;
}

static uint64_t ones(unsigned size)
{
    return size == 8 ? UINT64_MAX : (1ull << size * 8) - 1;
}

static uint64_t bus_read(const struct bus *bus, struct vcpu *vcpu, uint64_t address, unsigned size)
{
    const struct bus_range *range = find(bus, address, size);
    if (range == NULL) {
        return ones(size);
    }
    return range->read(vcpu, address - range->first, size) & ones(size);
}

uint64_t bus_port_read(struct vcpu *vcpu, uint16_t port, unsigned size)
{
    return bus_read(&ports, vcpu, port, size);
}

uint64_t bus_mmio_read(struct vcpu *vcpu, uint64_t gpa, unsigned size)
{
    return bus_read(&mmio, vcpu, gpa, size);
}

void bus_port_write(struct vcpu *vcpu, uint16_t port, unsigned size, uint64_t value)
{
    const struct bus_range *range = find(&ports, port, size);
    if (range != NULL) {
        range->write(vcpu, port - range->first, size, value & ones(size));
    }
}

void bus_mmio_write(struct vcpu *vcpu, uint64_t gpa, unsigned size, uint64_t value)
{
    const struct bus_range *range = find(&mmio, gpa, size);
    if (range != NULL) {
        range->write(vcpu, gpa - range->first, size, value & ones(size));
    }
}
