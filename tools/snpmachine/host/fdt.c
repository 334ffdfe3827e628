/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flattened device tree writer of just the size this host needs, and the one tree it writes. The
 * structure block grows upward from the header, property names are collected behind it at the end.
 */
#include "host/params.h"

#define FDT_MAGIC      0xD00DFEEDu
#define FDT_VERSION    17u
#define FDT_COMPATIBLE 16u
#define HEADER_WORDS   10u
#define RESERVED_BYTES 16u
#define STRINGS_MAX    128u
#define WINDOW_SIZE    0x200u

enum token { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, END = 9 };

struct fdt {
    uint8_t *bytes;
    size_t size, used;
    char strings[STRINGS_MAX];
    size_t strings_used;
    bool full;
};

static void put_bytes(struct fdt *fdt, const void *from, size_t size)
{
    size_t padded = (size + 3) & ~(size_t)3;
    if (fdt->full || fdt->size - fdt->used < padded) {
        fdt->full = true;
        return;
    }
    memset(fdt->bytes + fdt->used, 0, padded);
    memcpy(fdt->bytes + fdt->used, from, size);
    fdt->used += padded;
}

static void put_word(struct fdt *fdt, uint32_t value)
{
    uint32_t big = __builtin_bswap32(value);
    put_bytes(fdt, &big, sizeof big);
}

static void begin(struct fdt *fdt, const char *name)
{
    put_word(fdt, BEGIN_NODE);
    put_bytes(fdt, name, strlen(name) + 1);
}

static void end(struct fdt *fdt)
{
    put_word(fdt, END_NODE);
}

static uint32_t string_offset(struct fdt *fdt, const char *name)
{
    size_t length = strlen(name) + 1;
    for (size_t i = 0; i < fdt->strings_used; i += strlen(fdt->strings + i) + 1) {
        if (strcmp(fdt->strings + i, name) == 0) {
            return (uint32_t)i;
        }
    }
    if (STRINGS_MAX - fdt->strings_used < length) {
        fdt->full = true;
        return 0;
    }
    memcpy(fdt->strings + fdt->strings_used, name, length);
    fdt->strings_used += length;
    return (uint32_t)(fdt->strings_used - length);
}

static void property(struct fdt *fdt, const char *name, const void *value, size_t size)
{
    put_word(fdt, PROPERTY);
    put_word(fdt, (uint32_t)size);
    put_word(fdt, string_offset(fdt, name));
    put_bytes(fdt, value, size);
}

static void property_text(struct fdt *fdt, const char *name, const char *value)
{
    property(fdt, name, value, strlen(value) + 1);
}

static void property_word(struct fdt *fdt, const char *name, uint32_t value)
{
    uint32_t big = __builtin_bswap32(value);
    property(fdt, name, &big, sizeof big);
}

static void cells(struct fdt *fdt, uint32_t address, uint32_t size)
{
    property_word(fdt, "#address-cells", address);
    property_word(fdt, "#size-cells", size);
}

static void cpu_nodes(struct fdt *fdt, unsigned cpus)
{
    begin(fdt, "cpus");
    cells(fdt, 1, 0);
    for (unsigned i = 0; i < cpus; i++) {
        char name[16];
        format_text(name, sizeof name, "cpu@%x", i);
        begin(fdt, name);
        property_text(fdt, "device_type", "cpu");
        property_word(fdt, "reg", i);
        end(fdt);
    }
    end(fdt);
}

static void window_nodes(struct fdt *fdt, const struct params_windows *windows)
{
    for (unsigned i = 0; i < windows->count; i++) {
        char name[40];
        uint64_t base = windows->base + i * windows->step;
        uint64_t reg[2] = {__builtin_bswap64(base), __builtin_bswap64(WINDOW_SIZE)};
        format_text(name, sizeof name, "virtio_mmio@%llx", (unsigned long long)base);
        begin(fdt, name);
        property_text(fdt, "compatible", "virtio,mmio");
        property(fdt, "reg", reg, sizeof reg);
        property_word(fdt, "plane", 0);
        end(fdt);
    }
}

/* The header's fields, each given as an offset from the tree's start. */
static void finish(struct fdt *fdt, size_t structure)
{
    size_t strings = fdt->used;
    put_bytes(fdt, fdt->strings, fdt->strings_used);
    const uint32_t header[HEADER_WORDS] = {
        FDT_MAGIC,
        (uint32_t)fdt->used,
        (uint32_t)structure,
        (uint32_t)strings,
        HEADER_WORDS * 4,
        FDT_VERSION,
        FDT_COMPATIBLE,
        0,
        (uint32_t)fdt->strings_used,
        (uint32_t)(strings - structure),
    };
    for (unsigned i = 0; i < HEADER_WORDS && !fdt->full; i++) {
        uint32_t big = __builtin_bswap32(header[i]);
        memcpy(fdt->bytes + i * sizeof big, &big, sizeof big);
    }
}

size_t params_device_tree(void *out, size_t size, unsigned cpus,
                          const struct params_windows *windows)
{
    struct fdt fdt = {.bytes = out, .size = size};
    const uint8_t zero[HEADER_WORDS * 4 + RESERVED_BYTES] = {0};
    put_bytes(&fdt, zero, sizeof zero);
    size_t structure = fdt.used;
    begin(&fdt, "");
    property_text(&fdt, "compatible", "coconut,svsm");
    cells(&fdt, 2, 2);
    cpu_nodes(&fdt, cpus);
    window_nodes(&fdt, windows);
    end(&fdt);
    put_word(&fdt, END);
    finish(&fdt, structure);
    return fdt.full ? 0 : fdt.used;
}
