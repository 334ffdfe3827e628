/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes ACPI 6 tables into a buffer, front to back, each with its checksum.
 *
 * The DSDT is AML put together from a handful of encoders for exactly what it holds: device objects
 * with _HID, _UID and _CRS, and \_S5. All integers little endian. A buffer that would overflow sets
 * "full" and everything after that writes nothing, so the size is checked once, at the end.
 */
#include "acpi.h"

#include <stdbool.h>
#include <string.h>

#define IOAPIC_ADDRESS 0xfec00000u
#define LAPIC_ADDRESS  0xfee00000u
#define HEADER_SIZE    36u

struct writer {
    uint8_t *at;
    size_t used, room;
    bool full;
};

static void put(struct writer *w, const void *bytes, size_t count)
{
    if (w->full || count > w->room - w->used) {
        w->full = true;
        return;
    }
    memcpy(w->at + w->used, bytes, count);
    w->used += count;
}

static void put_number(struct writer *w, uint64_t value, size_t width)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    put(w, bytes, width);
}

static void put_zeros(struct writer *w, size_t count)
{
    while (count-- > 0)
        put_number(w, 0, 1);
}

static void align(struct writer *w, size_t to)
{
    put_zeros(w, (to - w->used % to) % to);
}

static void patch(struct writer *w, size_t offset, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width && !w->full; i++)
        w->at[offset + i] = (uint8_t)(value >> (8 * i));
}

static void patch_checksum(struct writer *w, size_t offset, size_t start, size_t end)
{
    unsigned sum = 0;
    for (size_t i = start; i < end && !w->full; i++)
        sum += w->at[i];
    patch(w, offset, 0u - sum, 1);
}

static size_t table_begin(struct writer *w, const char *signature, unsigned revision)
{
    align(w, 16);
    size_t start = w->used;
    put(w, signature, 4);
    put_number(w, 0, 4); /* length, set at the end */
    put_number(w, revision, 1);
    put_number(w, 0, 1); /* checksum, likewise */
    put(w, "DRUPE ", 6);
    put(w, "GUEST   ", 8);
    put_number(w, 1, 4);
    put(w, "DRUP", 4);
    put_number(w, 1, 4);
    return start;
}

static void table_end(struct writer *w, size_t start)
{
    patch(w, start + 4, w->used - start, 4);
    patch_checksum(w, start + 9, start, w->used);
}

/* ---- AML ---- */

/* AML's PkgLength counts itself; two bytes reach 4095, enough for every package here. */
static size_t package_begin(struct writer *w)
{
    size_t start = w->used;
    put_number(w, 0, 2);
    return start;
}

static void package_end(struct writer *w, size_t start)
{
    size_t length = w->used - start;
    patch(w, start, 0x40u | (length & 0xfu), 1);
    patch(w, start + 1, length >> 4, 1);
    w->full = w->full || length > 0xfff;
}

static void aml_name(struct writer *w, const char *name)
{
    put_number(w, 0x08, 1); /* NameOp */
    put(w, name, 4);
}

static void aml_dword(struct writer *w, uint32_t value)
{
    put_number(w, 0x0c, 1); /* DWordPrefix */
    put_number(w, value, 4);
}

static void aml_string(struct writer *w, const char *text)
{
    put_number(w, 0x0d, 1); /* StringPrefix */
    put(w, text, strlen(text) + 1);
}

/* _CRS is a buffer of resource descriptors that ends with an end tag. */
static void aml_resources(struct writer *w, const uint8_t *descriptors, size_t count)
{
    aml_name(w, "_CRS");
    put_number(w, 0x11, 1); /* BufferOp */
    size_t package = package_begin(w);
    put_number(w, 0x0a, 1); /* BytePrefix */
    put_number(w, count + 2, 1);
    put(w, descriptors, count);
    put_number(w, 0x79, 1); /* end tag; a zero checksum means none */
    put_number(w, 0, 1);
    package_end(w, package);
}

static size_t device_begin(struct writer *w, const char *name)
{
    put_number(w, 0x5b, 1); /* ExtOpPrefix */
    put_number(w, 0x82, 1); /* DeviceOp */
    size_t package = package_begin(w);
    put(w, name, 4);
    return package;
}

/* Extended interrupt descriptor: consumer, exclusive, active high; level or edge. */
static void interrupt_descriptor(uint8_t *out, uint32_t gsi, bool edge)
{
    const uint8_t head[5] = {0x89, 6, 0, edge ? 0x03 : 0x01, 1};
    memcpy(out, head, sizeof head);
    for (unsigned i = 0; i < 4; i++)
        out[5 + i] = (uint8_t)(gsi >> (8 * i));
}

static void serial_device(struct writer *w)
{
    uint8_t resources[8 + 9] = {0x47, 1, 0xf8, 0x03, 0xf8, 0x03, 1, 8};
    interrupt_descriptor(resources + 8, 4, true);
    size_t package = device_begin(w, "COM1");
    aml_name(w, "_HID");
    aml_dword(w, 0x0105d041); /* EISA id PNP0501 */
    aml_resources(w, resources, sizeof resources);
    package_end(w, package);
}

static void virtio_device(struct writer *w, const struct acpi_machine *machine, uint32_t slot)
{
    uint32_t base = machine->virtio_base + 512 * slot;
    uint8_t resources[12 + 9] = {0x86, 9, 0, 1}; /* 32-bit fixed memory, writable */
    for (unsigned i = 0; i < 4; i++) {
        resources[4 + i] = (uint8_t)(base >> (8 * i));
        resources[8 + i] = (uint8_t)(512u >> (8 * i));
    }
    interrupt_descriptor(resources + 12, machine->virtio_gsi + slot, false);
    const char name[4] = {'V', 'R', (char)('0' + slot / 10), (char)('0' + slot % 10)};
    size_t package = device_begin(w, name);
    aml_name(w, "_HID");
    aml_string(w, "LNRO0005");
    aml_name(w, "_UID");
    aml_dword(w, slot);
    aml_resources(w, resources, sizeof resources);
    package_end(w, package);
}

static void sleep_state(struct writer *w)
{
    static const uint8_t s5[] = {0x12, 0x07, 0x04, 0x0a, 0x05, 0x00, 0x00, 0x00}; /* {5, 0, 0, 0} */
    aml_name(w, "_S5_");
    put(w, s5, sizeof s5);
}

static size_t dsdt(struct writer *w, const struct acpi_machine *machine)
{
    size_t start = table_begin(w, "DSDT", 2);
    sleep_state(w);
    put_number(w, 0x10, 1); /* ScopeOp */
    size_t scope = package_begin(w);
    put(w, "\\_SB_", 5);
    serial_device(w);
    for (uint32_t slot = 0; slot < machine->virtio_slots; slot++)
        virtio_device(w, machine, slot);
    package_end(w, scope);
    table_end(w, start);
    return start;
}

/* ---- the other tables ---- */

static void io_register(struct writer *w, size_t offset, uint32_t port)
{
    static const uint8_t io_byte[4] = {1, 8, 0, 1}; /* system I/O, 8 bits, byte access */
    if (!w->full)
        memcpy(w->at + offset, io_byte, sizeof io_byte);
    patch(w, offset + 4, port, 8);
}

static size_t fadt(struct writer *w, uint64_t dsdt_gpa)
{
    size_t start = table_begin(w, "FACP", 6);
    put_zeros(w, 276 - HEADER_SIZE);
    patch(w, start + 109, 0x34, 2); /* boot flags: no VGA, no PCIe ASPM, no CMOS RTC */
    patch(w, start + 112, (1u << 20) | (1u << 10), 4); /* hardware-reduced; reset register there */
    io_register(w, start + 116, ACPI_RESET_PORT);
    patch(w, start + 128, ACPI_RESET_VALUE, 1);
    patch(w, start + 131, 3, 1); /* minor version */
    patch(w, start + 140, dsdt_gpa, 8);
    io_register(w, start + 244, ACPI_SLEEP_CONTROL_PORT);
    io_register(w, start + 256, ACPI_SLEEP_STATUS_PORT);
    table_end(w, start);
    return start;
}

static size_t madt(struct writer *w, uint32_t cpus)
{
    size_t start = table_begin(w, "APIC", 5);
    put_number(w, LAPIC_ADDRESS, 4);
    put_number(w, 0, 4); /* no 8259 */
    for (uint32_t id = 0; id < cpus; id++) {
        put_number(w, 0x0800, 2); /* local APIC: type 0, 8 bytes */
        put_number(w, id, 1);
        put_number(w, id, 1);
        put_number(w, 1, 4); /* enabled */
    }
    put_number(w, 0x0c01, 2); /* I/O APIC: type 1, 12 bytes */
    put_number(w, 0, 2);
    put_number(w, IOAPIC_ADDRESS, 4);
    put_number(w, 0, 4);
    table_end(w, start);
    return start;
}

static size_t xsdt(struct writer *w, uint64_t gpa, size_t fadt_at, size_t madt_at)
{
    size_t start = table_begin(w, "XSDT", 1);
    put_number(w, gpa + fadt_at, 8);
    put_number(w, gpa + madt_at, 8);
    table_end(w, start);
    return start;
}

static void rsdp(struct writer *w, uint64_t xsdt_gpa)
{
    memcpy(w->at, "RSD PTR ", 8);
    memcpy(w->at + 9, "DRUPE ", 6);
    patch(w, 15, 2, 1); /* revision */
    patch(w, 20, 36, 4);
    patch(w, 24, xsdt_gpa, 8);
    patch_checksum(w, 8, 0, 20);
    patch_checksum(w, 32, 0, 36);
}

size_t acpi_tables(const struct acpi_machine *machine, uint64_t gpa, uint8_t *out, size_t room)
{
    struct writer w = {.at = out, .room = room};
    if (machine->cpus < 1 || machine->cpus > ACPI_CPUS_MAX ||
        machine->virtio_slots > ACPI_VIRTIO_MAX || gpa % 16 != 0 || gpa > UINT32_MAX)
        return 0;
    put_zeros(&w, 36); /* the RSDP, when the XSDT's place is known */
    size_t dsdt_at = dsdt(&w, machine);
    size_t fadt_at = fadt(&w, gpa + dsdt_at);
    size_t madt_at = madt(&w, machine->cpus);
    size_t xsdt_at = xsdt(&w, gpa, fadt_at, madt_at);
    if (w.full)
        return 0;
    rsdp(&w, gpa + xsdt_at);
    return w.used;
}
