/* SPDX-License-Identifier: BSD-2-Clause */
/* The table from the host's memory map: sizes by arithmetic, holes, and maps that can not be. */
#include "world.h"

#include <string.h>

#include "memory.h"

static int tidy(void **state)
{
    (void)state;
    world_end();
    return 0;
}

/* 64 MiB of region whatever the size: the table takes an eighth of a thousandth of the memory. */
static void sizes(void **state)
{
    static const uint64_t of[] = {512 * MIB, 4 * GIB, 64 * GIB};

    (void)state;
    for (unsigned i = 0; i < sizeof(of) / sizeof(*of); i++) {
        struct boot_range rest;

        world_prepare(of[i], 64 * MIB);
        pagestate_start(&world.block);
        assert_int_equal(pagestate_pages(), of[i] / PAGE_SIZE);
        assert_int_equal(world_state(0), STATE_INVALID);
        assert_int_equal(world_state(WORLD_REGION - PAGE_SIZE), STATE_INVALID);
        assert_int_equal(world_state(WORLD_REGION), STATE_SVSM);
        assert_int_equal(world_state(WORLD_REGION + 64 * MIB - PAGE_SIZE), STATE_SVSM);
        assert_int_equal(world_state(WORLD_REGION + 64 * MIB), STATE_INVALID);
        assert_int_equal(world_state(of[i] - PAGE_SIZE), STATE_INVALID);
        assert_int_equal(world_state(of[i]), STATE_HOLE);
        assert_int_equal(world_state(~UINT64_C(0)), STATE_HOLE);
        memory_close(&rest);
        /* Half a byte a page, four bytes a range, a byte a page for the model; no more. */
        assert_true(WORLD_REGION + 64 * MIB - rest.size <= rest.pa);
        assert_true(rest.pa - WORLD_REGION <=
                    of[i] / PAGE_SIZE * 3 / 2 + of[i] / RANGE_SIZE * 4 + 4 * PAGE_SIZE);
    }
}

static void holes(void **state)
{
    /* The ISA hole, ROMs as memory, the hole below 4 GiB; a bit of both is a hole. */
    static const struct boot_map_entry map[] = {
        {.first_page = 0, .page_count = 0xa0},
        {.first_page = 0xa0, .page_count = 0x20, .type = 1},
        {.first_page = 0xc0, .page_count = 0x80000 - 0xc0},
        {.first_page = 0x100000, .page_count = 0x80000 - 1},
        {.first_page = 0x1000, .page_count = 1, .type = 5},
    };

    (void)state;
    world_prepare(6 * GIB, 64 * MIB);
    world.block.guest.memory_end = 16 * MIB;
    world_map(map, 5);
    pagestate_start(&world.block);
    assert_int_equal(world_state(0x9f000), STATE_INVALID);
    assert_int_equal(world_state(0xa0000), STATE_HOLE);
    assert_int_equal(world_state(0xbf000), STATE_HOLE);
    assert_int_equal(world_state(0xc0000), STATE_INVALID);
    assert_int_equal(world_state(0xfff000), STATE_INVALID);
    assert_int_equal(world_state(0x1000000), STATE_HOLE);
    assert_int_equal(world_state(2 * GIB - PAGE_SIZE), STATE_INVALID);
    assert_int_equal(world_state(2 * GIB), STATE_HOLE);
    assert_int_equal(world_state(4 * GIB - PAGE_SIZE), STATE_HOLE);
    assert_int_equal(world_state(4 * GIB), STATE_INVALID);
    /* The last page but one is the last; the table's own end is a whole range. */
    assert_int_equal(world_state(6 * GIB - 2 * PAGE_SIZE), STATE_INVALID);
    assert_int_equal(world_state(6 * GIB - PAGE_SIZE), STATE_HOLE);
    assert_int_equal(pagestate_pages(), 6 * GIB / PAGE_SIZE);
}

static void loaded(void **state)
{
    (void)state;
    world_prepare(512 * MIB, 64 * MIB);
    world.block.guest.loaded[0] = (struct boot_range){0x10000, 2 * PAGE_SIZE};
    world.block.guest.loaded[1] = (struct boot_range){16 * MIB, 3 * MIB};
    world.block.guest.loaded_count = 2;
    pagestate_start(&world.block);
    assert_int_equal(world_state(0xf000), STATE_INVALID);
    assert_int_equal(world_state(0x10000), STATE_VALID);
    assert_int_equal(world_state(0x11000), STATE_VALID);
    assert_int_equal(world_state(0x12000), STATE_INVALID);
    assert_int_equal(world_state(19 * MIB - PAGE_SIZE), STATE_VALID);
    assert_int_equal(world_state(19 * MIB), STATE_INVALID);
}

/* More than the region has now: what the host may still add to it is no guest's either. */
static void region_may_grow(void **state)
{
    (void)state;
    world_prepare(512 * MIB, 8 * MIB);
    world.block.region_max = 32 * MIB;
    pagestate_start(&world.block);
    assert_int_equal(world_state(WORLD_REGION + 32 * MIB - PAGE_SIZE), STATE_SVSM);
    assert_int_equal(world_state(WORLD_REGION + 32 * MIB), STATE_INVALID);
}

static void no_guest(void **state)
{
    struct boot_range rest;

    (void)state;
    world_prepare(512 * MIB, 8 * MIB);
    world.block.guest.kind = BOOT_GUEST_NONE;
    pagestate_start(&world.block);
    memory_close(&rest);
    assert_int_equal(rest.pa, WORLD_REGION + PAGE_SIZE);
}

static void start_with(const struct boot_map_entry *map, unsigned count)
{
    world_prepare(512 * MIB, 8 * MIB);
    world_map(map, count);
    pagestate_start(&world.block);
}

static void maps_that_can_not_be(void **state)
{
    static const struct boot_map_entry beyond = {.first_page = UINT64_C(1) << 40, .page_count = 1};
    static const struct boot_map_entry wraps = {.first_page = 1, .page_count = ~UINT64_C(0)};
    static const struct boot_map_entry huge = {.page_count = UINT64_C(1) << 40};
    static const struct boot_map_entry less = {.page_count = 511 * MIB / PAGE_SIZE};
    static const struct boot_map_entry hole[] = {
        {.page_count = 512 * MIB / PAGE_SIZE},
        {.first_page = 300 * MIB / PAGE_SIZE, .page_count = 1, .type = 1},
    };

    (void)state;
    EXPECT_END(END_HOST, start_with(&beyond, 1));
    EXPECT_END(END_HOST, start_with(&wraps, 1));
    EXPECT_END(END_MEMORY, start_with(&huge, 1));
    EXPECT_END(END_MEMORY, start_with(&less, 1));
    EXPECT_END(END_MEMORY, start_with(hole, 2));
    EXPECT_END(END_MEMORY, start_with(hole, 0));
}

static void start_high(uint64_t high)
{
    world_prepare(6 * GIB, 64 * MIB);
    world.block.guest.memory_end = 2 * GIB;
    world.block.guest.memory_high = high;
    pagestate_start(&world.block);
}

/* The guest's second piece must be there, too. */
static void memory_above_4_gib(void **state)
{
    (void)state;
    start_high(2 * GIB);
    assert_int_equal(world_state(6 * GIB - PAGE_SIZE), STATE_INVALID);
    EXPECT_END(END_MEMORY, start_high(2 * GIB + PAGE_SIZE));
}

static void start_in(uint64_t region_size)
{
    world_prepare(64 * GIB, region_size);
    pagestate_start(&world.block);
}

/* What the kernel answers when the table of a host's 64 GiB does not fit: 8 MiB and the claims. */
static void region_too_small(void **state)
{
    (void)state;
    EXPECT_END(END_MEMORY, start_in(8 * MIB));
    assert_non_null(strstr(world.why, "page states of the host's memory"));
}

static void start_loaded(uint64_t pa, uint64_t size)
{
    world_prepare(512 * MIB, 8 * MIB);
    world.block.guest.loaded[0] = (struct boot_range){pa, size};
    world.block.guest.loaded_count = 1;
    pagestate_start(&world.block);
}

/* The image says one thing and the host's map another. */
static void loaded_where_nothing_is(void **state)
{
    (void)state;
    EXPECT_END(END_HOST, start_loaded(512 * MIB - PAGE_SIZE, 2 * PAGE_SIZE));
    EXPECT_END(END_HOST, start_loaded(WORLD_REGION, PAGE_SIZE));
    EXPECT_END(END_HOST, start_loaded(0x4000000000, PAGE_SIZE));
}

/* A map without an end fills its page and no more is read. */
static void full_map(void **state)
{
    static struct boot_map_entry map[BOOT_MAP_ENTRIES];

    (void)state;
    for (unsigned i = 0; i < BOOT_MAP_ENTRIES; i++)
        map[i] = (struct boot_map_entry){i * 1024, 1024, 0, 0, 0};
    world_prepare(512 * MIB, 8 * MIB);
    world_map(map, BOOT_MAP_ENTRIES);
    pagestate_start(&world.block);
    assert_int_equal(pagestate_pages(), BOOT_MAP_ENTRIES * 1024);
}

/* All of it valid, zeroed and the guest's; what was loaded keeps its bytes. */
static void give(void **state)
{
    (void)state;
    world_start(256 * MIB);
    memset(world_at(WORLD_CALLING), 0x77, PAGE_SIZE);
    world.block.guest.loaded_count = 0;
    guestmemory_give(0, pagestate_pages() * PAGE_SIZE);
    world_check();
    assert_int_equal(*(uint8_t *)world_at(WORLD_CALLING), 0x77);
    assert_int_equal(*(uint8_t *)world_at(0x1000), 0);
    assert_int_equal(world_state(256 * MIB - PAGE_SIZE), STATE_VALID);
    assert_int_equal(world_state(WORLD_REGION), STATE_SVSM);
    assert_int_equal(world_state(WORLD_CALLING), STATE_CALLING);
    /* By 2 MiB where nothing else is: two instructions for each of the 128 - 32 - 1 ranges. */
    assert_in_range(world.instructions, 95 * 2, 95 * 2 + RANGE_PAGES * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sizes, tidy),
        cmocka_unit_test_teardown(holes, tidy),
        cmocka_unit_test_teardown(loaded, tidy),
        cmocka_unit_test_teardown(region_may_grow, tidy),
        cmocka_unit_test_teardown(no_guest, tidy),
        cmocka_unit_test_teardown(maps_that_can_not_be, tidy),
        cmocka_unit_test_teardown(memory_above_4_gib, tidy),
        cmocka_unit_test_teardown(region_too_small, tidy),
        cmocka_unit_test_teardown(loaded_where_nothing_is, tidy),
        cmocka_unit_test_teardown(full_map, tidy),
        cmocka_unit_test_teardown(give, tidy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
