/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IGVM loader over the fake hardware and a firmware that writes down what it is given: the
 * order of launch updates against the library's own account of QEMU's and Hyper-V's, what parameter
 * areas contain, and damaged files, which end in one line or load, and never do anything else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "host/devices/devices.h"
#include "host/launch.h"
#include "host/params.h"
#include "host/spare.h"
#include "igvm/launch.h"
#include "igvm/writer.h"
#include "psp/psp.h"

#define EVENTS_MAX 64u
#define FILE_MAX   (128u << 10)
#define BASE       0x200000ull
#define VMSA       0xFFFFFFFFF000ull
#define MASK       1u
#define DAMAGES    4000u
#define SPARES     64u

struct seen {
    enum psp_page_type type;
    uint64_t gpa;
};

static struct seen seen[EVENTS_MAX];
static unsigned seen_count;
static bool finished;
static uint8_t text[3][PAGE_SIZE];
static uint8_t file[FILE_MAX];
static size_t file_size;
static bool with_tree;

const char *psp_status_name(uint32_t status)
{
    return status == PSP_OK ? "success" : "refused";
}

uint32_t psp_launch_start(uint64_t policy)
{
    return policy == 0x30000 ? PSP_OK : PSP_POLICY_FAILURE;
}

uint32_t psp_launch_update(enum psp_page_type type, uint64_t spa, uint64_t gpa)
{
    if (seen_count < EVENTS_MAX) {
        seen[seen_count++] = (struct seen){type, gpa};
    }
    return hw_rmp_assign(spa, gpa, PAGE_SIZE) == HW_RMP_OK ? PSP_OK : PSP_INVALID_PAGE_STATE;
}

uint32_t psp_launch_finish(const struct psp_launch_finish *finish)
{
    assert_non_null(finish);
    finished = true;
    return PSP_OK;
}

unsigned virtio_svsm_count(void)
{
    return 1;
}

static void add_page(struct igvm_writer *writer, uint64_t gpa, uint16_t type, uint32_t flags)
{
    const struct igvm_page_data page = {
        .gpa = gpa, .mask = MASK, .flags = flags, .data_type = type};
    size_t size = type == IGVM_DATA_NORMAL ? PAGE_SIZE : 0;
    igvm_add_data(writer, IGVM_PAGE_DATA, &page,
                  (struct igvm_blob){text[gpa / PAGE_SIZE % 3], size});
}

static void add_empty(struct igvm_writer *writer, uint64_t gpa)
{
    const struct igvm_page_data page = {.gpa = gpa, .mask = MASK};
    igvm_add(writer, IGVM_PAGE_DATA, &page);
}

static void add_area(struct igvm_writer *writer, uint32_t index, uint64_t size)
{
    const struct igvm_parameter_area area = {.size = size, .index = index};
    igvm_add(writer, IGVM_PARAMETER_AREA, &area);
}

static void add_usage(struct igvm_writer *writer, enum igvm_type type, uint32_t area,
                      uint32_t offset)
{
    const struct igvm_parameter usage = {.area = area, .offset = offset};
    igvm_add(writer, type, &usage);
}

static void add_insert(struct igvm_writer *writer, uint64_t gpa, uint32_t area)
{
    const struct igvm_parameter_insert insert = {.gpa = gpa, .mask = MASK, .area = area};
    igvm_add(writer, IGVM_PARAMETER_INSERT, &insert);
}

static void add_directives(struct igvm_writer *writer)
{
    const struct igvm_required_memory memory = {.gpa = BASE, .mask = MASK, .size = 0x200000};
    const struct igvm_vp_context context = {.gpa = VMSA, .mask = MASK};
    igvm_add(writer, IGVM_REQUIRED_MEMORY, &memory);
    add_area(writer, 0, PAGE_SIZE);
    add_area(writer, 1, 2 * PAGE_SIZE);
    add_area(writer, 2, PAGE_SIZE);
    add_area(writer, 3, PAGE_SIZE);
    add_usage(writer, IGVM_VP_COUNT, 0, 0);
    add_usage(writer, IGVM_ENVIRONMENT_INFO, 0, 4);
    add_usage(writer, IGVM_MEMORY_MAP, 1, 0);
    add_usage(writer, IGVM_MADT, 2, 0);
    if (with_tree) {
        add_usage(writer, IGVM_DEVICE_TREE, 3, 0);
    }
    add_page(writer, BASE, IGVM_DATA_NORMAL, 0);
    add_page(writer, BASE + 0x1000, IGVM_DATA_NORMAL, 0);
    add_insert(writer, BASE + 0x10000, 0); /* before the run that it follows */
    add_page(writer, BASE + 0x2000, IGVM_DATA_NORMAL, 0);
    add_empty(writer, BASE + 0x3000); /* no data: another run */
    add_page(writer, BASE + 0x4000, IGVM_DATA_NORMAL, IGVM_PAGE_UNMEASURED);
    add_page(writer, BASE + 0x6000, IGVM_DATA_CPUID, 0);
    add_page(writer, BASE + 0x20000, IGVM_DATA_NORMAL, 0);
    add_page(writer, BASE + 0x22000, IGVM_DATA_NORMAL, 0); /* not adjacent: the one before goes */
    add_insert(writer, BASE + 0x11000, 1);
    add_page(writer, BASE + 0x7000, IGVM_DATA_SECRETS, 0);
    add_page(writer, 0xFFFFF000, IGVM_DATA_NORMAL, 0); /* no RAM there */
    igvm_add_data(writer, IGVM_VP_CONTEXT, &context, (struct igvm_blob){text[1], PAGE_SIZE});
    add_insert(writer, BASE + 0x14000, 2);
    add_insert(writer, BASE + 0x15000, 3);
    add_page(writer, BASE + 0x8000, IGVM_DATA_NORMAL, 0);
}

static void make_file(void)
{
    static uint8_t headers[16384], data[65536];
    const struct igvm_writer_memory memory = {headers, sizeof headers, data, sizeof data, NULL, 0};
    const struct igvm_platform platform = {
        .mask = MASK, .platform_type = IGVM_SEV_SNP, .platform_version = 1};
    const struct igvm_policy policy = {.policy = 0x30000, .mask = MASK};
    struct igvm_writer writer;
    struct igvm_error error;
    for (unsigned i = 0; i < 3; i++) {
        memset(text[i], (int)i + 1, PAGE_SIZE);
    }
    igvm_writer_start(&writer, &memory);
    igvm_add(&writer, IGVM_SUPPORTED_PLATFORM, &platform);
    igvm_add(&writer, IGVM_GUEST_POLICY, &policy);
    add_directives(&writer);
    file_size = igvm_writer_size(&writer);
    assert_true(file_size <= sizeof file);
    assert_true(igvm_finish(&writer, file, file_size, &error));
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    spare_init(SPARES);
    with_tree = true;
    make_file();
    seen_count = 0;
    finished = false;
    return 0;
}

struct load {
    const uint8_t *bytes;
    size_t size;
    const char *profile;
    struct launched launched;
};

static void load(void *argument)
{
    struct load *what = argument;
    launch_file(what->bytes, what->size, launch_profile_find(what->profile), &what->launched);
}

static void check_order(const char *profile, const struct igvm_launch *launch)
{
    static struct igvm_events events;
    struct load what = {file, file_size, profile, {.vmsa = {0}}};
    struct igvm_file opened;
    struct igvm_event event;
    unsigned i = 0;
    assert_false(fake_stops(load, &what));
    assert_true(finished);
    assert_true(igvm_open(&opened, file, file_size, NULL));
    igvm_events_start(&events, &opened, launch);
    for (; igvm_events_next(&events, &event); i++) {
        assert_true(i < seen_count);
        assert_int_equal(seen[i].type, event.type);
        assert_int_equal(seen[i].gpa, event.gpa);
    }
    assert_int_equal(i, seen_count);
    assert_true(what.launched.vmsa[0] != 0 && what.launched.vmsa[1] == 0);
}

static void test_order_qemu(void **state)
{
    (void)state;
    check_order("qemu", &(struct igvm_launch){.mask = MASK, .order = IGVM_ORDER_QEMU});
}

static void test_order_file(void **state)
{
    (void)state;
    check_order("hyperv", &(struct igvm_launch){.mask = MASK, .order = IGVM_ORDER_FILE});
}

static void test_order_native_zero(void **state)
{
    (void)state;
    with_tree = false; /* this host does not know it */
    make_file();
    check_order("vanadium",
                &(struct igvm_launch){.mask = MASK, .order = IGVM_ORDER_QEMU, .native_zero = true});
}

static uint32_t word(uint64_t gpa)
{
    uint32_t value;
    memcpy(&value, fake_ram(gpa), sizeof value);
    return value;
}

static void test_contents(void **state)
{
    struct load what = {file, file_size, "qemu", {.vmsa = {0}}};
    const struct igvm_memory_entry *map = physical(BASE + 0x11000);
    (void)state;
    assert_false(fake_stops(load, &what));
    assert_int_equal(word(BASE + 0x10000), 4); /* vCPUs */
    assert_int_equal(word(BASE + 0x10004), 1); /* memory starts shared */
    assert_int_equal(map[0].first_page, 0);
    assert_int_equal(map[0].page_count, 0xA0);
    assert_int_equal(map[2].first_page, 0xC0);
    assert_int_equal(map[2].page_count, FAKE_PAGES - SPARES - 0xC0);
    assert_memory_equal(fake_ram(BASE + 0x14000), "APIC", 4);
    assert_int_equal(word(BASE + 0x15000), 0xEDFE0DD0);
    assert_memory_equal(fake_ram(BASE), text[BASE / PAGE_SIZE % 3], PAGE_SIZE);
    assert_int_equal(word(BASE + 0x6000), 36); /* entries of the CPUID page */
    assert_memory_equal(physical(what.launched.vmsa[0]), text[1], PAGE_SIZE);
    assert_true(fake.page[(BASE + 0x1FF000) / PAGE_SIZE].assigned); /* required memory */
    assert_false(fake.page[(BASE + 0x200000) / PAGE_SIZE].assigned);
}

static void test_profile(void **state)
{
    struct load what = {file, file_size, "qemu-mainline", {.vmsa = {0}}};
    (void)state;
    assert_true(fake_stops(load, &what)); /* mainline knows no device tree */
    assert_int_equal(fake.status, MACHINE_MISUSE);
    assert_null(launch_profile_find("xen"));
}

static void test_cut_short(void **state)
{
    (void)state;
    for (size_t size = 0; size < file_size; size += size < 1024 ? 1 : 997) {
        uint8_t *copy = malloc(size + 1);
        memcpy(copy, file, size);
        struct load what = {copy, size, "qemu", {.vmsa = {0}}};
        assert_true(fake_stops(load, &what));
        assert_int_equal(fake.status, MACHINE_MISUSE);
        assert_non_null(strstr(fake.text, "IGVM file"));
        free(copy);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* A few bytes of the headers changed and the checksum made right again. */
static void damage(uint8_t *copy, uint32_t *random)
{
    struct igvm_fixed fixed;
    memcpy(&fixed, copy, sizeof fixed);
    for (uint32_t i = next_random(random) % 3 + 1; i > 0; i--) {
        uint32_t place = next_random(random) % fixed.variable_header_size;
        copy[fixed.variable_header_offset + place] = (uint8_t)next_random(random);
    }
    fixed.checksum = igvm_checksum(copy, &fixed);
    memcpy(copy, &fixed, sizeof fixed);
}

static void test_damaged(void **state)
{
    uint32_t random = 1;
    unsigned loaded = 0;
    (void)state;
    for (unsigned i = 0; i < DAMAGES; i++) {
        fake_reset();
        spare_init(SPARES);
        uint8_t *copy = malloc(file_size);
        memcpy(copy, file, file_size);
        damage(copy, &random);
        struct load what = {copy, file_size, "qemu", {.vmsa = {0}}};
        finished = false;
        if (fake_stops(load, &what)) {
            assert_int_equal(fake.status, MACHINE_MISUSE);
            assert_null(strchr(fake.text, '\n'));
        } else {
            assert_true(finished && what.launched.vmsa[0] != 0);
            loaded++;
        }
        free(copy);
    }
    assert_true(loaded > 0 && loaded < DAMAGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_order_qemu, setup),
        cmocka_unit_test_setup(test_order_file, setup),
        cmocka_unit_test_setup(test_order_native_zero, setup),
        cmocka_unit_test_setup(test_contents, setup),
        cmocka_unit_test_setup(test_profile, setup),
        cmocka_unit_test_setup(test_cut_short, setup),
        cmocka_unit_test_setup(test_damaged, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
