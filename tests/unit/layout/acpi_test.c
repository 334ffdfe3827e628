/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI tables of a laid-out guest: walked from the RSDP as an operating system walks them.
 */
#include "acpi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GPA 0x84000u

static uint8_t tables[16384];

static uint64_t get(size_t offset, size_t width)
{
    uint64_t value = 0;
    while (width-- > 0)
        value = value << 8 | tables[offset + width];
    return value;
}

static unsigned sum(size_t offset, size_t count)
{
    unsigned total = 0;
    while (count-- > 0)
        total += tables[offset + count];
    return total & 0xff;
}

static size_t build(uint32_t cpus, uint32_t slots)
{
    const struct acpi_machine machine = {cpus, slots, 0xfeb00000, 16};
    memset(tables, 0xee, sizeof tables);
    return acpi_tables(&machine, GPA, tables, sizeof tables);
}

static size_t table_at(uint64_t gpa, const char *signature)
{
    size_t offset = (size_t)(gpa - GPA);
    assert_memory_equal(tables + offset, signature, 4);
    assert_int_equal(sum(offset, get(offset + 4, 4)), 0);
    return offset;
}

static void test_walk(void **state)
{
    (void)state;
    size_t used = build(4, 8);
    assert_true(used > 0);
    assert_memory_equal(tables, "RSD PTR ", 8);
    assert_int_equal(sum(0, 20), 0);
    assert_int_equal(sum(0, 36), 0);
    size_t xsdt = table_at(get(24, 8), "XSDT");
    assert_int_equal(get(xsdt + 4, 4), 36 + 2 * 8);
    size_t fadt = table_at(get(xsdt + 36, 8), "FACP");
    assert_int_equal(get(fadt + 4, 4), 276);
    assert_int_equal(get(fadt + 112, 4) >> 20 & 1, 1);
    table_at(get(fadt + 140, 8), "DSDT");
    assert_int_equal(get(fadt + 248, 8), ACPI_SLEEP_CONTROL_PORT);
    table_at(get(xsdt + 44, 8), "APIC");
    assert_int_equal(tables[used], 0xee);
}

static void test_madt_names_each_cpu(void **state)
{
    (void)state;
    for (uint32_t cpus = 1; cpus <= ACPI_CPUS_MAX; cpus += 127) {
        assert_true(build(cpus, 0) > 0);
        size_t xsdt = (size_t)(get(24, 8) - GPA);
        size_t madt = table_at(get(xsdt + 44, 8), "APIC");
        assert_int_equal(get(madt + 4, 4), 36 + 8 + 8 * cpus + 12);
        for (uint32_t id = 0; id < cpus; id++)
            assert_int_equal(tables[madt + 44 + 8 * id + 3], id);
    }
}

static void test_dsdt_has_every_device(void **state)
{
    (void)state;
    size_t used = build(1, ACPI_VIRTIO_MAX);
    assert_true(used > 0);
    unsigned windows = 0;
    for (size_t i = 0; i + 8 < used; i++)
        windows += memcmp(tables + i, "LNRO0005", 8) == 0;
    assert_int_equal(windows, ACPI_VIRTIO_MAX);
}

static void test_bounds(void **state)
{
    (void)state;
    assert_int_equal(build(0, 1), 0);
    assert_int_equal(build(ACPI_CPUS_MAX + 1, 1), 0);
    assert_int_equal(build(1, ACPI_VIRTIO_MAX + 1), 0);
    const struct acpi_machine machine = {4, 8, 0xfeb00000, 16};
    assert_int_equal(acpi_tables(&machine, GPA + 8, tables, sizeof tables), 0);
    size_t used = build(4, 8);
    for (size_t room = 0; room < used; room++) {
        uint8_t exact[8192]; /* ASan sees a byte too many on the stack */
        assert_int_equal(acpi_tables(&machine, GPA, exact + sizeof exact - room, room), 0);
    }
    uint8_t exact[8192];
    assert_int_equal(acpi_tables(&machine, GPA, exact + sizeof exact - used, used), used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_madt_names_each_cpu),
        cmocka_unit_test(test_dsdt_has_every_device),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
