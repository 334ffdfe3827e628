/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux guest in an SVSM's file: the boot block describes what the file loads, the native
 * platform sees nothing of it, and the region stays out of the guest's memory.
 */
#include "maker.h"

#include <file.h>
#include <igvm/igvm.h>
#include <layout.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS      20
#define KERNEL_GPA MAKER_GUEST_GPA
#define E820_COUNT 0x1e8
#define E820_TABLE 0x2d0

struct fixture {
    struct build_options options;
    struct layout_inputs inputs;
    struct layout layout;
    struct blob kernel;
    struct build_error error;
    char guest[40], initrd[40];
};

static void write_file(char *path, const uint8_t *bytes, size_t size)
{
    int descriptor;

    strcpy(path, "/tmp/builder-guest-XXXXXX");
    descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, size), size);
    close(descriptor);
}

static void write_guest(struct fixture *fixture)
{
    static uint8_t image[0x4000];

    maker_guest(image, sizeof(image));
    write_file(fixture->guest, image, sizeof(image));
    write_file(fixture->initrd, (const uint8_t *)"initramfs", 9);
}

static bool fixture_make(struct fixture *fixture, const char *const *more)
{
    const char *words[WORDS] = {
        "--kernel",     "k", "-o", "x", "--guest-kernel", fixture->guest, "--guest-initrd",
        fixture->initrd};
    struct maker maker;
    int count = 8;

    memset(fixture, 0, sizeof(*fixture));
    write_guest(fixture);
    while (*more)
        words[count++] = *more++;
    assert_true(
        build_options_read(&fixture->options, count, (char **)(uintptr_t)words, &fixture->error));
    maker_start(&maker, BOOT_KERNEL_VA, 0);
    fixture->kernel = maker_finish(&maker);
    fixture->inputs.kernel.name = "k";
    assert_true(elf_image_read(&fixture->inputs.kernel, &fixture->kernel, layout_kernel_window(),
                               &fixture->error));
    fixture->layout.options = &fixture->options;
    fixture->layout.inputs = &fixture->inputs;
    return layout_make(&fixture->layout, &fixture->error);
}

static void fixture_free(struct fixture *fixture)
{
    layout_free(&fixture->layout);
    blob_free(&fixture->kernel);
    unlink(fixture->guest);
    unlink(fixture->initrd);
    build_options_free(&fixture->options);
}

static bool in_loaded(const struct boot_guest *guest, uint64_t gpa)
{
    for (uint32_t i = 0; i < guest->loaded_count; i++) {
        if (gpa - guest->loaded[i].pa < guest->loaded[i].size)
            return true;
    }
    return false;
}

static uint64_t loaded_size(const struct boot_guest *guest)
{
    uint64_t size = 0;

    for (uint32_t i = 0; i < guest->loaded_count; i++)
        size += guest->loaded[i].size;
    return size;
}

/* Every page outside the region is the guest's, is for SNP alone, and is in the block's list. */
static void check_file(const struct layout *layout)
{
    const struct boot_block *block = &layout->block;
    struct igvm_header header;
    struct build_error error;
    struct igvm_file file;
    struct blob blob;
    uint64_t outside = 0;

    assert_true(file_make(&blob, layout, &error));
    assert_true(igvm_open(&file, blob.bytes, blob.size, NULL));
    for (igvm_rewind(&file, &header); igvm_next(&file, &header);) {
        if (header.type != IGVM_PAGE_DATA ||
            header.body.page->gpa - block->region.pa < block->region.size)
            continue;
        assert_int_equal(header.mask, BUILD_SNP);
        assert_int_equal(header.body.page->data_type, IGVM_DATA_NORMAL);
        assert_true(in_loaded(&block->guest, header.body.page->gpa));
        if (header.body.page->gpa == KERNEL_GPA + 0x3000)
            assert_int_equal(header.data[0xbff] + header.data[0xc00], 0x90);
        outside += 4096;
    }
    assert_int_equal(outside, loaded_size(&block->guest));
    blob_free(&blob);
}

static void test_described(void **state)
{
    static const char *const more[] = {"--guest-memory", "512M", "--guest-cpus", "3", NULL};
    struct fixture fixture;
    const struct boot_guest *guest = &fixture.layout.block.guest;

    (void)state;
    assert_true(fixture_make(&fixture, more));
    assert_int_equal(guest->kind, BOOT_GUEST_LINUX);
    assert_int_equal(guest->cpus, 3);
    assert_int_equal(guest->memory_end, 512 << 20);
    assert_int_equal(guest->entry, KERNEL_GPA + 0x200);
    assert_true(in_loaded(guest, guest->boot_params) && in_loaded(guest, guest->secrets));
    assert_true(in_loaded(guest, guest->cpuid) && in_loaded(guest, guest->calling_area));
    assert_true(in_loaded(guest, guest->tables.pa) && in_loaded(guest, KERNEL_GPA + 0x3fff));
    for (uint32_t i = 1; i < guest->loaded_count; i++)
        assert_true(guest->loaded[i].pa > guest->loaded[i - 1].pa + guest->loaded[i - 1].size);
    check_file(&fixture.layout);
    fixture_free(&fixture);
}

/* The host is asked for all of a guest of 64 GiB, in headers whose sizes have 32 bits; the region
 * has grown by the states of its pages. */
static void test_large(void **state)
{
    static const char *const more[] = {"--guest-memory", "1G", "--guest-high-memory", "63G", NULL};
    const uint64_t four = UINT64_C(4) << 30;
    struct fixture fixture;
    struct igvm_header header;
    struct build_error error;
    struct igvm_file file;
    struct blob blob;
    uint64_t end = four;

    (void)state;
    assert_true(fixture_make(&fixture, more));
    assert_int_equal(fixture.layout.block.guest.memory_end, 1 << 30);
    assert_int_equal(fixture.layout.block.guest.memory_high, UINT64_C(63) << 30);
    assert_int_equal(fixture.layout.block.region.size, 24 << 20);
    assert_true(file_make(&blob, &fixture.layout, &error));
    assert_true(igvm_open(&file, blob.bytes, blob.size, NULL));
    for (igvm_rewind(&file, &header); igvm_next(&file, &header);) {
        if (header.type != IGVM_REQUIRED_MEMORY || header.body.required->gpa < four)
            continue;
        assert_int_equal(header.body.required->gpa, end);
        end += header.body.required->size;
    }
    assert_int_equal(end, four + (UINT64_C(63) << 30));
    blob_free(&blob);
    fixture_free(&fixture);
}

/* The page tables carry no C-bit and the memory map leaves the region out. */
static void test_contents(void **state)
{
    static const char *const more[] = {"--guest-memory", "512M", "--size-max", "32M", NULL};
    struct fixture fixture;
    const struct linux_guest *linux_guest = &fixture.layout.guest.linux;
    uint64_t entry, start, end = 0;

    (void)state;
    assert_true(fixture_make(&fixture, more));
    for (size_t i = 0; i < sizeof(linux_guest->tables); i += 8) {
        memcpy(&entry, linux_guest->tables + i, 8);
        assert_int_equal(entry >> 32, 0);
    }
    for (unsigned i = 0; i < linux_guest->boot_params[E820_COUNT]; i++) {
        const uint8_t *row = linux_guest->boot_params + E820_TABLE + 20 * i;

        memcpy(&start, row, 8);
        memcpy(&end, row + 8, 8);
        end += start;
        if (row[16] == 1)
            assert_true(end <= 0x8000000 || start >= 0xa000000);
    }
    assert_int_equal(end, 512 << 20);
    fixture_free(&fixture);
}

static void test_none(void **state)
{
    static const char *const words[] = {"--kernel", "k", "-o", "x"};
    struct build_options options;
    struct build_error error;
    struct guest guest = {0};
    struct boot_guest block = {.kind = 7};

    (void)state;
    assert_true(build_options_read(&options, 4, (char **)(uintptr_t)words, &error));
    assert_true(guest_make(&guest, &options, &block, &error));
    assert_int_equal(block.kind, BOOT_GUEST_NONE);
    assert_int_equal(block.loaded_count, 0);
    build_options_free(&options);
}

static void test_refused(void **state)
{
    static const char *const more[][3] = {
        {"--guest-memory", "16M"},
        {"--guest-memory", "100000001"},
        {"--base", "16M"},
        {"--guest-cpus", "0"},
        {"--guest-cpus", "100000"},
        {"--guest-kernel", "/dev/null"},
        {"--guest-initrd", "/"},
        {"--guest-high-memory", "4096"},
        {"--guest-high-memory", "2000G"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        struct fixture fixture;

        if (fixture_make(&fixture, more[i]))
            fail_msg("%s %s is taken", more[i][0], more[i][1]);
        assert_true(fixture.error.text[0] != '\0');
        fixture_free(&fixture);
    }
}

/* The builder says what the kernel could only end the machine for. */
static void test_no_room_for_states(void **state)
{
    static const char *const more[] = {"--guest-high-memory", "63G", "--size", "8M", NULL};
    struct fixture fixture;

    (void)state;
    assert_false(fixture_make(&fixture, more));
    assert_non_null(strstr(fixture.error.text, "page states"));
    fixture_free(&fixture);
}

static void test_wrong_use(void **state)
{
    static const char *const wrong[][8] = {
        {"--kernel", "k", "-o", "x", "--guest-initrd", "i"},
        {"--kernel", "k", "-o", "x", "--guest-cmdline", "c"},
        {"--kernel", "k", "--pvh", "x", "--guest-kernel", "g"},
        {"--kernel", "k", "-o", "x", "--guest-kernel", "g", "--platforms=native"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct build_options options;
        struct build_error error;
        int count = 0;

        while (count < 8 && wrong[i][count])
            count++;
        assert_false(build_options_read(&options, count, (char **)(uintptr_t)wrong[i], &error));
        assert_non_null(strstr(error.text, "guest"));
        build_options_free(&options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_described), cmocka_unit_test(test_large),
        cmocka_unit_test(test_contents),  cmocka_unit_test(test_none),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_no_room_for_states),
        cmocka_unit_test(test_wrong_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
