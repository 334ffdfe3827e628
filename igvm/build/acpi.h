/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ACPI tables of a guest that is laid out at build time: RSDP, XSDT, FADT, MADT and DSDT.
 *
 * They describe one small machine: hardware-reduced ACPI, local APICs numbered from 0, one I/O
 * APIC, a 16550 at 3F8h and a row of virtio-mmio windows. Everything is measured with the launch,
 * so the host cannot change it. The caller gives the memory; nothing is allocated.
 */
#ifndef IGVM_BUILD_ACPI_H
#define IGVM_BUILD_ACPI_H

#include <stddef.h>
#include <stdint.h>

#define ACPI_CPUS_MAX   255u /* the MADT uses xAPIC entries */
#define ACPI_VIRTIO_MAX 24u

/* Ports and values of the fixed registers, for whoever models them. */
#define ACPI_SLEEP_CONTROL_PORT 0x600u /* write ACPI_SLEEP_S5 to power off */
#define ACPI_SLEEP_STATUS_PORT  0x601u
#define ACPI_SLEEP_S5           0x34u
#define ACPI_RESET_PORT         0xcf9u
#define ACPI_RESET_VALUE        6u

struct acpi_machine {
    uint32_t cpus;
    uint32_t virtio_slots; /* windows of 512 bytes from virtio_base on */
    uint32_t virtio_base;
    uint32_t virtio_gsi; /* of the first window; one each */
};

/*
 * Writes the tables for guest-physical address gpa (16-byte aligned, below 4 GiB) into out. The
 * RSDP is the first thing there. Returns the bytes used, or 0 when the room or the machine is out
 * of bounds.
 */
size_t acpi_tables(const struct acpi_machine *machine, uint64_t gpa, uint8_t *out, size_t room);

#endif
