/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that someone has damaged: every truncation, every flipped byte, every field at its
 * extremes, with and without a checksum made right again. The fuzzer's oracle judges each; buffers
 * are exactly as large as the file, so that the address sanitizer sees every byte too far.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "examples.h"
#include "igvm/writer.h"
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

static uint8_t room[EXAMPLE_ROOM];

static uint8_t *exact_copy(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return copy;
}

static void store_total(uint8_t *bytes, uint32_t size)
{
    memcpy(bytes + offsetof(struct igvm_fixed, total_file_size), &size, sizeof(size));
}

static void test_examples_are_good(void **state)
{
    (void)state;
    assert_true(oracle_check(room, example_full(room, &(struct full_options){0})));
    assert_true(
        oracle_check(room, example_full(room, &(struct full_options){.late_inserts = true})));
    assert_true(oracle_check(room, example_minimal(room)));
    assert_true(oracle_check(room, example_pages(room)));
    assert_true(oracle_check(room, example_all_types(room)));
}

static void test_truncated_anywhere(void **state)
{
    size_t size = example_minimal(room);

    (void)state;
    for (size_t length = 0; length < size; length++) {
        uint8_t *bytes = exact_copy(room, length);

        assert_false(oracle_check(bytes, length));
        if (length >= sizeof(struct igvm_fixed)) {
            store_total(bytes, (uint32_t)length);
            oracle_reseal(bytes, length);
            assert_false(oracle_check(bytes, length));
        }
        free(bytes);
    }
}

static void test_longer_than_it_says(void **state)
{
    size_t size = example_minimal(room);
    uint8_t *bytes = exact_copy(room, size + 1);

    (void)state;
    assert_false(oracle_check(bytes, size + 1));
    store_total(bytes, (uint32_t)size + 1);
    oracle_reseal(bytes, size + 1);
    assert_true(oracle_check(bytes, size + 1));
    free(bytes);
}

/* The checksum covers all headers: no flipped bit there may pass. Data may be anything, but for
 * the rest of a native context's page. */
static void test_every_byte_flipped(void **state)
{
    size_t size = example_minimal(room);
    uint8_t *bytes = exact_copy(room, size);
    const size_t headers_end = 0x1A8;
    const size_t context_end = headers_end + IGVM_PAGE_SIZE;

    (void)state;
    for (size_t at = 0; at < size; at++) {
        bool in_context_rest = at >= headers_end + 232 && at < context_end;

        bytes[at] ^= 0xFF;
        assert_int_equal(oracle_check(bytes, size), at >= headers_end && !in_context_rest);
        bytes[at] ^= 0xFF;
    }
    for (size_t bit = 0; bit < 8 * headers_end; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(oracle_check(bytes, size));
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(bytes);
}

static void flip_sealed_bits(size_t size, size_t headers_end)
{
    uint8_t *bytes = exact_copy(room, size);

    for (size_t bit = 0; bit < 8 * headers_end; bit++) {
        memcpy(bytes, room, size);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        oracle_reseal(bytes, size);
        (void)oracle_check(bytes, size);
    }
    free(bytes);
}

static void test_every_header_bit_flipped_and_sealed(void **state)
{
    (void)state;
    flip_sealed_bits(example_minimal(room), 0x1A8);
    flip_sealed_bits(example_full(room, &(struct full_options){.late_inserts = true}), 0x230);
}

static void set_extremes(size_t size, size_t headers_end, size_t width)
{
    static const uint64_t values[] = {
        0,
        1,
        0xFFF,
        0x1000,
        0x7FFFFFFF,
        0x80000000,
        0xFFFFF000,
        0xFFFFFFFF,
        UINT64_MAX,
        INT64_MAX,
        (uint64_t)INT64_MAX + 1,
        UINT64_MAX - 0xFFF,
    };
    uint8_t *bytes = exact_copy(room, size);

    for (size_t at = 0; at + width <= headers_end; at += 4) {
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            memcpy(bytes, room, size);
            memcpy(bytes + at, &values[i], width);
            oracle_reseal(bytes, size);
            (void)oracle_check(bytes, size);
        }
    }
    free(bytes);
}

static void test_every_field_at_its_extremes(void **state)
{
    size_t size = example_minimal(room);

    (void)state;
    set_extremes(size, 0x1A8, 4);
    set_extremes(size, 0x1A8, 8);
    size = example_all_types(room);
    set_extremes(size, 0x400, 4);
}

/* One damaged field, and what must be said about it. */
struct damage {
    uint32_t type;
    unsigned which;
    uint32_t field;
    uint8_t width;
    uint64_t value;
    enum igvm_code code;
    /* The field that the error names. */
    uint32_t named;
};

static struct igvm_header find_header(size_t size, const struct damage *damage)
{
    struct igvm_file file;
    struct igvm_header header;
    unsigned left = damage->which;

    assert_true(igvm_open(&file, room, size, NULL));
    igvm_rewind(&file, &header);
    do {
        assert_true(igvm_next(&file, &header));
    } while (header.type != damage->type || left-- != 0);
    return header;
}

static void check_damage(size_t size, const struct damage *damage)
{
    uint32_t body = find_header(size, damage).offset + 8;
    uint8_t *bytes = exact_copy(room, size);
    struct igvm_error error;
    struct igvm_file file;
    bool opened;

    memcpy(bytes + body + damage->field, &damage->value, damage->width);
    oracle_reseal(bytes, size);
    opened = igvm_open(&file, bytes, size, &error);
    free(bytes);
    if (opened || error.code != damage->code || error.offset != body + damage->named) {
        fail_msg("type 0x%x, field %u: code %d at 0x%x: %s", damage->type, damage->field,
                 (int)error.code, error.offset, error.rule);
    }
}

static const struct damage damages[] = {
    {0x001, 0, 0, 4, 3, IGVM_BAD_MASK, 0},
    {0x001, 0, 0, 4, 0, IGVM_BAD_MASK, 0},
    {0x001, 1, 0, 4, 1, IGVM_BAD_MASK, 0},
    {0x001, 0, 5, 1, 7, IGVM_BAD_PLATFORM, 5},
    {0x001, 1, 5, 1, IGVM_SEV_SNP, IGVM_BAD_PLATFORM, 5},
    {0x001, 0, 6, 2, 2, IGVM_BAD_PLATFORM, 6},
    {0x001, 0, 4, 1, 1, IGVM_BAD_PLATFORM, 4},
    {0x001, 1, 4, 1, 2, IGVM_BAD_PLATFORM, 4},
    {0x001, 1, 8, 8, 1, IGVM_BAD_PLATFORM, 8},
    {0x101, 0, 12, 4, 1, IGVM_BAD_FIELD, 12},
    {0x102, 0, 16, 8, 1, IGVM_BAD_ADDRESS, 16},
    {0x103, 0, 7, 1, 1, IGVM_BAD_FIELD, 7},
    {0x103, 0, 24, 8, 0x3000, IGVM_BAD_ADDRESS, 24},
    {0x104, 0, 0, 4, 3, IGVM_BAD_MASK, 0},
    {0x104, 0, 4, 4, 0, IGVM_BAD_DATA, 4},
    {0x104, 0, 8, 4, 0, IGVM_BAD_DATA, 4},
    {0x104, 0, 12, 4, 1, IGVM_BAD_FIELD, 12},
    {0x106, 0, 0, 4, 0, IGVM_BAD_MASK, 0},
    {0x106, 0, 4, 4, 1, IGVM_BAD_FIELD, 4},
    {0x106, 0, 16, 8, 1, IGVM_BAD_FIELD, 8},
    {0x106, 0, 24, 1, 3, IGVM_BAD_FIELD, 24},
    {0x301, 0, 0, 8, 0x1001, IGVM_BAD_ADDRESS, 0},
    {0x301, 0, 0, 8, UINT64_C(1) << 40, IGVM_BAD_DATA, 12},
    {0x307, 0, 0, 4, 8, IGVM_BAD_AREA, 0},
    {0x303, 0, 0, 8, 0x10001, IGVM_BAD_ADDRESS, 0},
    {0x303, 0, 0, 8, UINT64_MAX - 0xFFF, IGVM_BAD_ADDRESS, 0},
    {0x303, 0, 12, 4, 9, IGVM_BAD_AREA, 12},
    {0x302, 0, 0, 8, 1, IGVM_BAD_ADDRESS, 0},
    {0x302, 0, 12, 4, 8, IGVM_BAD_DATA, 12},
    {0x302, 0, 12, 4, 0xFFFFFFFF, IGVM_BAD_DATA, 12},
    {0x302, 0, 16, 4, 8, IGVM_BAD_FIELD, 16},
    {0x302, 0, 20, 2, 4, IGVM_BAD_FIELD, 20},
    {0x302, 0, 22, 2, 1, IGVM_BAD_FIELD, 22},
    {0x304, 0, 8, 4, 3, IGVM_BAD_MASK, 8},
    {0x304, 0, 8, 4, 0, IGVM_BAD_MASK, 8},
    {0x304, 0, 8, 4, 4, IGVM_BAD_MASK, 8},
    {0x304, 0, 12, 4, 0, IGVM_BAD_DATA, 12},
    {0x304, 0, 18, 2, 1, IGVM_BAD_FIELD, 18},
    {0x304, 2, 0, 8, 0x800, IGVM_BAD_ADDRESS, 0},
    {0x305, 0, 0, 8, 0x800, IGVM_BAD_ADDRESS, 0},
    {0x305, 0, 16, 4, 2, IGVM_BAD_FIELD, 16},
    {0x30B, 0, 5, 1, 1, IGVM_BAD_FIELD, 5},
    {0x30B, 0, 4, 1, 2, IGVM_BAD_FIELD, 4},
    {0x30D, 0, 0, 8, 0x800, IGVM_BAD_ADDRESS, 0},
};

static void test_every_rule_has_its_words(void **state)
{
    size_t size = example_all_types(room);

    (void)state;
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        check_damage(size, &damages[i]);
    }
}

/* Rules about the list itself: patches of a prefix, with the offset that must be named. */
static const struct {
    uint32_t at;
    uint32_t value;
    enum igvm_code code;
    uint32_t offset;
} patches[] = {
    {0x00, 0x4D564748, IGVM_BAD_FIXED_HEADER, 0x00},
    {0x04, 3, IGVM_BAD_FIXED_HEADER, 0x04},
    {0x04, 0, IGVM_BAD_FIXED_HEADER, 0x04},
    {0x08, 0x18, IGVM_BAD_FIXED_HEADER, 0x08},
    {0x08, 0x21, IGVM_BAD_FIXED_HEADER, 0x08},
    {0x0C, 0x20C, IGVM_BAD_FIXED_HEADER, 0x0C},
    {0x0C, FULL_SIZE - 0x20, IGVM_BAD_FIXED_HEADER, 0x0C},
    {0x10, FULL_SIZE + 1, IGVM_BAD_FIXED_HEADER, 0x10},
    {0x18, 2, IGVM_BAD_FIXED_HEADER, 0x18},
    {0x1C, 0x2000, IGVM_BAD_FIXED_HEADER, 0x1C},
    {0x130, 0x306, IGVM_BAD_HEADER, 0x130},
    {0x130, 0x80000302, IGVM_BAD_HEADER, 0x130},
    {0x134, 20, IGVM_BAD_HEADER, 0x134},
    {0x1F4, 24, IGVM_BAD_HEADER, 0x1F4},
    {0x118, 0x101, IGVM_BAD_ORDER, 0x118},
    {0x0D8, 2, IGVM_BAD_AREA, 0x0D8},
    {0x0C8, 0, IGVM_BAD_AREA, 0x0C8},
    {0x12C, 0, IGVM_BAD_AREA, 0x12C},
};

static void test_the_list_has_rules_too(void **state)
{
    size_t size = example_full(room, &(struct full_options){0});

    (void)state;
    for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
        uint8_t *bytes = exact_copy(room, size);
        struct igvm_file file;
        struct igvm_error error;

        memcpy(bytes + patches[i].at, &patches[i].value, sizeof(uint32_t));
        oracle_reseal(bytes, size);
        if (igvm_open(&file, bytes, size, &error) || error.code != patches[i].code ||
            error.offset != patches[i].offset) {
            fail_msg("row %zu: code %d at 0x%x: %s", i, (int)error.code, error.offset, error.rule);
        }
        free(bytes);
    }
}

static void test_checksum_and_platform_are_needed(void **state)
{
    struct igvm_file file;
    struct igvm_error error;
    struct igvm_fixed fixed;
    size_t size = example_minimal(room);

    (void)state;
    room[0x14] ^= 1;
    assert_false(igvm_open(&file, room, size, &error));
    assert_int_equal(error.code, IGVM_BAD_CHECKSUM);
    assert_int_equal(error.offset, 0x14);
    memcpy(&fixed, room, sizeof(fixed));
    fixed.variable_header_size = 0;
    memcpy(room, &fixed, sizeof(fixed));
    oracle_reseal(room, size);
    assert_false(igvm_open(&file, room, size, &error));
    assert_int_equal(error.code, IGVM_BAD_PLATFORM);
}

static void test_a_native_context_ends_in_zeros(void **state)
{
    struct igvm_file file;
    struct igvm_error error;
    size_t size = example_minimal(room);

    (void)state;
    room[0x1A8 + 4095] = 1;
    assert_false(igvm_open(&file, room, size, &error));
    assert_int_equal(error.code, IGVM_BAD_DATA);
    assert_int_equal(error.offset, 0x1A8 + 232);
}

/* A VSM context says itself how long it is; 32 bytes a register, counted in 32 bits. */
static void test_a_vsm_context_ends_in_the_file(void **state)
{
    static const uint32_t counts[] = {0x08000000, 0x07FFFFFF, 0xFFFFFFFF, 0x80000000, 0x10};
    struct damage context = {.type = IGVM_VP_CONTEXT};
    size_t size = example_all_types(room);
    uint32_t file_offset = find_header(size, &context).body.context->file_offset;

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        uint8_t *bytes = exact_copy(room, size);

        memcpy(bytes + file_offset, &counts[i], sizeof(counts[i]));
        assert_int_equal(oracle_check(bytes, size), counts[i] == 0x10);
        free(bytes);
    }
}

static bool open_with_areas(uint32_t count, uint64_t size)
{
    static uint8_t headers[16 << 10];
    static uint8_t data[IGVM_PAGE_SIZE];
    struct igvm_writer writer;

    igvm_writer_start(&writer, &(struct igvm_writer_memory){headers, sizeof(headers), data,
                                                            sizeof(data), NULL, 0});
    igvm_add(&writer, IGVM_SUPPORTED_PLATFORM,
             &(struct igvm_platform){.mask = 1, .platform_version = 1});
    for (uint32_t index = 0; index < count; index++) {
        igvm_add(&writer, IGVM_PARAMETER_AREA, &(struct igvm_parameter_area){size, index, 0});
    }
    igvm_add_data(&writer, IGVM_PAGE_DATA, &(struct igvm_page_data){.mask = 1},
                  (struct igvm_blob){"x", 1});
    assert_true(igvm_finish(&writer, room, sizeof(room), NULL));
    return oracle_check(room, igvm_writer_size(&writer));
}

static void test_areas_are_bounded(void **state)
{
    (void)state;
    assert_true(open_with_areas(IGVM_AREAS_MAX, IGVM_PAGE_SIZE));
    assert_false(open_with_areas(IGVM_AREAS_MAX + 1, IGVM_PAGE_SIZE));
    assert_true(open_with_areas(2, IGVM_AREA_BYTES_MAX / 2));
    assert_false(open_with_areas(3, IGVM_AREA_BYTES_MAX / 2));
    assert_false(open_with_areas(1, UINT64_MAX - (IGVM_PAGE_SIZE - 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_are_good),
        cmocka_unit_test(test_truncated_anywhere),
        cmocka_unit_test(test_longer_than_it_says),
        cmocka_unit_test(test_every_byte_flipped),
        cmocka_unit_test(test_every_header_bit_flipped_and_sealed),
        cmocka_unit_test(test_every_field_at_its_extremes),
        cmocka_unit_test(test_every_rule_has_its_words),
        cmocka_unit_test(test_the_list_has_rules_too),
        cmocka_unit_test(test_checksum_and_platform_are_needed),
        cmocka_unit_test(test_a_native_context_ends_in_zeros),
        cmocka_unit_test(test_a_vsm_context_ends_in_the_file),
        cmocka_unit_test(test_areas_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
