/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU's first call at every moment of its processor, and a vCPU's states one by one. */
#include "registry_world.h"

#define CREATE   CORE_CREATE_VCPU
#define DELETE   CORE_DELETE_VCPU
#define REMAP    CORE_REMAP_CA
#define QUERY    CORE_QUERY_PROTOCOL
#define SERVICE  ((uint64_t)WORLD_SERVER << 32)
#define ENOUGH   20000u /* turns, more than pass between two runs of a silent vCPU */
#define FIRST    0
#define SECOND   1
#define VMSA     4
#define AREA     5
#define NEW_VMSA 9
#define NEW_AREA 10

static uint64_t call(int vcpu, uint64_t rax, struct guest_registers registers)
{
    assert_true(registry_call(vcpu, rax, registers));
    registry_check();
    return registry_result(vcpu);
}

static uint64_t create(int vmsa, int area, int vcpu)
{
    registry.pages[vmsa][PAGE_SOUND] = 1;
    return call(FIRST, CREATE, words(page_gpa(vmsa), page_gpa(area), apic_id(vcpu)));
}

static void first_call_at(enum moment moment)
{
    uint64_t before;

    registry_start(NULL);
    assert_false(registry_turn(SECOND)); /* there is nothing to look at yet */
    assert_int_equal(create(VMSA, AREA, SECOND), SVSM_SUCCESS);
    registry_turn(SECOND);
    before = registry.processors[SECOND].answered;
    registry.start_at = moment;
    for (unsigned i = 0; i < 3; i++)
        registry_turn(SECOND);
    assert_int_equal(registry.start_at, NEVER);
    assert_int_equal(registry.processors[SECOND].answered, before + 1);
    assert_int_not_equal(registry.processors[SECOND].runs, 0); /* it goes on now */
}

/* The host starts it before, between and behind whatever its processor does. */
static void first_call(void **state)
{
    (void)state;
    first_call_at(BEFORE_LOOK);
    first_call_at(AFTER_LOOK);
    first_call_at(AT_IDLE);
}

/* A host that waits to be asked is asked, but seldom. */
static void silent(void **state)
{
    const struct processor *p = &registry.processors[SECOND];

    (void)state;
    assert_int_equal(create(VMSA, AREA, SECOND), SVSM_SUCCESS);
    for (unsigned i = 0; i < ENOUGH; i++)
        registry_turn(SECOND);
    assert_in_range(p->runs, 1, ENOUGH / 1000);
    registry.start_at = AT_RUN;
    for (unsigned i = 0; i < ENOUGH && registry.start_at == AT_RUN; i++)
        registry_turn(SECOND);
    registry_turn(SECOND);
    assert_int_equal(p->answered, 1);
}

/* Once it has called, it runs at every turn, also without a call. */
static void spoken(void **state)
{
    uint64_t runs;

    (void)state;
    assert_int_equal(create(VMSA, AREA, SECOND), SVSM_SUCCESS);
    registry.start_at = AT_IDLE;
    registry_turn(SECOND);
    registry_turn(SECOND);
    runs = registry.processors[SECOND].runs;
    for (unsigned i = 0; i < 5; i++)
        assert_true(registry_turn(SECOND));
    assert_int_equal(registry.processors[SECOND].runs, runs + 5);
    assert_int_equal(create(NEW_VMSA, NEW_AREA, SECOND), SVSM_SUCCESS);
    registry_turn(SECOND);
    assert_int_equal(registry.processors[SECOND].runs, runs + 5); /* another one, silent again */
}

/* A vCPU whose call a server has is nobody else's. */
static void served(void **state)
{
    (void)state;
    assert_int_equal(create(VMSA, AREA, SECOND), SVSM_SUCCESS);
    registry.start_at = AT_IDLE;
    registry_turn(SECOND);
    registry_turn(SECOND);
    assert_false(registry_call(SECOND, SERVICE, words(1, 2, 3)));
    assert_false(registry_turn(SECOND));
    assert_int_equal(create(NEW_VMSA, NEW_AREA, SECOND), SVSM_BUSY);
    assert_int_equal(call(FIRST, DELETE, words(page_gpa(VMSA), 0, 0)), SVSM_VCPU_IN_USE);
    registry_answer(SECOND);
    assert_int_equal(create(NEW_VMSA, NEW_AREA, SECOND), SVSM_BUSY);
    assert_true(registry_turn(SECOND));
    assert_int_equal(registry_result(SECOND), SVSM_SUCCESS);
    assert_int_equal(create(NEW_VMSA, NEW_AREA, SECOND), SVSM_SUCCESS);
}

/* The flag in a page that becomes a calling area is not a call. */
static void old_flags(void **state)
{
    (void)state;
    registry.pages[AREA][0] = 1;
    registry.pages[NEW_AREA][0] = 1;
    assert_int_equal(create(VMSA, AREA, SECOND), SVSM_SUCCESS);
    assert_int_equal(registry.pages[AREA][0], 0);
    assert_int_equal(call(FIRST, REMAP, words(page_gpa(NEW_AREA), 0, 0)), SVSM_SUCCESS);
    assert_int_equal(registry.pages[NEW_AREA][0], 0);
}

/* What runs cannot be deleted, and can be run on. */
static void running(void **state)
{
    (void)state;
    assert_int_equal(create(VMSA, AREA, SECOND), SVSM_SUCCESS);
    registry.running[VMSA] = true;
    registry.pages[VMSA][PAGE_ENABLED] = 1;
    assert_int_equal(call(FIRST, DELETE, words(page_gpa(VMSA), 0, 0)), SVSM_VCPU_IN_USE);
    assert_int_equal(registry.pages[VMSA][PAGE_ENABLED], 1);
    registry.running[VMSA] = false;
    assert_int_equal(call(FIRST, DELETE, words(page_gpa(VMSA), 0, 0)), SVSM_SUCCESS);
    assert_int_equal(registry.pages[VMSA][PAGE_ENABLED], 0);
    assert_int_equal(vcpus[SECOND].state, VCPU_ABSENT);
    assert_false(registry_turn(SECOND));
}

/* Nobody asks for a processor that is not there, and no two vCPUs have a page in common. */
static void no_such(void **state)
{
    (void)state;
    assert_int_equal(create(VMSA, AREA, WORLD_CPUS - 1), SVSM_INVALID_PARAMETER);
    assert_int_equal(create(VMSA, 0, SECOND), SVSM_INVALID_ADDRESS);
    assert_int_equal(create(VMSA, AREA, SECOND), SVSM_SUCCESS);
    assert_int_equal(create(VMSA, NEW_AREA, SECOND + 1), SVSM_INVALID_ADDRESS);
    assert_int_equal(create(NEW_VMSA, AREA, SECOND + 1), SVSM_INVALID_ADDRESS);
    assert_int_equal(call(FIRST, QUERY, words(1, 0, 0)), SVSM_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_call),
        cmocka_unit_test_setup(silent, registry_start),
        cmocka_unit_test_setup(spoken, registry_start),
        cmocka_unit_test_setup(served, registry_start),
        cmocka_unit_test_setup(old_flags, registry_start),
        cmocka_unit_test_setup(running, registry_start),
        cmocka_unit_test_setup(no_such, registry_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
