/* SPDX-License-Identifier: BSD-2-Clause */
/* What PVALIDATE and RMPADJUST can answer, and a host that changes pages in between. */
#include "world.h"

#include <string.h>

#define VALID PVALIDATE_VALID
#define LARGE PVALIDATE_2M
#define PAGE  UINT64_C(0x5000)
#define RANGE (4 * MIB)

static int start(void **state)
{
    (void)state;
    world_start(256 * MIB);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end();
    return 0;
}

static uint64_t cheated(uint64_t entry, enum world_cheat cheat, unsigned at, uint32_t code)
{
    world.cheat = cheat;
    world.cheat_at = at;
    world.code = code;
    return world_one(entry);
}

/* Nothing has happened yet: the guest gets the code. */
static void first_instruction_fails(void **state)
{
    static const struct {
        uint32_t code;
        uint64_t result;
    } codes[] = {
        {1, 0x80001001}, {2, 0x80001002}, {6, 0x80001006},    {3, 0x80001011},
        {4, 0x80001011}, {7, 0x80001011}, {0x10, 0x80001011}, {UINT32_MAX, 0x80001011},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        assert_int_equal(cheated(PAGE | VALID, FAIL_CODE, 0, codes[i].code), codes[i].result);
        assert_int_equal(cheated(RANGE | LARGE | VALID, FAIL_CODE, 0, codes[i].code),
                         codes[i].result);
        assert_int_equal(world_state(PAGE), STATE_INVALID);
        assert_int_equal(world_state(RANGE), STATE_INVALID);
    }
    world_check();
}

/* Two backings for a page: the end, before the guest has a right to it. */
static void remapped(void **state)
{
    (void)state;
    EXPECT_END(END_HOST, cheated(PAGE | VALID, UNCHANGED, 0, 0));
    assert_int_equal(world.rmp[PAGE / PAGE_SIZE] & WORLD_RIGHTS, 0);
    world_start(256 * MIB);
    EXPECT_END(END_HOST, cheated(RANGE | LARGE | VALID, UNCHANGED, 0, 0));
    assert_int_equal(world.rmp[RANGE / PAGE_SIZE] & WORLD_RIGHTS, 0);
}

static void remapped_before_it_goes(void **state)
{
    (void)state;
    assert_int_equal(world_one(PAGE | VALID), SVSM_SUCCESS);
    EXPECT_END(END_HOST, cheated(PAGE, UNCHANGED, 1, 0));
    world_start(256 * MIB);
    assert_int_equal(world_one(RANGE | LARGE | VALID), SVSM_SUCCESS);
    EXPECT_END(END_HOST, cheated(RANGE | LARGE, UNCHANGED, 1, 0));
}

/* A page or range as `valid` before `entry` is asked for, and the host cheats at the instruction.
 */
static void ends(uint64_t entry, enum world_cheat cheat, unsigned at, uint32_t code)
{
    world_end();
    world_start(256 * MIB);
    if ((entry & VALID) == 0)
        assert_int_equal(world_one(entry | VALID), SVSM_SUCCESS);
    EXPECT_END(END_HOST, cheated(entry, cheat, at, code));
}

/* After the first instruction there is no way back but forward. */
static void second_instruction_fails(void **state)
{
    (void)state;
    for (uint32_t code = 1; code < 8; code++) {
        ends(PAGE | VALID, FAIL_RIGHTS, 1, code);
        ends(PAGE, FAIL_CODE, 1, code);
        ends(PAGE, FAIL_RIGHTS, 0, code);
        if (code == 6) /* a large page that was split: not the end */
            continue;
        ends(RANGE | LARGE | VALID, FAIL_RIGHTS, 1, code);
        ends(RANGE | LARGE, FAIL_CODE, 1, code);
    }
}

/* The host splits a large page in the middle of the call: the right answer, page by page. */
static void split_in_between(void **state)
{
    (void)state;
    assert_int_equal(cheated(RANGE | LARGE | VALID, SPLIT_AFTER_ONE, 0, 0), SVSM_SUCCESS);
    world_check();
    assert_int_equal(world_state(RANGE + RANGE_SIZE - PAGE_SIZE), STATE_VALID);
    assert_int_equal(world_one((RANGE + RANGE_SIZE) | LARGE | VALID), SVSM_SUCCESS);
    assert_int_equal(cheated((RANGE + RANGE_SIZE) | LARGE, SPLIT_AFTER_ONE, 0, 0), SVSM_SUCCESS);
    world_check();
    assert_int_equal(world_state(RANGE + RANGE_SIZE), STATE_INVALID);
}

/* A frame full of a marker behind a page that becomes valid: the guest reads zeros (world.c checks
   it at the moment the rights are given, too). */
static void marker(void **state)
{
    (void)state;
    memset(world_at(PAGE), 0x5a, PAGE_SIZE);
    memset(world_at(RANGE), 0x5a, RANGE_SIZE);
    assert_int_equal(world_one(PAGE | VALID), SVSM_SUCCESS);
    assert_int_equal(world_one(RANGE | LARGE | VALID), SVSM_SUCCESS);
    for (uint64_t i = 0; i < PAGE_SIZE; i++)
        assert_int_equal(*(uint8_t *)world_at(PAGE + i), 0);
    for (uint64_t i = 0; i < RANGE_SIZE; i++)
        assert_int_equal(*(uint8_t *)world_at(RANGE + i), 0);
}

static void memory_not_given(void **state)
{
    (void)state;
    world.cheat = FAIL_CODE;
    world.cheat_at = 20;
    world.code = 1;
    EXPECT_END(END_MEMORY, guestmemory_give(0, pagestate_pages() * PAGE_SIZE));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_instruction_fails),  TEST(remapped),         TEST(remapped_before_it_goes),
        TEST(second_instruction_fails), TEST(split_in_between), TEST(marker),
        TEST(memory_not_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
