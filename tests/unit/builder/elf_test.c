/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The builder's ELF reader: a good file is taken as it is, and each way of being bad is refused
 * with its sentence. Truncation and single wrong bytes must never do more than be refused.
 */
#include "maker.h"

#include <boot/boot_block.h>
#include <elf_image.h>
#include <layout.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VA BOOT_KERNEL_VA

static bool read_blob(const struct blob *file, struct elf_image *image, struct build_error *error)
{
    memset(image, 0, sizeof(*image));
    image->name = "test.elf";
    error->text[0] = '\0';
    return elf_image_read(image, file, layout_kernel_window(), error);
}

static void assert_refused(const struct maker *maker, const char *because)
{
    struct blob file = maker_finish(maker);
    struct elf_image image;
    struct build_error error;

    assert_false(read_blob(&file, &image, &error));
    if (!strstr(error.text, because))
        fail_msg("\"%s\" does not say \"%s\"", error.text, because);
    blob_free(&file);
}

static void test_good(void **state)
{
    struct maker maker;
    struct elf_image image;
    struct build_error error;
    struct blob file;

    (void)state;
    maker_start(&maker, VA, 0x5000);
    file = maker_finish(&maker);
    assert_true(read_blob(&file, &image, &error));
    assert_int_equal(image.count, 3);
    assert_int_equal(image.entry, VA + 0x10);
    assert_int_equal(image.segments[0].rights, BOOT_READ | BOOT_EXECUTE);
    assert_int_equal(image.segments[1].rights, BOOT_READ);
    assert_int_equal(image.segments[2].rights, BOOT_READ | BOOT_WRITE);
    assert_int_equal(elf_segment_start(&image.segments[2]), VA + 0x2000);
    assert_int_equal(elf_segment_end(&image.segments[2]), VA + 0x8000);
    assert_int_equal(image.segments[2].bytes[0xff], 3);
    blob_free(&file);
}

static const struct {
    size_t place;
    uint64_t value;
    unsigned size;
    const char *because;
} spoils[] = {
    {0, 0, 1, "not an ELF file"},
    {EI_CLASS, ELFCLASS32, 1, "not a 64-bit x86 ELF"},
    {EI_DATA, ELFDATA2MSB, 1, "not a 64-bit x86 ELF"},
    {offsetof(Elf64_Ehdr, e_machine), EM_AARCH64, 2, "not a 64-bit x86 ELF"},
    {offsetof(Elf64_Ehdr, e_type), ET_DYN, 2, "position-independent"},
    {offsetof(Elf64_Ehdr, e_type), ET_REL, 2, "not an executable"},
    {offsetof(Elf64_Ehdr, e_phentsize), 32, 2, "program headers of 32 bytes"},
    {offsetof(Elf64_Ehdr, e_phnum), 0xffff, 2, "program headers beyond"},
    {offsetof(Elf64_Ehdr, e_phnum), 0, 2, "the entry"},
    {offsetof(Elf64_Ehdr, e_phoff), 0x10000000, 8, "program headers beyond"},
    {offsetof(Elf64_Ehdr, e_phoff), UINT64_MAX - 8, 8, "program headers beyond"},
    {offsetof(Elf64_Ehdr, e_entry), VA + 0x1000, 8, "in no executable segment"},
    {offsetof(Elf64_Ehdr, e_entry), VA + 0x800, 8, "in no executable segment"},
    {offsetof(Elf64_Ehdr, e_entry), 0, 8, "in no executable segment"},
    {offsetof(struct maker, program[0].p_type), PT_INTERP, 4, "dynamically linked"},
    {offsetof(struct maker, program[0].p_type), PT_DYNAMIC, 4, "dynamically linked"},
    {offsetof(struct maker, program[0].p_flags), PF_R | PF_W | PF_X, 4, "writable and executable"},
    {offsetof(struct maker, program[2].p_flags), PF_W | PF_X, 4, "writable and executable"},
    {offsetof(struct maker, program[0].p_filesz), 0x801, 8, "larger in the file"},
    {offsetof(struct maker, program[2].p_offset), 0x3001, 8, "beyond the end of the file"},
    {offsetof(struct maker, program[2].p_offset), UINT64_MAX, 8, "beyond the end of the file"},
    {offsetof(struct maker, program[0].p_memsz), UINT64_MAX, 8, "is outside"},
    {offsetof(struct maker, program[2].p_memsz), UINT64_C(1) << 40, 8, "is outside"},
    {offsetof(struct maker, program[2].p_memsz), UINT64_MAX, 8, "is outside"},
    {offsetof(struct maker, program[0].p_vaddr), 0x1000, 8, "is outside"},
    {offsetof(struct maker, program[2].p_vaddr), UINT64_MAX - 0x10, 8, "is outside"},
    {offsetof(struct maker, program[1].p_vaddr), VA + 0x7ff, 8, "shares a page"},
    {offsetof(struct maker, program[1].p_vaddr), VA, 8, "shares a page"},
    {offsetof(struct maker, program[0].p_memsz), 0x1001, 8, "shares a page"},
    {offsetof(struct maker, program[2].p_vaddr), VA + 0x1900, 8, "shares a page"},
};

static void test_spoilt(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        struct maker maker;

        maker_start(&maker, VA, 0x5000);
        memcpy((char *)&maker + spoils[i].place, &spoils[i].value, spoils[i].size);
        assert_refused(&maker, spoils[i].because);
    }
}

static void test_too_many(void **state)
{
    struct maker maker;

    (void)state;
    maker_start(&maker, VA, 0);
    for (unsigned i = 0; i < ELF_SEGMENTS + 1; i++)
        maker.program[i] =
            (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0x1000, VA + UINT64_C(0x1000) * i, 0, 16, 16, 4096};
    maker.header.e_phnum = ELF_SEGMENTS + 1;
    assert_refused(&maker, "more than");
}

/* The bytes are copied to a block of just that length, so that ASan sees one read too far. */
static void test_truncated(void **state)
{
    struct maker maker;
    struct elf_image image;
    struct build_error error;
    struct blob whole;

    (void)state;
    maker_start(&maker, VA, 0x5000);
    whole = maker_finish(&maker);
    for (size_t size = 0; size < whole.size; size++) {
        struct blob cut = {malloc(size ? size : 1), size};

        memcpy(cut.bytes, whole.bytes, size);
        assert_false(read_blob(&cut, &image, &error));
        assert_true(error.text[0] != '\0');
        blob_free(&cut);
    }
    blob_free(&whole);
}

/* Reads every byte of every segment, as the layout will. */
static unsigned sum(const struct elf_image *image)
{
    unsigned total = 0;

    for (uint32_t i = 0; i < image->count; i++) {
        for (uint64_t j = 0; j < image->segments[i].file_size; j++)
            total += image->segments[i].bytes[j];
    }
    return total;
}

static void test_wrong_bytes(void **state)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xff, 0x10};
    struct maker maker;
    struct elf_image image;
    struct build_error error;
    struct blob file;
    unsigned total = 0;

    (void)state;
    maker_start(&maker, VA, 0x5000);
    file = maker_finish(&maker);
    for (size_t place = 0; place < sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr); place++) {
        for (size_t i = 0; i < sizeof(changes); i++) {
            file.bytes[place] ^= changes[i];
            if (read_blob(&file, &image, &error))
                total += sum(&image);
            file.bytes[place] ^= changes[i];
        }
    }
    assert_true(total > 0);
    blob_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),        cmocka_unit_test(test_spoilt),
        cmocka_unit_test(test_too_many),    cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_wrong_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
