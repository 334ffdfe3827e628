/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a guest's port and MMIO accesses go. Each device gives a static table of ranges; an address
 * in no range reads as all ones and swallows writes, as on a PC.
 */
#ifndef SNPMACHINE_HOST_BUS_H
#define SNPMACHINE_HOST_BUS_H

#include "host/vcpu.h"

/* Accesses carry the offset from the range's first address and a size of 1, 2, 4 or 8 bytes. */
struct bus_range {
    uint64_t first, size; /* size 0 ends a table */
    uint64_t (*read)(struct vcpu *, uint64_t offset, unsigned size);
    void (*write)(struct vcpu *, uint64_t offset, unsigned size, uint64_t value);
};

/* Later tables are looked at first. At most BUS_TABLES of each kind. */
#define BUS_TABLES 12u
void bus_add_ports(const struct bus_range *table);
void bus_add_mmio(const struct bus_range *table);

uint64_t bus_port_read(struct vcpu *vcpu, uint16_t port, unsigned size);
void bus_port_write(struct vcpu *vcpu, uint16_t port, unsigned size, uint64_t value);
uint64_t bus_mmio_read(struct vcpu *vcpu, uint64_t gpa, unsigned size);
void bus_mmio_write(struct vcpu *vcpu, uint64_t gpa, unsigned size, uint64_t value);

#endif
