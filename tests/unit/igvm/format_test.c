/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files made by the writer, byte for byte, and read back header by header.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "examples.h"
#include "igvm/context.h"
#include "igvm/writer.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static uint8_t bytes[EXAMPLE_ROOM];

static const char *sha256(const void *data, size_t size)
{
    static char text[65];
    uint8_t digest[32];

    assert_int_equal(EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL), 1);
    for (size_t i = 0; i < sizeof(digest); i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return text;
}

struct place {
    uint32_t offset;
    uint32_t type;
    uint32_t mask;
    uint32_t data_at;
};

static void check_places(size_t size, const struct place *places)
{
    struct igvm_error error;
    struct igvm_file file;
    struct igvm_header header;

    assert_true(igvm_open(&file, bytes, size, &error));
    assert_int_equal(error.code, IGVM_OK);
    for (igvm_rewind(&file, &header); igvm_next(&file, &header); places++) {
        assert_int_equal(header.offset, places->offset);
        assert_int_equal(header.type, places->type);
        assert_int_equal(header.mask, places->mask);
        assert_ptr_equal(header.body.bytes, bytes + header.offset + 8);
        assert_ptr_equal(header.data, places->data_at != 0 ? bytes + places->data_at : NULL);
        assert_int_equal(header.data_size, places->data_at != 0 ? 4096 : 0);
    }
    assert_int_equal(places->offset, 0);
}

static void test_full_is_the_documented_file(void **state)
{
    size_t size = example_full(bytes, &(struct full_options){0});
    struct igvm_fixed fixed;

    (void)state;
    memcpy(&fixed, bytes, sizeof(fixed));
    assert_int_equal(size, FULL_SIZE);
    assert_int_equal(fixed.checksum, 0x89597274);
    assert_string_equal(sha256(bytes, size),
                        "fd009fd3751705fe7c705b4c1eea6018b08342654ab363f5a3faf220f5693194");
}

static void test_full_reads_back(void **state)
{
    static const struct place places[] = {
        {0x20, 0x001, 1, 0},       {0x38, 0x001, 4, 0},       {0x50, 0x001, 2, 0},
        {0x68, 0x101, 1, 0},       {0x80, 0x305, 7, 0},       {0xA0, 0x301, ~0u, 0},
        {0xB8, 0x301, ~0u, 0},     {0xD0, 0x307, ~0u, 0},     {0xE0, 0x313, ~0u, 0},
        {0xF0, 0x30C, ~0u, 0},     {0x100, 0x303, 7, 0},      {0x118, 0x303, 7, 0},
        {0x130, 0x302, 7, 0x230},  {0x150, 0x302, 7, 0},      {0x170, 0x302, 7, 0x1230},
        {0x190, 0x302, 1, 0x2230}, {0x1B0, 0x302, 1, 0},      {0x1D0, 0x302, 4, 0x3230},
        {0x1F0, 0x304, 2, 0x4230}, {0x210, 0x304, 1, 0x5230}, {0},
    };
    struct igvm_file file;

    (void)state;
    check_places(example_full(bytes, &(struct full_options){0}), places);
    assert_true(igvm_open(&file, bytes, FULL_SIZE, NULL));
    assert_int_equal(file.version, 2);
    assert_int_equal(file.headers_end, 0x230);
    assert_int_equal(igvm_platform_mask(&file, IGVM_SEV_SNP), 1);
    assert_int_equal(igvm_platform_mask(&file, IGVM_NATIVE), 2);
    assert_int_equal(igvm_platform_mask(&file, IGVM_TDX), 4);
    assert_int_equal(igvm_platform_mask(&file, IGVM_CCA), 0);
}

/* The documented table, as the bytes it stands for. */
static const uint8_t minimal_headers[] = {
    0x01, 0,    0,    0, 16,   0,    0,    0, 2,    0,    0, 0, 0,    0,    1, 0, 0,    0,    0, 0,
    0,    0,    0,    0, 0x05, 3,    0,    0, 24,   0,    0, 0, 0,    0,    0, 8, 0,    0,    0, 0,
    2,    0,    0,    0, 0,    0,    0,    1, 0,    0,    0, 0, 0,    0,    0, 0, 0x01, 3,    0, 0,
    16,   0,    0,    0, 0,    0x10, 0,    0, 0,    0,    0, 0, 0,    0,    0, 0, 0,    0,    0, 0,
    0x01, 3,    0,    0, 16,   0,    0,    0, 0,    0x10, 0, 0, 0,    0,    0, 0, 1,    0,    0, 0,
    0,    0,    0,    0, 0x07, 3,    0,    0, 8,    0,    0, 0, 0,    0,    0, 0, 0,    0,    0, 0,
    0x13, 3,    0,    0, 8,    0,    0,    0, 0,    0,    0, 0, 4,    0,    0, 0, 0x0C, 3,    0, 0,
    8,    0,    0,    0, 1,    0,    0,    0, 0,    0,    0, 0, 0x03, 3,    0, 0, 16,   0,    0, 0,
    0,    0x10, 0x10, 8, 0,    0,    0,    0, 2,    0,    0, 0, 0,    0,    0, 0, 0x03, 3,    0, 0,
    16,   0,    0,    0, 0,    0x20, 0x10, 8, 0,    0,    0, 0, 2,    0,    0, 0, 1,    0,    0, 0,
    0x04, 3,    0,    0, 20,   0,    0,    0, 0,    0,    0, 0, 0,    0,    0, 0, 2,    0,    0, 0,
    0xA8, 1,    0,    0, 0,    0,    0,    0, 0,    0,    0, 0, 0x02, 3,    0, 0, 24,   0,    0, 0,
    0,    0,    0,    8, 0,    0,    0,    0, 2,    0,    0, 0, 0xA8, 0x11, 0, 0, 0,    0,    0, 0,
    0,    0,    0,    0, 0x02, 3,    0,    0, 24,   0,    0, 0, 0,    0x10, 0, 8, 0,    0,    0, 0,
    2,    0,    0,    0, 0xA8, 0x21, 0,    0, 0,    0,    0, 0, 0,    0,    0, 0, 0x02, 3,    0, 0,
    24,   0,    0,    0, 0,    0x20, 0,    8, 0,    0,    0, 0, 2,    0,    0, 0, 0xA8, 0x31, 0, 0,
    0,    0,    0,    0, 0,    0,    0,    0, 0x02, 3,    0, 0, 24,   0,    0, 0, 0,    0x30, 0, 8,
    0,    0,    0,    0, 2,    0,    0,    0, 0xA8, 0x41, 0, 0, 0,    0,    0, 0, 0,    0,    0, 0,
    0x02, 3,    0,    0, 24,   0,    0,    0, 0,    0x50, 0, 8, 0,    0,    0, 0, 2,    0,    0, 0,
    0,    0,    0,    0, 0,    0,    0,    0, 0,    0,    0, 0,
};

static void test_minimal_is_the_documented_file(void **state)
{
    static const uint8_t fixed[] = {0x49, 0x47, 0x56, 0x4D, 2, 0, 0,    0,    0x20, 0,
                                    0,    0,    0x88, 1,    0, 0, 0xA8, 0x51, 0,    0};
    struct igvm_native_context context;
    size_t size = example_minimal(bytes);

    (void)state;
    assert_int_equal(size, MINIMAL_SIZE);
    assert_int_equal(sizeof(minimal_headers), 0x188);
    assert_memory_equal(bytes, fixed, sizeof(fixed));
    assert_memory_equal(bytes + 0x20, minimal_headers, sizeof(minimal_headers));
    memcpy(&context, bytes + 0x1A8, sizeof(context));
    assert_int_equal(context.rip, 0x08000000);
    assert_int_equal(context.rsp, 0x08006000);
    assert_int_equal(context.cr3, 0x08001000);
    assert_int_equal(context.efer, 0xD00);
    assert_int_equal(context.code_attributes, 0xA09B);
}

static void test_minimal_reads_back(void **state)
{
    static const struct place places[] = {
        {0x20, 0x001, 2, 0},       {0x38, 0x305, 2, 0},
        {0x58, 0x301, ~0u, 0},     {0x70, 0x301, ~0u, 0},
        {0x88, 0x307, ~0u, 0},     {0x98, 0x313, ~0u, 0},
        {0xA8, 0x30C, ~0u, 0},     {0xB8, 0x303, 2, 0},
        {0xD0, 0x303, 2, 0},       {0xE8, 0x304, 2, 0x1A8},
        {0x108, 0x302, 2, 0x11A8}, {0x128, 0x302, 2, 0x21A8},
        {0x148, 0x302, 2, 0x31A8}, {0x168, 0x302, 2, 0x41A8},
        {0x188, 0x302, 2, 0},      {0},
    };

    (void)state;
    check_places(example_minimal(bytes), places);
}

static void test_all_types_read_back(void **state)
{
    struct igvm_file file;
    struct igvm_header header;
    struct igvm_error error;
    unsigned seen = 0;

    (void)state;
    if (!igvm_open(&file, bytes, example_all_types(bytes), &error)) {
        fail_msg("%s at 0x%x", error.rule, error.offset);
    }
    for (igvm_rewind(&file, &header); igvm_next(&file, &header);) {
        assert_ptr_equal(header.kind, igvm_kind(header.type));
        assert_int_equal(header.length, header.kind->length);
        seen |= header.type >= 0x300 ? 1u << (header.type - 0x300) : 0;
        if (header.type == IGVM_CORIM_SIGNATURE) {
            assert_int_equal(header.data_size, 4);
            assert_memory_equal(header.data, "sign", 4);
        }
        if (header.type == IGVM_VP_CONTEXT && header.mask == 8) {
            assert_int_equal(header.data_size, 4 + 2 * 32);
        }
        if (header.type == IGVM_PARAMETER_AREA) {
            assert_int_equal(header.data_size, 0x2000);
            assert_memory_equal(header.data, "area", 5);
        }
    }
    assert_int_equal(seen, 0xFFFBE);
}

static void test_version_1(void **state)
{
    struct igvm_fixed fixed;
    struct igvm_file file;
    size_t size = example_minimal(bytes);

    (void)state;
    memcpy(&fixed, bytes, sizeof(fixed));
    fixed.format_version = 1;
    memcpy(bytes, &fixed, sizeof(fixed));
    memset(bytes + IGVM_FIXED_V1_SIZE, 0xEE, 8);
    fixed.checksum = igvm_checksum(bytes, &fixed);
    memcpy(bytes, &fixed, IGVM_FIXED_V1_SIZE);
    assert_true(igvm_open(&file, bytes, size, NULL));
    assert_int_equal(file.version, 1);
    assert_int_equal(file.architecture, IGVM_X64);
}

static void test_parameter_room(void **state)
{
    struct igvm_file file;
    struct igvm_header header;
    struct igvm_parameter usage = {.area = 1, .offset = 0};

    (void)state;
    assert_true(igvm_open(&file, bytes, example_minimal(bytes), NULL));
    header.body.parameter = &usage;
    assert_int_equal(igvm_parameter_room(&file, &header), 4096);
    usage.offset = 4095;
    assert_int_equal(igvm_parameter_room(&file, &header), 1);
    usage.offset = 4096;
    assert_int_equal(igvm_parameter_room(&file, &header), 0);
    usage.area = 2;
    assert_int_equal(igvm_parameter_room(&file, &header), 0);
}

/* A writer over small rooms: what happens when one of them is full. */
static void start_small(struct igvm_writer *writer, size_t headers, size_t data)
{
    static uint8_t header_room[256];
    static uint8_t data_room[4 * IGVM_PAGE_SIZE];
    static uint32_t slots[4];

    igvm_writer_start(
        writer, &(struct igvm_writer_memory){header_room, headers, data_room, data, slots, 4});
}

static bool add_pages(struct igvm_writer *writer, unsigned count, unsigned step)
{
    bool good = true;

    for (unsigned i = 0; i < count; i++) {
        uint8_t value = (uint8_t)(1 + i * step);
        good = igvm_add_data(writer, IGVM_PAGE_DATA, &(struct igvm_page_data){.mask = 1},
                             (struct igvm_blob){&value, 1});
    }
    return good;
}

static void test_equal_pages_are_stored_once(void **state)
{
    struct igvm_writer writer;

    (void)state;
    start_small(&writer, 256, 2 * IGVM_PAGE_SIZE);
    assert_true(add_pages(&writer, 3, 0));
    assert_int_equal(writer.data_used, IGVM_PAGE_SIZE);
    assert_true(add_pages(&writer, 2, 1));
    assert_int_equal(writer.data_used, 2 * IGVM_PAGE_SIZE);
}

/* Ends count, and so do checksums that fall into one slot. */
static void test_different_pages_stay_apart(void **state)
{
    static uint8_t headers[1024];
    static uint8_t data[8 * IGVM_PAGE_SIZE];
    uint8_t page[IGVM_PAGE_SIZE] = {0};
    uint32_t slots[4];
    struct igvm_writer writer;

    (void)state;
    igvm_writer_start(&writer, &(struct igvm_writer_memory){headers, sizeof(headers), data,
                                                            sizeof(data), slots, 4});
    for (uint8_t i = 0; i < 8; i++) {
        page[IGVM_PAGE_SIZE - 1] = i;
        assert_true(igvm_add_data(&writer, IGVM_PAGE_DATA, &(struct igvm_page_data){.mask = 1},
                                  (struct igvm_blob){page, sizeof(page)}));
    }
    assert_int_equal(writer.data_used, sizeof(data));
}

static void test_writer_says_what_does_not_fit(void **state)
{
    struct igvm_writer writer;
    struct igvm_error error;
    static uint8_t page[IGVM_PAGE_SIZE + 1];

    (void)state;
    start_small(&writer, 63, 4 * IGVM_PAGE_SIZE);
    assert_false(add_pages(&writer, 2, 1));
    assert_false(igvm_finish(&writer, bytes, sizeof(bytes), &error));
    assert_int_equal(error.code, IGVM_NO_SPACE);
    start_small(&writer, 256, 2 * IGVM_PAGE_SIZE);
    assert_false(add_pages(&writer, 3, 1));
    assert_int_equal(writer.error.code, IGVM_NO_SPACE);
    start_small(&writer, 256, 2 * IGVM_PAGE_SIZE);
    assert_true(add_pages(&writer, 2, 1));
    assert_false(igvm_finish(&writer, bytes, igvm_writer_size(&writer) - 1, &error));
    assert_int_equal(error.code, IGVM_NO_SPACE);
    start_small(&writer, 256, 4 * IGVM_PAGE_SIZE);
    assert_false(igvm_add_data(&writer, IGVM_PAGE_DATA, &(struct igvm_page_data){.mask = 1},
                               (struct igvm_blob){page, sizeof(page)}));
    assert_int_equal(writer.error.code, IGVM_BAD_DATA);
}

static void test_writer_refuses_what_is_no_file(void **state)
{
    struct igvm_writer writer;
    struct igvm_error error;

    (void)state;
    start_small(&writer, 256, 2 * IGVM_PAGE_SIZE);
    assert_false(igvm_add(&writer, (enum igvm_type)0x306, bytes));
    assert_int_equal(writer.error.code, IGVM_BAD_HEADER);
    start_small(&writer, 256, 2 * IGVM_PAGE_SIZE);
    assert_false(igvm_add_data(&writer, IGVM_VP_COUNT, &(struct igvm_parameter){0},
                               (struct igvm_blob){"x", 1}));
    start_small(&writer, 256, 2 * IGVM_PAGE_SIZE);
    assert_true(igvm_add(&writer, IGVM_PAGE_DATA, &(struct igvm_page_data){.mask = 1}));
    assert_false(igvm_finish(&writer, bytes, sizeof(bytes), &error));
    assert_int_equal(error.code, IGVM_BAD_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_is_the_documented_file),
        cmocka_unit_test(test_full_reads_back),
        cmocka_unit_test(test_minimal_is_the_documented_file),
        cmocka_unit_test(test_minimal_reads_back),
        cmocka_unit_test(test_all_types_read_back),
        cmocka_unit_test(test_version_1),
        cmocka_unit_test(test_parameter_room),
        cmocka_unit_test(test_equal_pages_are_stored_once),
        cmocka_unit_test(test_different_pages_stay_apart),
        cmocka_unit_test(test_writer_says_what_does_not_fit),
        cmocka_unit_test(test_writer_refuses_what_is_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
