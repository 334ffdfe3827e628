/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What IGVM parameters are filled with: the memory map as QEMU would give it, a MADT whose checksum
 * holds, a device tree that libfdt reads; and each writer's behaviour at every buffer size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libfdt.h>

#include "host/params.h"

static const struct memory_range map[] = {
    {0, 0x9FC00, 1},        {0x9FC00, 0x400, 2},   {0x100000, 0x7F00000, 1},
    {0x8000000, 0x1000, 4}, {0x8001800, 0x200, 1}, {0x100000000, 0x40000000, 1},
};

struct entry {
    uint64_t first, count;
    uint16_t type, flags;
    uint32_t reserved;
};

static void test_memory_map(void **state)
{
    static const struct entry wanted[] = {
        {0, 0x9F, 0, 0, 0},   {0x9F, 1, 1, 0, 0},           {0x100, 0x7F00, 0, 0, 0},
        {0x8000, 1, 2, 0, 0}, {0x100000, 0x40000, 0, 0, 0}, {0, 0, 0, 0, 0},
    };
    uint8_t page[4096];
    (void)state;
    memset(page, 0xFF, sizeof page);
    assert_int_equal(params_memory_map(page, sizeof page, map, 6), 5 * 24);
    assert_memory_equal(page, wanted, sizeof wanted);
    assert_int_equal(page[sizeof wanted], 0xFF);
}

static void test_memory_map_sizes(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 6 * 24; size++) {
        uint8_t *bytes = malloc(size + 1);
        size_t used = params_memory_map(bytes, size, map, 6);
        assert_int_equal(used, size < 5 * 24 ? 0 : 5 * 24);
        free(bytes);
    }
}

static void test_madt(void **state)
{
    uint8_t page[4096];
    uint8_t sum = 0;
    (void)state;
    size_t size = params_madt(page, sizeof page, 8);
    assert_int_equal(size, 44 + 8 * 8 + 12 + 6);
    assert_memory_equal(page, "APIC", 4);
    assert_int_equal(page[4] | page[5] << 8, size);
    for (size_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + page[i]);
    }
    assert_int_equal(sum, 0);
    assert_int_equal(page[44 + 8 * 7 + 3], 7); /* the last APIC ID */
    for (size_t room = 0; room < size; room++) {
        uint8_t *bytes = malloc(room + 1);
        assert_int_equal(params_madt(bytes, room, 8), 0);
        free(bytes);
    }
}

static void test_device_tree(void **state)
{
    uint8_t page[4096];
    const struct params_windows windows = {0xFEF00000, 0x1000, 2};
    int length = 0;
    (void)state;
    size_t size = params_device_tree(page, sizeof page, 3, &windows);
    assert_true(size > 0);
    assert_int_equal(fdt_check_full(page, size), 0);
    assert_string_equal(fdt_getprop(page, 0, "compatible", &length), "coconut,svsm");
    int node = fdt_path_offset(page, "/virtio_mmio@fef01000");
    assert_true(node > 0);
    assert_int_equal(fdt_node_check_compatible(page, node, "virtio,mmio"), 0);
    const fdt64_t *reg = fdt_getprop(page, node, "reg", &length);
    assert_int_equal(length, 16);
    assert_int_equal(fdt64_to_cpu(reg[0]), 0xFEF01000);
    assert_int_equal(fdt64_to_cpu(reg[1]), 0x200);
    assert_true(fdt_path_offset(page, "/cpus/cpu@2") > 0);
    assert_true(fdt_path_offset(page, "/cpus/cpu@3") < 0);
    for (size_t room = 0; room < size; room++) {
        uint8_t *bytes = malloc(room + 1);
        assert_int_equal(params_device_tree(bytes, room, 3, &windows), 0);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_map),
        cmocka_unit_test(test_memory_map_sizes),
        cmocka_unit_test(test_madt),
        cmocka_unit_test(test_device_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
