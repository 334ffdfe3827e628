/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Images a server's linker would not make: each check of image.c has the file that only it refuses,
 * and random damage never makes a segment that is outside of the file or of the memory for images.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <image.h>

#define FILE_SIZE 0x3800u

/* Text, constants, data with memory behind it, a stack header. */
static uint8_t *make(void)
{
    uint8_t *file = calloc(1, FILE_SIZE);
    Elf64_Ehdr *h = (Elf64_Ehdr *)(void *)file;
    Elf64_Phdr *p = (Elf64_Phdr *)(void *)(file + sizeof(*h));

    assert_non_null(file);
    memcpy(h->e_ident, ELFMAG "\2\1\1", SELFMAG + 3);
    h->e_type = ET_EXEC;
    h->e_machine = EM_X86_64;
    h->e_version = EV_CURRENT;
    h->e_entry = 0x400010;
    h->e_phoff = sizeof(*h);
    h->e_ehsize = sizeof(*h);
    h->e_phentsize = sizeof(*p);
    h->e_phnum = 4;
    p[0] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0x1000, 0x400000, 0, 0xf00, 0xf00, 0x1000};
    p[1] = (Elf64_Phdr){PT_LOAD, PF_R, 0x2000, 0x401000, 0, 0x800, 0x800, 0x1000};
    p[2] = (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0x2800, 0x402800, 0, 0x1000, 0x3000, 0x1000};
    p[3] = (Elf64_Phdr){PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16};
    return file;
}

static void accepts(void **state)
{
    uint8_t *file = make();
    struct image image;

    (void)state;
    assert_int_equal(image_read(file, FILE_SIZE, &image), IMAGE_OK);
    assert_int_equal(image.count, 3);
    assert_int_equal(image.entry, 0x400010);
    assert_int_equal(image.segments[2].filled, 0x1000);
    assert_int_equal(image.segments[2].size, 0x3000);
    assert_int_equal(image_segment_start(&image.segments[2]), 0x402000);
    assert_int_equal(image_segment_pages(&image.segments[2]), 4);
    assert_int_equal(image_segment_pages(&image.segments[0]), 1);
    free(file);
}

/* One change to the file that is in order, and what it must be called. */
struct change {
    const char *name;
    unsigned offset, width;
    uint64_t value;
    enum image_error error;
};

#define HEADER(member) (unsigned)offsetof(Elf64_Ehdr, member), sizeof(((Elf64_Ehdr *)0)->member)
#define PROGRAM(n, member)                                                                         \
    (unsigned)(sizeof(Elf64_Ehdr) + (n) * sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, member)),      \
        sizeof(((Elf64_Phdr *)0)->member)

static const struct change changes[] = {
    {"magic", 0, 1, 0x7e, IMAGE_NOT_ELF},
    {"32 bits", 4, 1, 1, IMAGE_NOT_ELF},
    {"big-endian", 5, 1, 2, IMAGE_NOT_ELF},
    {"version", 6, 1, 2, IMAGE_NOT_ELF},
    {"version again", HEADER(e_version), 2, IMAGE_NOT_ELF},
    {"machine", HEADER(e_machine), EM_AARCH64, IMAGE_NOT_ELF},
    {"position-independent", HEADER(e_type), ET_DYN, IMAGE_NOT_STATIC},
    {"relocatable", HEADER(e_type), ET_REL, IMAGE_NOT_STATIC},
    {"header size", HEADER(e_ehsize), 52, IMAGE_HEADERS},
    {"program header size", HEADER(e_phentsize), 32, IMAGE_HEADERS},
    {"no program headers", HEADER(e_phnum), 0, IMAGE_HEADERS},
    {"too many program headers", HEADER(e_phnum), 33, IMAGE_HEADERS},
    {"program headers behind the end", HEADER(e_phoff), FILE_SIZE - 55, IMAGE_SHORT},
    {"program headers that wrap", HEADER(e_phoff), UINT64_MAX - 10, IMAGE_SHORT},
    {"entry in data", HEADER(e_entry), 0x402900, IMAGE_ENTRY},
    {"entry before the text", HEADER(e_entry), 0x3fffff, IMAGE_ENTRY},
    {"entry behind the text", HEADER(e_entry), 0x400f00, IMAGE_ENTRY},
    {"interpreter", PROGRAM(3, p_type), PT_INTERP, IMAGE_NOT_STATIC},
    {"dynamic", PROGRAM(3, p_type), PT_DYNAMIC, IMAGE_NOT_STATIC},
    {"thread-local", PROGRAM(3, p_type), PT_TLS, IMAGE_KIND},
    {"unknown kind", PROGRAM(3, p_type), 0x12345678, IMAGE_KIND},
    {"executable stack", PROGRAM(3, p_flags), PF_R | PF_W | PF_X, IMAGE_RIGHTS},
    {"writable and executable", PROGRAM(0, p_flags), PF_R | PF_W | PF_X, IMAGE_RIGHTS},
    {"not readable", PROGRAM(1, p_flags), 0, IMAGE_RIGHTS},
    {"unknown right", PROGRAM(1, p_flags), PF_R | 8, IMAGE_RIGHTS},
    {"more file than memory", PROGRAM(0, p_filesz), 0xf01, IMAGE_FILE_RANGE},
    {"file bytes without memory", PROGRAM(0, p_memsz), 0, IMAGE_FILE_RANGE},
    {"offset behind the end", PROGRAM(1, p_offset), FILE_SIZE + 0x800, IMAGE_FILE_RANGE},
    {"offset that wraps", PROGRAM(1, p_offset), UINT64_MAX - 0xfff, IMAGE_FILE_RANGE},
    {"bytes behind the end", PROGRAM(2, p_filesz), 0x1001, IMAGE_FILE_RANGE},
    {"address in the kernel", PROGRAM(2, p_vaddr), 0xffffffff80402800, IMAGE_MEMORY_RANGE},
    {"address 0", PROGRAM(0, p_vaddr), 0, IMAGE_MEMORY_RANGE},
    {"address too high", PROGRAM(2, p_vaddr), IMAGE_VA_END + 0x800, IMAGE_MEMORY_RANGE},
    {"memory too large", PROGRAM(2, p_memsz), 0x4000001, IMAGE_MEMORY_RANGE},
    {"memory that wraps", PROGRAM(2, p_memsz), UINT64_MAX, IMAGE_MEMORY_RANGE},
    {"offset not that of the address", PROGRAM(2, p_vaddr), 0x402000, IMAGE_OFFSET},
    {"a shared page", PROGRAM(1, p_vaddr), 0x400000, IMAGE_ORDER},
    {"descending", PROGRAM(2, p_vaddr), 0x300800, IMAGE_ORDER},
    {"constants without file bytes", PROGRAM(1, p_memsz), 0x801, IMAGE_TAIL},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        uint8_t *file = make();
        struct image image;
        enum image_error error;

        memcpy(file + changes[i].offset, &changes[i].value, changes[i].width);
        error = image_read(file, FILE_SIZE, &image);
        if (error != changes[i].error)
            fail_msg("%s: %s", changes[i].name, image_error_text(error));
        free(file);
    }
}

static void counts(void **state)
{
    uint8_t *file = make();
    Elf64_Phdr *p = (Elf64_Phdr *)(void *)(file + sizeof(Elf64_Ehdr));
    struct image image;

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        p[i].p_type = PT_NOTE;
    assert_int_equal(image_read(file, FILE_SIZE, &image), IMAGE_COUNT);
    ((Elf64_Ehdr *)(void *)file)->e_phnum = IMAGE_SEGMENTS + 1;
    for (unsigned i = 0; i <= IMAGE_SEGMENTS; i++)
        p[i] = (Elf64_Phdr){PT_LOAD, PF_R, 0x1000, 0x400000 + i * 0x1000, 0, 1, 1, 0x1000};
    assert_int_equal(image_read(file, FILE_SIZE, &image), IMAGE_COUNT);
    free(file);
}

/* Every shorter file is refused or has all of its segments' bytes. */
static void truncated(void **state)
{
    uint8_t *whole = make();

    (void)state;
    for (uint64_t size = 0; size < FILE_SIZE; size += size < 0x200 ? 1 : 0x55) {
        uint8_t *file = malloc(size + 1);
        struct image image;

        memcpy(file, whole, size);
        assert_int_not_equal(image_read(file, size, &image), IMAGE_OK);
        free(file);
    }
    free(whole);
}

static void check_image(const struct image *image, uint64_t size)
{
    uint64_t end = IMAGE_VA_FIRST;

    assert_in_range(image->count, 1, IMAGE_SEGMENTS);
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *s = &image->segments[i];

        assert_true(s->filled <= s->size && s->offset <= size && s->filled <= size - s->offset);
        assert_true(image_segment_start(s) >= end);
        end = image_segment_start(s) + image_segment_pages(s) * IMAGE_PAGE;
        assert_true(end <= IMAGE_VA_END);
        assert_int_not_equal(s->rights & (IMAGE_WRITE | IMAGE_EXECUTE),
                             IMAGE_WRITE | IMAGE_EXECUTE);
    }
}

static void damaged(void **state)
{
    uint8_t *whole = make();
    unsigned accepted = 0;

    (void)state;
    srand(1);
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t *file = malloc(FILE_SIZE);
        struct image image;

        memcpy(file, whole, FILE_SIZE);
        for (int n = rand() % 4; n >= 0; n--)
            file[rand() % 0x120] = (uint8_t)(rand() % 3 == 0 ? 0xff : rand());
        if (image_read(file, FILE_SIZE, &image) == IMAGE_OK) {
            check_image(&image, FILE_SIZE);
            accepted++;
        }
        free(file);
    }
    printf("seed 1: %u of 200000 damaged files are still in order\n", accepted);
    assert_int_not_equal(accepted, 0);
    free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),   cmocka_unit_test(refuses), cmocka_unit_test(counts),
        cmocka_unit_test(truncated), cmocka_unit_test(damaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
