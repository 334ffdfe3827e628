/* SPDX-License-Identifier: BSD-2-Clause */
/* The core protocol's memory calls: every result code, and how far a list gets. */
#include "world.h"

#include <string.h>

#define MEMORY (256 * MIB)
#define CALLED (WORLD_CALLING + 8)
#define VALID  PVALIDATE_VALID
#define LARGE  PVALIDATE_2M
#define AS_IS  PVALIDATE_UNCHANGED

static int start(void **state)
{
    (void)state;
    world_start(MEMORY);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_check();
    world_end();
    return 0;
}

static void there_and_back(void **state)
{
    (void)state;
    assert_int_equal(world_one(0x5000 | VALID), SVSM_SUCCESS);
    assert_int_equal(world_state(0x5000), STATE_VALID);
    assert_int_equal(world_state(0x4000), STATE_INVALID);
    assert_int_equal(world_state(0x6000), STATE_INVALID);
    assert_int_equal(*(uint8_t *)world_at(0x5000), 0);
    assert_int_equal(world_one(0x5000), SVSM_SUCCESS);
    assert_int_equal(world_state(0x5000), STATE_INVALID);
    assert_int_equal(world_one(4 * MIB | LARGE | VALID), SVSM_SUCCESS);
    assert_int_equal(world_state(4 * MIB), STATE_VALID);
    assert_int_equal(world_state(6 * MIB - PAGE_SIZE), STATE_VALID);
    assert_int_equal(world_state(6 * MIB), STATE_INVALID);
    assert_int_equal(*(uint8_t *)world_at(6 * MIB - 1), 0);
    assert_int_equal(world_one(4 * MIB | LARGE), SVSM_SUCCESS);
    assert_int_equal(world_state(4 * MIB), STATE_INVALID);
}

/* A change there already is: refused, or fine if the guest says so; either way nothing is done. */
static void twice(void **state)
{
    uint64_t before;

    (void)state;
    assert_int_equal(world_one(0x5000), SVSM_PVALIDATE_UNCHANGED);
    assert_int_equal(world_one(0x5000 | AS_IS), SVSM_SUCCESS);
    assert_int_equal(world_one(0x5000 | VALID), SVSM_SUCCESS);
    memset(world_at(0x5000), 0x33, PAGE_SIZE);
    before = world.instructions;
    assert_int_equal(world_one(0x5000 | VALID), SVSM_PVALIDATE_UNCHANGED);
    assert_int_equal(world_one(0x5000 | VALID | AS_IS), SVSM_SUCCESS);
    assert_int_equal(*(uint8_t *)world_at(0x5000), 0x33);
    assert_int_equal(world.instructions, before);
    assert_int_equal(world_one(4 * MIB | LARGE), SVSM_PVALIDATE_UNCHANGED);
    assert_int_equal(world_one(4 * MIB | LARGE | VALID), SVSM_SUCCESS);
    assert_int_equal(world_one(4 * MIB | LARGE | VALID), SVSM_PVALIDATE_UNCHANGED);
    assert_int_equal(world_one(4 * MIB | LARGE | VALID | AS_IS), SVSM_SUCCESS);
}

static void sizes(void **state)
{
    (void)state;
    /* One page of the range is valid: neither all nor nothing. */
    assert_int_equal(world_one(4 * MIB | VALID), SVSM_SUCCESS);
    assert_int_equal(world_one(4 * MIB | LARGE | VALID), SVSM_PVALIDATE_SIZE);
    assert_int_equal(world_one(4 * MIB | LARGE), SVSM_PVALIDATE_SIZE);
    assert_int_equal(world_one(4 * MIB), SVSM_SUCCESS);
    /* The host has split it: the processor says so, both ways. */
    assert_int_equal(world_one(4 * MIB | LARGE | VALID), SVSM_PVALIDATE_SIZE);
    for (uint64_t at = 4 * MIB; at < 6 * MIB; at += PAGE_SIZE)
        assert_int_equal(world_one(at | VALID), SVSM_SUCCESS);
    assert_int_equal(world_one(4 * MIB | LARGE), SVSM_PVALIDATE_SIZE);
    assert_int_equal(world_state(4 * MIB), STATE_VALID);
    /* A large page is taken apart by small calls. */
    assert_int_equal(world_one(8 * MIB | LARGE | VALID), SVSM_SUCCESS);
    assert_int_equal(world_one(8 * MIB + 0x3000), SVSM_SUCCESS);
    assert_int_equal(world_one(8 * MIB | LARGE), SVSM_PVALIDATE_SIZE);
}

static void malformed(void **state)
{
    static const uint64_t entries[] = {
        0x5000 | 2,
        0x5000 | 3,
        0x5000 | LARGE,
        4 * MIB | 2 | VALID,
        0x5000 | VALID | 0x10,
        0x5000 | VALID | 0x800,
        5 * MIB | LARGE | VALID,
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(entries) / sizeof(*entries); i++)
        assert_int_equal(world_one(entries[i]), SVSM_INVALID_PARAMETER);
    assert_int_equal(world.instructions, 0);
}

static void not_the_guests(void **state)
{
    static const uint64_t pages[] = {
        WORLD_REGION,  WORLD_REGION + 64 * MIB - PAGE_SIZE, MEMORY, UINT64_C(0x000ffffffffff000),
        WORLD_CALLING, WORLD_CALLING + PAGE_SIZE,           0x7000, UINT64_C(0xfffffffffffff000),
    };

    (void)state;
    assert_int_equal(world_one(0x7000 | VALID), SVSM_SUCCESS);
    assert_int_equal(pagestate_hold(0x7000, STATE_VALID), SVSM_SUCCESS);
    pagestate_set(0x7000, STATE_VMSA);
    pagestate_release(0x7000);
    for (unsigned i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        for (unsigned bits = 0; bits < 16; bits += 4)
            assert_int_equal(world_one(pages[i] | bits), SVSM_INVALID_ADDRESS);
    /* One such page spoils the range. */
    assert_int_equal(world_one(0 | LARGE | VALID), SVSM_INVALID_ADDRESS);
    assert_int_equal(world_one(WORLD_REGION | LARGE | VALID), SVSM_INVALID_ADDRESS);
    assert_int_equal(world_one(MEMORY | LARGE), SVSM_INVALID_ADDRESS);
    *(&world.rmp[7]) |= WORLD_RIGHTS;
    assert_int_equal(pagestate_hold(0x7000, STATE_VMSA), SVSM_SUCCESS);
    pagestate_set(0x7000, STATE_VALID);
    pagestate_release(0x7000);
    assert_int_equal(world_one(0x7000), SVSM_SUCCESS);
}

static uint64_t call_at(uint64_t gpa)
{
    struct guest_registers registers = {.rcx = gpa};

    return core_call(&world.vcpus[0], CORE_PVALIDATE, &registers);
}

static void where_the_list_is(void **state)
{
    static const struct list list = {.count = 1, .entries = {0x5000 | VALID}};

    (void)state;
    for (unsigned i = 1; i < 8; i++)
        assert_int_equal(call_at(CALLED + i), SVSM_INVALID_PARAMETER);
    assert_int_equal(call_at(0x6000), SVSM_INVALID_ADDRESS);             /* not valid */
    assert_int_equal(call_at(WORLD_REGION), SVSM_INVALID_ADDRESS);       /* ours */
    assert_int_equal(call_at(MEMORY), SVSM_INVALID_ADDRESS);             /* nothing */
    assert_int_equal(call_at(CALLED + PAGE_SIZE), SVSM_INVALID_ADDRESS); /* another's */
    assert_int_equal(call_at(UINT64_C(0xfffffffffffffff8)), SVSM_INVALID_ADDRESS);
    assert_int_equal(world_one(0x6000 | VALID), SVSM_SUCCESS);
    assert_int_equal(world_pvalidate(0x6100, &list), SVSM_SUCCESS);
    assert_int_equal(((uint16_t *)world_at(0x6100))[1], 1);
}

/* A list may not name its own page. */
static void list_names_itself(void **state)
{
    struct list list = {.count = 2, .entries = {0x5000 | VALID, 0x6000}};

    (void)state;
    assert_int_equal(world_one(0x6000 | VALID), SVSM_SUCCESS);
    assert_int_equal(world_pvalidate(0x6100, &list), SVSM_INVALID_ADDRESS);
    assert_int_equal(((uint16_t *)world_at(0x6100))[1], 1);
    assert_int_equal(world_one(4 * MIB | LARGE | VALID), SVSM_SUCCESS);
    list = (struct list){.count = 1, .entries = {4 * MIB | LARGE}};
    assert_int_equal(world_pvalidate(5 * MIB, &list), SVSM_INVALID_ADDRESS);
    list = (struct list){.count = 1, .entries = {5 * MIB + PAGE_SIZE}};
    assert_int_equal(world_pvalidate(5 * MIB, &list), SVSM_SUCCESS);
}

static void shapes(void **state)
{
    static struct list list = {.entries = {0x5000 | VALID}};

    (void)state;
    assert_int_equal(world_pvalidate(CALLED, &list), SVSM_INVALID_PARAMETER); /* none */
    list.count = 3;
    list.next = 3;
    assert_int_equal(world_pvalidate(CALLED, &list), SVSM_INVALID_PARAMETER);
    list.next = UINT16_MAX;
    assert_int_equal(world_pvalidate(CALLED, &list), SVSM_INVALID_PARAMETER);
    list.next = 0;
    list.count = 511; /* an entry beyond the page */
    assert_int_equal(world_pvalidate(CALLED, &list), SVSM_INVALID_PARAMETER);
    list.count = 512;
    assert_int_equal(world_pvalidate(WORLD_CALLING, &list), SVSM_INVALID_PARAMETER);
    list.count = 1;
    assert_int_equal(world_pvalidate(WORLD_CALLING + PAGE_SIZE - 8, &list), SVSM_INVALID_PARAMETER);
    assert_int_equal(world_pvalidate(WORLD_CALLING + PAGE_SIZE - 16, &list), SVSM_SUCCESS);
}

static uint16_t next(void)
{
    return ((uint16_t *)world_at(CALLED))[1];
}

static uint64_t again(void)
{
    return call_at(CALLED);
}

/* 510 small pages are one call; large ones are two a call. */
static void work_is_bounded(void **state)
{
    static struct list list = {.count = 510};

    (void)state;
    for (unsigned i = 0; i < 510; i++)
        list.entries[i] = (4 * MIB + i * PAGE_SIZE) | VALID;
    assert_int_equal(world_pvalidate(CALLED, &list), SVSM_SUCCESS);
    assert_int_equal(next(), 510);
    list = (struct list){.count = 5};
    for (unsigned i = 0; i < 5; i++)
        list.entries[i] = (8 + 2 * i) * MIB | LARGE | VALID;
    assert_int_equal(world_pvalidate(CALLED, &list), SVSM_INCOMPLETE);
    assert_int_equal(next(), 2);
    assert_int_equal(again(), SVSM_INCOMPLETE);
    assert_int_equal(next(), 4);
    assert_int_equal(again(), SVSM_SUCCESS);
    assert_int_equal(next(), 5);
    assert_int_equal(again(), SVSM_INVALID_PARAMETER);
    assert_int_equal(world_state(18 * MIB - PAGE_SIZE), STATE_VALID);
}

/* What came before the failing entry is done, what comes after is not. */
static void stops_at_the_entry(void **state)
{
    struct list list = {.count = 3, .entries = {0x5000 | VALID, 0x6000, 0x7000 | VALID}};

    (void)state;
    assert_int_equal(world_pvalidate(CALLED, &list), SVSM_PVALIDATE_UNCHANGED);
    assert_int_equal(next(), 1);
    assert_int_equal(world_state(0x5000), STATE_VALID);
    assert_int_equal(world_state(0x7000), STATE_INVALID);
    ((uint64_t *)world_at(CALLED))[2] = 0x6000 | VALID;
    assert_int_equal(again(), SVSM_SUCCESS);
    assert_int_equal(world_state(0x6000), STATE_VALID);
    assert_int_equal(world_state(0x7000), STATE_VALID);
}

static void busy(void **state)
{
    struct list list = {.count = 2, .entries = {0x5000 | VALID, 4 * MIB | VALID}};

    (void)state;
    world_be(1);
    assert_int_equal(pagestate_hold(4 * MIB, STATE_INVALID), SVSM_SUCCESS);
    world_be(0);
    assert_int_equal(world_one(4 * MIB | VALID), SVSM_BUSY);
    assert_int_equal(world_one(4 * MIB | LARGE | VALID), SVSM_BUSY);
    assert_int_equal(world_pvalidate(CALLED, &list), SVSM_INCOMPLETE);
    assert_int_equal(next(), 1);
    assert_int_equal(again(), SVSM_BUSY);
    assert_int_equal(call_at(4 * MIB), SVSM_BUSY); /* the list itself */
    world_be(1);
    pagestate_release(4 * MIB);
    world_be(0);
    assert_int_equal(again(), SVSM_SUCCESS);
}

static void holds(void **state)
{
    enum page_state page;

    (void)state;
    assert_int_equal(pagestate_hold(0x5000, STATE_VALID), SVSM_INVALID_ADDRESS);
    assert_int_equal(pagestate_hold(0x5000, STATE_INVALID), SVSM_SUCCESS);
    assert_int_equal(pagestate_hold_any(0x9000, false, &page), SVSM_SUCCESS); /* again */
    pagestate_release(0x5000);
    world_be(1);
    assert_int_equal(pagestate_hold(0x5000, STATE_INVALID), SVSM_BUSY);
    EXPECT_END(END_INVARIANT, pagestate_release(0x5000));
    EXPECT_END(END_INVARIANT, pagestate_set(0x5000, STATE_VALID));
    world_be(0);
    EXPECT_END(END_INVARIANT, pagestate_set(0x5000, STATE_VMSA));
    EXPECT_END(END_INVARIANT, pagestate_set(0x5000, STATE_SVSM));
    EXPECT_END(END_INVARIANT, pagestate_set(0x5000, STATE_HOLE));
    EXPECT_END(END_INVARIANT, pagestate_set_large(0x5000, STATE_VMSA));
    pagestate_release(0x5000);
    EXPECT_END(END_INVARIANT, pagestate_release(0x5000));
    EXPECT_END(END_INVARIANT, pagestate_set(MEMORY, STATE_VALID));
}

static void query(void **state)
{
    static const struct {
        uint64_t rcx, answer;
    } queries[] = {
        {1, UINT64_C(0x100000001)},
        {0, 0},
        {2, 0},
        {UINT64_C(0x200000001), UINT64_C(0x100000001)},
        {UINT64_C(0x200000002), 0},
        {UINT64_C(0x300000001), 0},
        {~UINT64_C(0), 0},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
        struct guest_registers registers = {queries[i].rcx, 1, 2, 3};

        assert_int_equal(core_call(&world.vcpus[0], CORE_QUERY_PROTOCOL, &registers), SVSM_SUCCESS);
        assert_int_equal(registers.rcx, queries[i].answer);
        assert_true(registers.rdx == 1 && registers.r8 == 2 && registers.r9 == 3);
    }
}

static void dispatch(void **state)
{
    static const uint64_t results[] = {100, 0, 102, 103, 0, 0, 0, 107};
    struct guest_registers registers = {0};

    (void)state;
    for (uint32_t number = 0; number < CORE_CALLS; number++)
        if (results[number] != 0) {
            registers.r9 = 5;
            assert_int_equal(core_call(&world.vcpus[0], number, &registers), results[number]);
            assert_int_equal(registers.r9, 6);
        }
    for (uint64_t number = CORE_CALLS; number <= UINT32_MAX; number = number * 2 + 1)
        assert_int_equal(core_call(&world.vcpus[0], (uint32_t)number, &registers),
                         SVSM_UNSUPPORTED_CALL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(there_and_back),     TEST(twice),    TEST(sizes),           TEST(malformed),
        TEST(not_the_guests),     TEST(shapes),   TEST(work_is_bounded), TEST(where_the_list_is),
        TEST(list_names_itself),  TEST(busy),     TEST(holds),           TEST(query),
        TEST(stops_at_the_entry), TEST(dispatch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
