/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the layout promises, for several shapes of region and kernel: every loaded page belongs to
 * exactly one piece, and the page tables map what the boot block says and nothing else. The walk
 * here is its own, over the bytes of the image; it knows nothing of the builder's.
 */
#include "maker.h"

#include <boot.h>
#include <boot/archive.h>
#include <boot/stub.h>
#include <layout.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGE     UINT64_C(4096)
#define PRESENT  UINT64_C(1)
#define WRITABLE UINT64_C(2)
#define LARGE    UINT64_C(0x80)
#define GLOBAL   UINT64_C(0x100)
#define NX       (UINT64_C(1) << 63)
#define ADDRESS  UINT64_C(0x000ffffffffff000)

struct fixture {
    struct build_options options;
    struct layout_inputs inputs;
    struct layout layout;
    struct blob kernel;
    struct blob root;
    struct build_error error;
};

struct shape {
    uint64_t bss;
    const char *words[10];
};

static const struct shape shapes[] = {
    {0, {"--kernel", "k", "-o", "x"}},
    {0x5000, {"--kernel", "k", "-o", "x", "--base", "0x50000000", "--size", "64M"}},
    {0x5000, {"--kernel", "k", "-o", "x", "--profile", "hyperv", "--root", "r"}},
    {0x5000, {"--kernel", "k", "-o", "x", "--size", "2M", "--stack", "4K", "--root", "r"}},
    {0x1fd000, {"--kernel", "k", "-o", "x", "--profile", "qemu-mainline"}},
    {0x3ff000, {"--kernel", "k", "-o", "x", "--size", "1G", "--file", "a=b", "--root", "r"}},
};

static bool fixture_make(struct fixture *fixture, const struct shape *shape)
{
    struct maker maker;
    int count = 0;

    memset(fixture, 0, sizeof(*fixture));
    while (count < 10 && shape->words[count])
        count++;
    assert_true(build_options_read(&fixture->options, count, (char **)(uintptr_t)shape->words,
                                   &fixture->error));
    maker_start(&maker, BOOT_KERNEL_VA + 0x4000, shape->bss);
    fixture->kernel = maker_finish(&maker);
    maker_start(&maker, 0x400000, 0x2000);
    fixture->root = maker_finish(&maker);
    fixture->inputs.kernel.name = "k";
    fixture->inputs.root.name = "r";
    assert_true(elf_image_read(&fixture->inputs.kernel, &fixture->kernel, layout_kernel_window(),
                               &fixture->error));
    if (fixture->options.root)
        assert_true(elf_image_read(&fixture->inputs.root, &fixture->root, layout_root_window(),
                                   &fixture->error));
    fixture->inputs.files[0] = (struct blob){(uint8_t *)fixture->root.bytes, 5000};
    fixture->layout.options = &fixture->options;
    fixture->layout.inputs = &fixture->inputs;
    return layout_make(&fixture->layout, &fixture->error);
}

static void fixture_free(struct fixture *fixture)
{
    layout_free(&fixture->layout);
    blob_free(&fixture->kernel);
    blob_free(&fixture->root);
    build_options_free(&fixture->options);
}

/* Where the boot block says the pieces are, in any order. */
static unsigned pieces(const struct boot_block *block, struct boot_range *out)
{
    const struct boot_range own[] = {
        block->stub,
        {block->stub.pa + PAGE, PAGE},
        block->general,
        block->memory_map,
        block->madt,
        block->device_tree,
        block->cpuid,
        block->secrets,
        block->archive,
        block->tables,
        {block->kernel.pa, block->kernel.size},
        {block->kernel.stack_pa, block->kernel.stack_size},
    };
    unsigned count = 0;

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (own[i].size)
            out[count++] = own[i];
    }
    for (uint32_t i = 0; i < block->root.segment_count; i++)
        out[count++] =
            (struct boot_range){block->root.segments[i].pa, block->root.segments[i].size};
    return count;
}

static int by_address(const void *a, const void *b)
{
    const struct boot_range *x = a, *y = b;

    return x->pa < y->pa ? -1 : x->pa > y->pa;
}

static void check_partition(const struct layout *layout)
{
    struct boot_range ranges[12 + BOOT_SEGMENTS];
    const struct boot_block *block = &layout->block;
    unsigned count = pieces(block, ranges);
    uint64_t next = block->region.pa;

    qsort(ranges, count, sizeof(ranges[0]), by_address);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(ranges[i].pa, next);
        assert_int_equal(ranges[i].size % PAGE, 0);
        next += ranges[i].size;
    }
    assert_int_equal(next, block->used_end_pa);
    for (uint64_t pa = block->region.pa; pa < block->region.pa + block->region.size; pa += PAGE)
        assert_int_equal(image_kind(&layout->image, pa) != IMAGE_NONE, pa < next);
}

/* Counts of bytes mapped, by purpose. */
struct found {
    const struct layout *layout;
    uint64_t window, image, stack, one_to_one, tables;
};

static const struct elf_segment *segment_at(const struct elf_image *image, uint64_t va)
{
    for (uint32_t i = 0; i < image->count; i++) {
        if (va >= elf_segment_start(&image->segments[i]) &&
            va < elf_segment_end(&image->segments[i]))
            return &image->segments[i];
    }
    return NULL;
}

static void check_image_leaf(struct found *found, uint64_t va, uint64_t entry)
{
    const struct boot_kernel *kernel = &found->layout->block.kernel;
    const struct elf_segment *segment = segment_at(&found->layout->inputs->kernel, va);

    assert_non_null(segment);
    assert_int_equal(entry & ADDRESS, kernel->pa + (va - kernel->va));
    assert_int_equal((entry & WRITABLE) != 0, (segment->rights & BOOT_WRITE) != 0);
    assert_int_equal((entry & NX) == 0, (segment->rights & BOOT_EXECUTE) != 0);
    assert_true(entry & GLOBAL);
    found->image += PAGE;
}

static void check_window_leaf(struct found *found, uint64_t va, uint64_t entry, uint64_t size)
{
    const struct layout *layout = found->layout;
    const uint64_t pa = va - BOOT_WINDOW_VA + layout->block.region.pa;

    assert_int_equal(entry & ADDRESS & ~(size - 1), pa);
    assert_true(entry & NX);
    for (uint64_t at = pa; at < pa + size; at += PAGE)
        assert_int_equal((entry & WRITABLE) != 0, image_kind(&layout->image, at) != IMAGE_SEALED);
    found->window += size;
}

static void check_leaf(struct found *found, uint64_t va, uint64_t entry, uint64_t size)
{
    const struct boot_block *block = &found->layout->block;
    const struct boot_kernel *kernel = &block->kernel;

    if (va - BOOT_WINDOW_VA < block->region.size) {
        check_window_leaf(found, va, entry, size);
        return;
    }
    assert_int_equal(size, PAGE);
    if (va - kernel->va < kernel->size) {
        check_image_leaf(found, va, entry);
    } else if (va - kernel->stack_va < kernel->stack_size) {
        assert_int_equal(entry & ADDRESS, kernel->stack_pa + (va - kernel->stack_va));
        assert_int_equal(entry & (WRITABLE | NX), WRITABLE | NX);
        found->stack += PAGE;
    } else {
        assert_true(va == block->stub.pa || va == block->trampoline_pa);
        assert_int_equal(entry & ADDRESS, va);
        assert_int_equal(entry & (WRITABLE | NX), 0);
        found->one_to_one += PAGE;
    }
}

static void walk(struct found *found, uint64_t table, uint64_t va, unsigned shift)
{
    const struct boot_range *tables = &found->layout->block.tables;
    uint64_t entries[512];

    assert_true(table - tables->pa < tables->size);
    found->tables += PAGE;
    memcpy(entries, image_at(&found->layout->image, table), sizeof(entries));
    for (uint64_t i = 0; i < 512; i++) {
        uint64_t below = va | i << shift;

        if (shift == 39 && i >= 256)
            below |= UINT64_C(0xffff) << 48;
        if (!(entries[i] & PRESENT))
            assert_int_equal(entries[i], 0);
        else if (shift == 12 || (entries[i] & LARGE))
            check_leaf(found, below, entries[i], UINT64_C(1) << shift);
        else
            walk(found, entries[i] & ADDRESS, below, shift - 9);
    }
}

static uint64_t mapped_size(const struct elf_image *image)
{
    uint64_t size = 0;

    for (uint32_t i = 0; i < image->count; i++)
        size += elf_segment_end(&image->segments[i]) - elf_segment_start(&image->segments[i]);
    return size;
}

static void check_tables(const struct layout *layout)
{
    struct found found = {.layout = layout};
    const struct boot_kernel *kernel = &layout->block.kernel;

    walk(&found, layout->block.tables_root_pa, 0, 39);
    assert_int_equal(found.tables, layout->block.tables.size);
    assert_int_equal(found.window, layout->block.region.size);
    assert_int_equal(found.image, mapped_size(&layout->inputs->kernel));
    assert_int_equal(found.stack, kernel->stack_size);
    assert_int_equal(found.one_to_one, 2 * PAGE);
    assert_true(kernel->stack_va >= kernel->va + kernel->size + PAGE);
}

static void check_contents(const struct layout *layout)
{
    const struct boot_block *block = &layout->block;
    struct boot_stub_record record;
    const uint8_t *stub = image_at(&layout->image, block->stub.pa);
    uint32_t self;

    assert_memory_equal(image_at(&layout->image, block->stub.pa + PAGE), block, sizeof(*block));
    memcpy(&record, stub + BOOT_STUB_RECORD, sizeof(record));
    memcpy(&self, stub + BOOT_STUB_SELF, sizeof(self));
    assert_int_equal(self, block->stub.pa);
    assert_int_equal(record.root, block->tables_root_pa);
    assert_int_equal(record.tables_end, block->tables.pa + block->tables.size);
    assert_int_equal(record.entry_va, block->kernel.entry_va);
    assert_int_equal(*image_at(&layout->image, block->kernel.pa), 1);
    assert_int_equal(*image_at(&layout->image, block->kernel.pa + 0x200f), 0);
    assert_int_equal(*image_at(&layout->image, block->kernel.pa + 0x2010), 3);
    assert_int_equal(*image_at(&layout->image, block->kernel.pa + 0x2110), 0);
    if (block->root.segment_count)
        assert_int_equal(*image_at(&layout->image, block->root.segments[1].pa), 2);
}

static void test_shapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct fixture fixture;

        if (!fixture_make(&fixture, &shapes[i]))
            fail_msg("shape %zu: %s", i, fixture.error.text);
        check_partition(&fixture.layout);
        check_tables(&fixture.layout);
        check_contents(&fixture.layout);
        fixture_free(&fixture);
    }
}

static void test_archive(void **state)
{
    const struct boot_archive *archive;
    struct fixture fixture;

    (void)state;
    assert_true(fixture_make(&fixture, &shapes[5]));
    archive = (const void *)image_at(&fixture.layout.image, fixture.layout.block.archive.pa);
    assert_int_equal(archive->magic, BOOT_ARCHIVE_MAGIC);
    assert_int_equal(archive->count, 1);
    assert_int_equal(archive->size, 3 * PAGE);
    assert_string_equal(archive->entries[0].name, "a");
    assert_int_equal(archive->entries[0].offset, PAGE);
    assert_int_equal(archive->entries[0].size, 5000);
    assert_memory_equal((const char *)archive + PAGE, fixture.root.bytes, 5000);
    fixture_free(&fixture);
}

static void test_too_small(void **state)
{
    static const struct shape small[] = {
        {0x200000, {"--kernel", "k", "-o", "x", "--size", "2M"}},
        {0, {"--kernel", "k", "-o", "x", "--size", "2M", "--stack", "2M"}},
        {0, {"--kernel", "k", "-o", "x", "--size", "2M", "--root", "r", "--root-stack", "2M"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        struct fixture fixture;

        assert_false(fixture_make(&fixture, &small[i]));
        assert_non_null(strstr(fixture.error.text, "region"));
        fixture_free(&fixture);
    }
}

/* Page by page until there is room for everything but the page tables. */
static void test_just_too_small(void **state)
{
    struct shape shape = {0x1d0000, {"--kernel", "k", "-o", "x", "--size", "2M", "--stack", "4K"}};
    struct fixture fixture;
    unsigned fitted = 0;

    (void)state;
    while (fixture_make(&fixture, &shape)) {
        check_partition(&fixture.layout);
        check_tables(&fixture.layout);
        fixture_free(&fixture);
        shape.bss += PAGE;
        fitted++;
    }
    assert_true(fitted > 0);
    assert_non_null(strstr(fixture.error.text, "page tables"));
    fixture_free(&fixture);
}

/* A VMSA inside the region ends what may be loaded. */
static void test_vmsa(void **state)
{
    static const struct shape shape = {
        0, {"--kernel", "k", "-o", "x", "--vmsa-gpa", "0x8005000", "--size", "2M"}};
    struct fixture fixture;

    (void)state;
    assert_false(fixture_make(&fixture, &shape));
    fixture_free(&fixture);
    assert_true(fixture_make(&fixture, &shapes[2]));
    assert_int_equal(fixture.layout.block.vmsa.pa, 0x8fff000);
    assert_int_equal(fixture.layout.block.vtom, UINT64_C(1) << 46);
    fixture_free(&fixture);
}

static void test_pretend(void **state)
{
    struct fixture fixture;
    const uint32_t *cpuid;

    (void)state;
    assert_true(fixture_make(&fixture, &shapes[0]));
    boot_pretend_snp(&fixture.layout, 52);
    cpuid = (const void *)image_at(&fixture.layout.image, fixture.layout.block.cpuid.pa);
    assert_int_equal(cpuid[0], 2);
    assert_int_equal(cpuid[16], 0x8000001f);
    assert_int_equal(cpuid[23] & 63, 52);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),    cmocka_unit_test(test_archive),
        cmocka_unit_test(test_too_small), cmocka_unit_test(test_just_too_small),
        cmocka_unit_test(test_vmsa),      cmocka_unit_test(test_pretend),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
