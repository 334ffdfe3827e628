/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lays a Linux guest out, after the x86 boot protocol (2.12 or newer) and SNP's additions to it.
 *
 * The kernel goes to its preferred address, the initramfs as high as it may; both must fit beside
 * each other, the hole and the end of memory before anything is written. Boot parameters and what
 * SNP's early code touches lie in the first 2 MiB, because that code maps no more.
 */
#include "linux.h"

#include <string.h>

#define LARGE     (UINT64_C(2) << 20)
#define PAGE      UINT64_C(4096)
#define HIGH      (UINT64_C(4) << 30)
#define HIGH_MOST (UINT64_C(1) << 40)

/* boot_params and the setup header in it */
#define ACPI_RSDP_ADDR   0x070
#define E820_ENTRIES     0x1e8
#define SETUP_HEADER     0x1f1
#define SETUP_SECTS      0x1f1
#define BOOT_FLAG        0x1fe
#define HEADER_MAGIC     0x202
#define PROTOCOL_VERSION 0x206
#define TYPE_OF_LOADER   0x210
#define LOADFLAGS        0x211
#define RAMDISK_IMAGE    0x218
#define RAMDISK_SIZE     0x21c
#define CMD_LINE_PTR     0x228
#define INITRD_ADDR_MAX  0x22c
#define XLOADFLAGS       0x236
#define CMDLINE_SIZE     0x238
#define SETUP_DATA       0x250
#define PREF_ADDRESS     0x258
#define INIT_SIZE        0x260
#define SETUP_HEADER_END 0x268
#define E820_TABLE       0x2d0

#define E820_RAM      1u
#define E820_RESERVED 2u
#define E820_ACPI     3u

#define SETUP_CC_BLOB 7u
#define CC_MAGIC      0x45444d41u

struct place {
    uint64_t kernel, kernel_end; /* with the room the kernel needs to unpack itself */
    uint64_t code_offset;        /* of the protected-mode part in the file */
    uint64_t initrd;
};

static uint64_t get(const uint8_t *at, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = width; i > 0; i--)
        value = value << 8 | at[i - 1];
    return value;
}

static void set(uint8_t *at, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static const char *check_kernel(const struct linux_wish *wish)
{
    const uint8_t *file = wish->kernel;
    if (wish->kernel_size < 0x1000 || get(file + BOOT_FLAG, 2) != 0xaa55 ||
        memcmp(file + HEADER_MAGIC, "HdrS", 4) != 0)
        return "the kernel is not a bzImage";
    if (get(file + PROTOCOL_VERSION, 2) < 0x20c)
        return "the kernel's boot protocol is older than 2.12";
    if ((get(file + XLOADFLAGS, 2) & 1) == 0)
        return "the kernel has no 64-bit entry";
    if ((get(file + SETUP_SECTS, 1) + 1) * 512 + 0x200 >= wish->kernel_size)
        return "the kernel's setup part is longer than the file";
    if (strlen(wish->cmdline) >= PAGE || strlen(wish->cmdline) > get(file + CMDLINE_SIZE, 4))
        return "the command line is longer than the kernel takes";
    return NULL;
}

static const char *check_wish(const struct linux_wish *wish)
{
    if (wish->memory % LARGE != 0 || wish->memory < 64 * (UINT64_C(1) << 20) ||
        wish->memory > UINT64_C(3) << 30)
        return "memory must be a multiple of 2 MiB from 64 MiB to 3 GiB; more goes above 4 GiB";
    if (wish->high % LARGE != 0 || wish->high > HIGH_MOST)
        return "memory above 4 GiB must be a multiple of 2 MiB, up to 1 TiB";
    if (wish->hole % PAGE != 0 || wish->hole_size % PAGE != 0 || wish->hole > wish->memory ||
        wish->hole_size > wish->memory - wish->hole ||
        (wish->hole_size > 0 && wish->hole < (UINT64_C(1) << 20)))
        return "the hole must be whole pages of memory above 1 MiB";
    if (wish->c_bit != 0 && (wish->c_bit < 32 || wish->c_bit > 51))
        return "the C-bit must be from 32 to 51";
    return NULL;
}

static bool overlaps_hole(const struct linux_wish *wish, uint64_t start, uint64_t end)
{
    return start < wish->hole + wish->hole_size && wish->hole < end;
}

/* The highest 2 MiB-aligned place for the initramfs that is clear of the hole. */
static const char *place_initrd(struct place *place, const struct linux_wish *wish)
{
    uint64_t limit = get(wish->kernel + INITRD_ADDR_MAX, 4) + 1;
    uint64_t end = limit < wish->memory ? limit : wish->memory;
    if (wish->initrd_size > end)
        return "the initramfs does not fit into memory";
    place->initrd = (end - wish->initrd_size) / LARGE * LARGE;
    if (overlaps_hole(wish, place->initrd, place->initrd + wish->initrd_size)) {
        if (wish->initrd_size > wish->hole)
            return "the initramfs does not fit below the hole";
        place->initrd = (wish->hole - wish->initrd_size) / LARGE * LARGE;
    }
    if (wish->initrd_size > 0 && place->initrd < place->kernel_end)
        return "kernel and initramfs do not fit into memory";
    return NULL;
}

static const char *find_places(struct place *place, const struct linux_wish *wish)
{
    uint64_t init_size = get(wish->kernel + INIT_SIZE, 4);
    place->code_offset = (get(wish->kernel + SETUP_SECTS, 1) + 1) * 512;
    place->kernel = get(wish->kernel + PREF_ADDRESS, 8);
    uint64_t code = wish->kernel_size - place->code_offset;
    uint64_t need = init_size > code ? init_size : code;
    if (place->kernel < (UINT64_C(1) << 20) || place->kernel % LARGE != 0 ||
        place->kernel > wish->memory || need > wish->memory - place->kernel)
        return "the kernel does not fit into memory at its preferred address";
    place->kernel_end = place->kernel + need;
    if (overlaps_hole(wish, place->kernel, place->kernel_end))
        return "the kernel's preferred address lies in the hole";
    return place_initrd(place, wish);
}

static void e820_add(uint8_t *params, uint64_t start, uint64_t end, unsigned type)
{
    unsigned count = params[E820_ENTRIES];
    uint8_t *entry = params + E820_TABLE + 20 * count;
    if (start == end)
        return;
    set(entry, start, 8);
    set(entry + 8, end - start, 8);
    set(entry + 16, type, 4);
    params[E820_ENTRIES] = (uint8_t)(count + 1);
}

static void fill_memory_map(uint8_t *params, const struct linux_wish *wish)
{
    e820_add(params, 0, LINUX_SECRETS, E820_RAM);
    e820_add(params, LINUX_SECRETS, LINUX_ACPI, E820_RESERVED);
    e820_add(params, LINUX_ACPI, LINUX_ACPI + LINUX_ACPI_SIZE, E820_ACPI);
    e820_add(params, LINUX_ACPI + LINUX_ACPI_SIZE, 0xa0000, E820_RAM);
    if (wish->hole_size == 0) {
        e820_add(params, 0x100000, wish->memory, E820_RAM);
    } else {
        e820_add(params, 0x100000, wish->hole, E820_RAM);
        e820_add(params, wish->hole, wish->hole + wish->hole_size, E820_RESERVED);
        e820_add(params, wish->hole + wish->hole_size, wish->memory, E820_RAM);
    }
    e820_add(params, HIGH, HIGH + wish->high, E820_RAM);
}

static void fill_boot_params(uint8_t *params, const struct linux_wish *wish,
                             const struct place *place)
{
    memcpy(params + SETUP_HEADER, wish->kernel + SETUP_HEADER, SETUP_HEADER_END - SETUP_HEADER);
    set(params + ACPI_RSDP_ADDR, LINUX_ACPI, 8);
    params[TYPE_OF_LOADER] = 0xff; /* no number of its own */
    params[LOADFLAGS] |= 1;        /* loaded high */
    set(params + CMD_LINE_PTR, LINUX_CMDLINE, 4);
    set(params + SETUP_DATA, LINUX_CC_BLOB + 0x40, 8);
    if (wish->initrd_size > 0) {
        set(params + RAMDISK_IMAGE, place->initrd, 4);
        set(params + RAMDISK_SIZE, wish->initrd_size, 4);
    }
    fill_memory_map(params, wish);
}

/* The blob, and behind it the setup_data node that leads the kernel to it. */
static void fill_cc_blob(uint8_t *page)
{
    set(page, CC_MAGIC, 4);
    set(page + 0x08, LINUX_SECRETS, 8);
    set(page + 0x10, PAGE, 4);
    set(page + 0x18, LINUX_CPUID, 8);
    set(page + 0x20, PAGE, 4);
    uint8_t *node = page + 0x40;
    set(node + 8, SETUP_CC_BLOB, 4);
    set(node + 12, 16, 4);
    set(node + 16, LINUX_CC_BLOB, 4);
}

static void fill_tables(uint8_t *tables, unsigned c_bit)
{
    uint64_t private = c_bit ? UINT64_C(1) << c_bit : 0;
    uint64_t link = 0x003 | private;
    uint64_t leaf = 0x083 | private;
    set(tables, (LINUX_TABLES + PAGE) | link, 8);
    for (uint64_t gib = 0; gib < 4; gib++) {
        set(tables + PAGE + 8 * gib, (LINUX_TABLES + (2 + gib) * PAGE) | link, 8);
        for (uint64_t i = 0; i < 512; i++)
            set(tables + (2 + gib) * PAGE + 8 * i, (gib << 30) | (i * LARGE) | leaf, 8);
    }
}

static void fill_gdt(uint8_t *gdt)
{
    set(gdt + 0x10, UINT64_C(0x00af9b000000ffff), 8); /* 64-bit code */
    set(gdt + 0x18, UINT64_C(0x00cf93000000ffff), 8); /* data */
}

static void add(struct linux_guest *guest, struct linux_piece piece)
{
    if (piece.size > 0)
        guest->pieces[guest->piece_count++] = piece;
}

static void add_pieces(struct linux_guest *g, const struct linux_wish *wish,
                       const struct place *place, size_t acpi_size)
{
    const uint8_t *code = wish->kernel + place->code_offset;
    const struct linux_piece pieces[] = {
        {LINUX_DATA, LINUX_BOOT_PARAMS, PAGE, g->boot_params},
        {LINUX_DATA, LINUX_CMDLINE, PAGE, g->cmdline},
        {LINUX_DATA, LINUX_TABLES, sizeof g->tables, g->tables},
        {LINUX_DATA, LINUX_GDT, PAGE, g->gdt},
        {LINUX_IS_SECRETS, LINUX_SECRETS, PAGE, NULL},
        {LINUX_IS_CPUID, LINUX_CPUID, PAGE, NULL},
        {LINUX_DATA, LINUX_CC_BLOB, PAGE, g->cc_blob},
        {LINUX_ZEROS, LINUX_CALLING, PAGE, NULL},
        {LINUX_DATA, LINUX_ACPI, acpi_size, g->acpi},
        {LINUX_DATA, place->kernel, wish->kernel_size - place->code_offset, code},
        {LINUX_DATA, place->initrd, wish->initrd_size, wish->initrd},
    };
    _Static_assert(sizeof pieces / sizeof pieces[0] <= LINUX_PIECES, "all pieces have room");
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        add(g, pieces[i]);
}

const char *linux_layout(struct linux_guest *guest, const struct linux_wish *wish)
{
    struct place place;
    const char *wrong = check_wish(wish);
    if (wrong == NULL)
        wrong = check_kernel(wish);
    if (wrong == NULL)
        wrong = find_places(&place, wish);
    if (wrong != NULL)
        return wrong;
    memset(guest, 0, sizeof *guest);
    size_t acpi_size = acpi_tables(&wish->machine, LINUX_ACPI, guest->acpi, sizeof guest->acpi);
    if (acpi_size == 0)
        return "too many or too few CPUs or virtio windows for the ACPI tables";
    fill_boot_params(guest->boot_params, wish, &place);
    memcpy(guest->cmdline, wish->cmdline, strlen(wish->cmdline));
    fill_tables(guest->tables, wish->c_bit);
    fill_gdt(guest->gdt);
    fill_cc_blob(guest->cc_blob);
    guest->entry = place.kernel + 0x200;
    add_pieces(guest, wish, &place, acpi_size);
    return NULL;
}
