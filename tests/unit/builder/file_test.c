/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two outputs against the image they are made from: every loaded page is in the IGVM file once
 * for each platform, with the same bytes and measured, in the order hosts agree on; the PVH ELF has
 * the same memory and its note.
 */
#include "maker.h"

#include <boot.h>
#include <boot/stub.h>
#include <context.h>
#include <file.h>
#include <igvm/igvm.h>
#include <pvh.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct build_options options;
    struct layout_inputs inputs;
    struct layout layout;
    struct blob kernel;
    struct build_error error;
};

static void fixture_make(struct fixture *fixture, const char *profile, const char *platforms)
{
    const char *words[] = {"--kernel",  "k",     "-o",          "x",
                           "--profile", profile, "--platforms", platforms};
    struct maker maker;

    memset(fixture, 0, sizeof(*fixture));
    assert_true(
        build_options_read(&fixture->options, 8, (char **)(uintptr_t)words, &fixture->error));
    maker_start(&maker, BOOT_KERNEL_VA, 0x3000);
    fixture->kernel = maker_finish(&maker);
    fixture->inputs.kernel.name = "k";
    assert_true(elf_image_read(&fixture->inputs.kernel, &fixture->kernel, layout_kernel_window(),
                               &fixture->error));
    fixture->layout.options = &fixture->options;
    fixture->layout.inputs = &fixture->inputs;
    assert_true(layout_make(&fixture->layout, &fixture->error));
}

static void fixture_free(struct fixture *fixture)
{
    layout_free(&fixture->layout);
    blob_free(&fixture->kernel);
    build_options_free(&fixture->options);
}

static const uint8_t zeros[4096];

/* Where a directive of this type may stand. */
static int rank(uint32_t type)
{
    switch (type) {
    case IGVM_REQUIRED_MEMORY:
        return 1;
    case IGVM_PARAMETER_AREA:
        return 2;
    case IGVM_PARAMETER_INSERT:
        return 4;
    case IGVM_PAGE_DATA:
        return 5;
    case IGVM_VP_CONTEXT:
        return 6;
    default:
        return type > IGVM_PARAMETER_AREA ? 3 : 0;
    }
}

static void check_order(const struct igvm_file *file)
{
    struct igvm_header header;
    uint64_t gpa = 0;
    int last = 0;
    bool snp_context = false;

    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        assert_true(rank(header.type) >= last);
        last = rank(header.type);
        assert_false(snp_context);
        if (header.type == IGVM_PAGE_DATA) {
            assert_true(header.body.page->gpa >= gpa);
            gpa = header.body.page->gpa;
        }
        snp_context = header.type == IGVM_VP_CONTEXT && header.mask == BUILD_SNP;
    }
    assert_int_equal(snp_context, igvm_platform_mask(file, IGVM_SEV_SNP) != 0);
}

static void check_page(const struct layout *layout, const struct igvm_header *header)
{
    const struct igvm_page_data *page = header->body.page;
    const uint8_t *bytes = header->data ? header->data : zeros;
    const enum image_kind kind = image_kind(&layout->image, page->gpa);

    assert_int_equal(page->flags, 0);
    if (header->mask == BUILD_SNP && kind == IMAGE_CPUID)
        assert_int_equal(page->data_type, IGVM_DATA_CPUID);
    else if (header->mask == BUILD_SNP && kind == IMAGE_SECRETS)
        assert_int_equal(page->data_type, IGVM_DATA_SECRETS);
    else {
        assert_int_equal(page->data_type, IGVM_DATA_NORMAL);
        assert_memory_equal(bytes, image_at(&layout->image, page->gpa), 4096);
    }
}

/* Each loaded page comes exactly once for the platform, as a page or as a parameter. */
static void check_pages(const struct layout *layout, const struct igvm_file *file, uint32_t mask)
{
    const uint64_t count = (layout->next - layout->options->base) / IMAGE_PAGE;
    uint8_t *seen = calloc(count, 1);
    struct igvm_header header;

    assert_non_null(seen);
    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        bool page = header.type == IGVM_PAGE_DATA, insert = header.type == IGVM_PARAMETER_INSERT;
        uint64_t gpa;

        if (!(page || insert) || !(header.mask & mask))
            continue;
        gpa = page ? header.body.page->gpa : header.body.insert->gpa;
        if (page)
            check_page(layout, &header);
        else
            assert_int_equal(image_kind(&layout->image, gpa), IMAGE_PARAMETER);
        seen[(gpa - layout->options->base) / IMAGE_PAGE]++;
    }
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(seen[i], 1);
    free(seen);
}

static void check_file(const char *profile, const char *platforms)
{
    struct fixture fixture;
    struct igvm_error wrong;
    struct igvm_file file;
    struct blob blob;

    fixture_make(&fixture, profile, platforms);
    assert_true(file_make(&blob, &fixture.layout, &fixture.error));
    assert_true(igvm_open(&file, blob.bytes, blob.size, &wrong));
    check_order(&file);
    if (fixture.options.platforms & BUILD_SNP)
        check_pages(&fixture.layout, &file, BUILD_SNP);
    if (fixture.options.platforms & BUILD_NATIVE)
        check_pages(&fixture.layout, &file, BUILD_NATIVE);
    assert_int_equal(igvm_platform_mask(&file, IGVM_SEV_SNP),
                     fixture.options.platforms & BUILD_SNP);
    assert_int_equal(igvm_platform_mask(&file, IGVM_NATIVE),
                     fixture.options.platforms & BUILD_NATIVE);
    blob_free(&blob);
    fixture_free(&fixture);
}

static void test_profiles(void **state)
{
    static const char *const profiles[] = {"qemu-mainline", "qemu-svsm", "hyperv", "vanadium",
                                           "snpmachine"};
    static const char *const platforms[] = {"snp", "native", "snp,native"};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 3; j++)
            check_file(profiles[i], platforms[j]);
    }
}

/* The same inputs give the same file, to the byte: the digest can be published. */
static void test_repeatable(void **state)
{
    struct fixture one, two;
    struct blob a, b;

    (void)state;
    fixture_make(&one, "snpmachine", "snp,native");
    fixture_make(&two, "snpmachine", "snp,native");
    assert_true(file_make(&a, &one.layout, &one.error));
    assert_true(file_make(&b, &two.layout, &two.error));
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
    blob_free(&a);
    blob_free(&b);
    fixture_free(&one);
    fixture_free(&two);
}

static void test_contexts(void **state)
{
    struct fixture fixture;
    struct igvm_native_context native;
    struct igvm_vmsa vmsa;

    (void)state;
    fixture_make(&fixture, "snpmachine", "snp,native");
    context_native(&fixture.layout, &native);
    context_snp(&fixture.layout, &vmsa);
    assert_int_equal(native.rip, BOOT_KERNEL_VA + 0x10);
    assert_int_equal(native.cr3, fixture.layout.block.tables_root_pa);
    assert_int_equal(native.rdi, BOOT_WINDOW_VA + 4096);
    assert_int_equal(native.rsp % 16, 8);
    assert_int_equal(vmsa.rip, 0x8000000 + BOOT_STUB_32);
    assert_int_equal(vmsa.rax, BOOT_SNP);
    assert_int_equal(vmsa.cr0, 0x31);
    assert_int_equal(vmsa.efer, 0x1000);
    assert_int_equal(vmsa.sev_features, 1);
    fixture_free(&fixture);
    fixture_make(&fixture, "hyperv", "snp");
    context_snp(&fixture.layout, &vmsa);
    assert_int_equal(vmsa.rip, BOOT_KERNEL_VA + 0x10);
    assert_int_equal(vmsa.cr3, fixture.layout.block.tables_root_pa);
    assert_int_equal(vmsa.rsi, BOOT_SNP);
    assert_int_equal(vmsa.virtual_tom, UINT64_C(1) << 46);
    fixture_free(&fixture);
}

static void test_pvh(void **state)
{
    static const uint8_t note[] = {4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0, 'X', 'e', 'n', 0};
    struct fixture fixture;
    Elf64_Ehdr header;
    Elf64_Phdr program[2];
    struct blob elf;
    uint64_t entry;

    (void)state;
    fixture_make(&fixture, "snpmachine", "native");
    assert_true(pvh_make(&elf, &fixture.layout.image, 0x8000006, &fixture.error));
    memcpy(&header, elf.bytes, sizeof(header));
    memcpy(program, elf.bytes + header.e_phoff, sizeof(program));
    assert_int_equal(header.e_phnum, 2);
    assert_int_equal(program[0].p_type, PT_NOTE);
    assert_memory_equal(elf.bytes + program[0].p_offset, note, sizeof(note));
    memcpy(&entry, elf.bytes + program[0].p_offset + sizeof(note), sizeof(entry));
    assert_int_equal(entry, 0x8000006);
    assert_int_equal(program[1].p_type, PT_LOAD);
    assert_int_equal(program[1].p_paddr, 0x8000000);
    assert_int_equal(program[1].p_memsz, fixture.layout.next - 0x8000000);
    assert_int_equal(program[1].p_offset + program[1].p_filesz, elf.size);
    assert_memory_equal(elf.bytes + program[1].p_offset, fixture.layout.image.bytes,
                        program[1].p_filesz);
    for (uint64_t i = program[1].p_filesz; i < program[1].p_memsz; i++)
        assert_int_equal(fixture.layout.image.bytes[i], 0);
    blob_free(&elf);
    fixture_free(&fixture);
}

/* Runs with holes between them, and more of them than the format has room for. */
static void test_pvh_runs(void **state)
{
    struct build_error error;
    struct image image;
    struct blob elf;
    Elf64_Ehdr header;

    (void)state;
    assert_true(image_make(&image, 0x100000, 0x100000, &error));
    for (uint64_t i = 0; i < 16; i++)
        image_mark(&image, 0x100000 + i * 0x3000, 0x2000, IMAGE_DATA);
    assert_true(pvh_make(&elf, &image, 0x100000, &error));
    memcpy(&header, elf.bytes, sizeof(header));
    assert_int_equal(header.e_phnum, 17);
    blob_free(&elf);
    image_mark(&image, 0x1ff000, 0x1000, IMAGE_DATA);
    assert_false(pvh_make(&elf, &image, 0x100000, &error));
    image_free(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profiles), cmocka_unit_test(test_repeatable),
        cmocka_unit_test(test_contexts), cmocka_unit_test(test_pvh),
        cmocka_unit_test(test_pvh_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
