/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The layout of a Linux guest, from a made-up bzImage whose header fields the tests choose.
 */
#include "linux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB UINT64_C(1) << 20

static uint8_t image[0x8000];
static uint8_t initrd[0x3000];
static struct linux_guest guest;

static void put(uint8_t *at, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *at, unsigned width)
{
    uint64_t value = 0;
    while (width-- > 0)
        value = value << 8 | at[width];
    return value;
}

static struct linux_wish a_wish(void)
{
    memset(image, 0x90, sizeof image);
    image[0x1f1] = 4;
    put(image + 0x1fe, 0xaa55, 2);
    memcpy(image + 0x202, "HdrS", 4);
    put(image + 0x206, 0x20f, 2);
    put(image + 0x22c, 0x7fffffff, 4);
    put(image + 0x236, 1, 2);
    put(image + 0x238, 2047, 4);
    put(image + 0x258, 0x1000000, 8);
    put(image + 0x260, 0x2000000, 4);
    memset(initrd, 0x55, sizeof initrd);
    return (struct linux_wish){
        .kernel = image,
        .kernel_size = sizeof image,
        .initrd = initrd,
        .initrd_size = sizeof initrd,
        .cmdline = "console=ttyS0",
        .memory = 256 * MIB,
        .c_bit = 51,
        .machine = {2, 4, 0xfeb00000, 16},
    };
}

static const struct linux_piece *piece_at(uint64_t gpa)
{
    for (size_t i = 0; i < guest.piece_count; i++) {
        if (guest.pieces[i].gpa == gpa)
            return &guest.pieces[i];
    }
    fail_msg("no piece at %llx", (unsigned long long)gpa);
    return NULL;
}

static void test_good(void **state)
{
    (void)state;
    struct linux_wish wish = a_wish();
    assert_null(linux_layout(&guest, &wish));
    const uint8_t *params = piece_at(LINUX_BOOT_PARAMS)->bytes;
    assert_int_equal(get(params + 0x228, 4), LINUX_CMDLINE);
    assert_int_equal(get(params + 0x070, 8), LINUX_ACPI);
    assert_int_equal(params[0x210], 0xff);
    assert_int_equal(get(params + 0x21c, 4), sizeof initrd);
    const struct linux_piece *ramdisk = piece_at(get(params + 0x218, 4));
    assert_ptr_equal(ramdisk->bytes, initrd);
    assert_true(ramdisk->gpa + ramdisk->size <= wish.memory);
    assert_int_equal(guest.entry, 0x1000200);
    assert_ptr_equal(piece_at(0x1000000)->bytes, image + 5 * 512);
    assert_string_equal((const char *)piece_at(LINUX_CMDLINE)->bytes, "console=ttyS0");
    const uint8_t *node = guest.cc_blob + (get(params + 0x250, 8) - LINUX_CC_BLOB);
    assert_int_equal(get(node + 8, 4), 7);
    const uint8_t *blob = guest.cc_blob + (get(node + 16, 4) - LINUX_CC_BLOB);
    assert_int_equal(get(blob, 4), 0x45444d41);
    assert_int_equal(get(blob + 8, 8), LINUX_SECRETS);
    assert_int_equal(get(blob + 0x18, 8), LINUX_CPUID);
}

static void test_pieces_do_not_overlap(void **state)
{
    (void)state;
    struct linux_wish wish = a_wish();
    wish.hole = 128 * MIB;
    wish.hole_size = 16 * MIB;
    assert_null(linux_layout(&guest, &wish));
    for (size_t i = 0; i < guest.piece_count; i++) {
        const struct linux_piece *a = &guest.pieces[i];
        assert_int_equal(a->gpa % 4096, 0);
        assert_true(a->gpa + a->size <= wish.hole || a->gpa >= wish.hole + wish.hole_size);
        for (size_t j = i + 1; j < guest.piece_count; j++) {
            const struct linux_piece *b = &guest.pieces[j];
            assert_true(a->gpa + a->size <= b->gpa || b->gpa + b->size <= a->gpa);
        }
    }
}

static void test_memory_map_covers_memory_once(void **state)
{
    (void)state;
    struct linux_wish wish = a_wish();
    wish.hole = 128 * MIB;
    wish.hole_size = 16 * MIB;
    assert_null(linux_layout(&guest, &wish));
    uint64_t end = 0, ram = 0;
    for (unsigned i = 0; i < guest.boot_params[0x1e8]; i++) {
        const uint8_t *entry = guest.boot_params + 0x2d0 + 20 * i;
        assert_true(get(entry, 8) >= end);
        end = get(entry, 8) + get(entry + 8, 8);
        ram += get(entry + 16, 4) == 1 ? get(entry + 8, 8) : 0;
    }
    assert_int_equal(end, wish.memory);
    assert_int_equal(ram, wish.memory - wish.hole_size - 0x60000 - 0x4000 - LINUX_ACPI_SIZE);
}

/* What is above 4 GiB is one more entry, and no piece lies there. */
static void test_high_memory(void **state)
{
    (void)state;
    struct linux_wish wish = a_wish();
    wish.memory = UINT64_C(1536) * MIB;
    wish.high = (UINT64_C(64) << 30) - wish.memory;
    assert_null(linux_layout(&guest, &wish));
    const uint8_t *last = guest.boot_params + 0x2d0 + 20 * (guest.boot_params[0x1e8] - 1u);
    assert_int_equal(get(last, 8), UINT64_C(4) << 30);
    assert_int_equal(get(last + 8, 8), wish.high);
    assert_int_equal(get(last + 16, 4), 1);
    assert_int_equal(get(last - 20, 8) + get(last - 12, 8), wish.memory);
    for (size_t i = 0; i < guest.piece_count; i++)
        assert_true(guest.pieces[i].gpa + guest.pieces[i].size <= wish.memory);
}

static void test_first_tables(void **state)
{
    (void)state;
    struct linux_wish wish = a_wish();
    wish.c_bit = 47;
    assert_null(linux_layout(&guest, &wish));
    for (uint64_t va = 0; va < UINT64_C(4) << 30; va += UINT64_C(511) << 21) {
        const uint8_t *table = guest.tables;
        uint64_t entry = get(table + 8 * (va >> 39 & 511), 8);
        entry = get(table + ((entry & 0xfffff000) - LINUX_TABLES) + 8 * (va >> 30 & 511), 8);
        entry = get(table + ((entry & 0xfffff000) - LINUX_TABLES) + 8 * (va >> 21 & 511), 8);
        assert_true(entry == ((va & ~UINT64_C(0x1fffff)) | 0x83 | UINT64_C(1) << 47));
    }
}

static void refused(const struct linux_wish *wish, const char *part)
{
    const char *wrong = linux_layout(&guest, wish);
    assert_non_null(wrong);
    if (strstr(wrong, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", wrong, part);
}

/* Each row changes one field of the image's header. */
static void test_bad_kernels(void **state)
{
    (void)state;
    static const struct {
        unsigned offset, width;
        uint64_t value;
        const char *says;
    } rows[] = {
        {0x1fe, 2, 0, "bzImage"},
        {0x202, 4, 0, "bzImage"},
        {0x206, 2, 0x20b, "older"},
        {0x236, 2, 0, "64-bit entry"},
        {0x1f1, 1, 0xff, "setup part"},
        {0x238, 4, 3, "command line"},
        {0x258, 8, 0x1001000, "fit"},
        {0x258, 8, 0, "fit"},
        {0x258, 8, ~UINT64_C(0) << 21, "fit"},
        {0x260, 4, 0xffffffff, "fit"},
        {0x22c, 4, 0xfff, "initramfs"},
        {0x22c, 4, 0x2000000, "fit"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct linux_wish wish = a_wish();
        put(image + rows[i].offset, rows[i].value, rows[i].width);
        refused(&wish, rows[i].says);
    }
}

static void test_truncated_kernels(void **state)
{
    (void)state;
    struct linux_wish wish = a_wish();
    for (size_t size = 0; size <= 0x1000; size++) {
        uint8_t *exact = malloc(size + 1);
        memcpy(exact, image, size);
        wish.kernel = exact;
        wish.kernel_size = size;
        const char *wrong = linux_layout(&guest, &wish);
        free(exact);
        assert_true(wrong != NULL || size == 0x1000);
    }
}

static void test_bad_wishes(void **state)
{
    (void)state;
    struct linux_wish wish = a_wish();
    wish.memory = 255 * MIB;
    refused(&wish, "multiple of 2 MiB");
    wish = a_wish();
    wish.high = 4096;
    refused(&wish, "above 4 GiB");
    wish.high = UINT64_C(2) << 40;
    refused(&wish, "1 TiB");
    wish = a_wish();
    wish.c_bit = 52;
    refused(&wish, "C-bit");
    wish = a_wish();
    wish.machine.cpus = 0;
    refused(&wish, "CPUs");
    wish = a_wish();
    wish.hole = 16 * MIB;
    wish.hole_size = 4096;
    refused(&wish, "hole");
    wish = a_wish();
    wish.initrd_size = SIZE_MAX;
    refused(&wish, "initramfs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_pieces_do_not_overlap),
        cmocka_unit_test(test_memory_map_covers_memory_once),
        cmocka_unit_test(test_high_memory),
        cmocka_unit_test(test_first_tables),
        cmocka_unit_test(test_bad_kernels),
        cmocka_unit_test(test_truncated_kernels),
        cmocka_unit_test(test_bad_wishes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
