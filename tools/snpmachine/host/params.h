/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an IGVM file's parameters are filled with: memory map, MADT, device tree. Pure functions of
 * their arguments, each into a caller's buffer; 0 means that it does not fit.
 */
#ifndef SNPMACHINE_HOST_PARAMS_H
#define SNPMACHINE_HOST_PARAMS_H

#include "machine.h"

/* Where a device tree's virtio-mmio windows of the SVSM are. */
struct params_windows {
    uint64_t base, step;
    unsigned count;
};

/* IGVM memory map entries, sorted, ended by one of no pages if there is room. */
size_t params_memory_map(void *out, size_t size, const struct memory_range *map, unsigned count);

/* A whole ACPI table "APIC" with its checksum: "cpus" local APICs with IDs from 0, one IOAPIC. */
size_t params_madt(void *out, size_t size, unsigned cpus);

/* A flattened device tree in the coconut,svsm binding: CPUs and the SVSM's virtio windows. */
size_t params_device_tree(void *out, size_t size, unsigned cpus,
                          const struct params_windows *windows);

#endif
