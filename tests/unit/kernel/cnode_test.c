/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CNodes: copy, mint, move, delete, revoke and inspect, with every error in its order.
 */
#include "world.h"

static uint64_t slot_word(seL4_CPtr cptr)
{
    return seL4_Slot(CNODE, cptr);
}

static void copy_keeps_what_it_may(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), to = world_free_slot();

    (void)state;
    OK(CNODE, LABEL_CNode_Copy, to, slot_word(ep), seL4_CanRead);
    assert_int_equal(world_slot(to)->cap.rights, seL4_CanRead);
    assert_int_equal(world_slot(to)->cap.object, world_slot(ep)->cap.object);
    assert_true(slot_is_derived(world_slot(to)));
    /* Rights do not come back, and a copy's copy is its sibling. */
    OK(CNODE, LABEL_CNode_Copy, world_free_slot(), slot_word(to), seL4_AllRights);
    assert_int_equal(world_slot(to + 1)->cap.rights, seL4_CanRead);
    assert_int_equal(world_slot(to + 1)->parent, slot_number(world_slot(ep)));
}

static void copy_fails_in_order(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), to = world_free_slot();
    uint64_t slots = world.cspace.count;

    (void)state;
    FAILS(seL4_RangeError, CNODE, LABEL_CNode_Copy, slots, seL4_Slot(0, 0), 3);
    FAILS(seL4_FailedLookup, CNODE, LABEL_CNode_Copy, to, seL4_Slot(0, 0), 3);
    FAILS(seL4_FailedLookup, CNODE, LABEL_CNode_Copy, to, seL4_Slot(ep, 0), 3);
    FAILS(seL4_FailedLookup, CNODE, LABEL_CNode_Copy, to, seL4_Slot(UINT32_MAX, 0), 3);
    FAILS(seL4_RangeError, CNODE, LABEL_CNode_Copy, to, slot_word(slots), 3);
    FAILS(seL4_FailedLookup, CNODE, LABEL_CNode_Copy, ep, slot_word(to), 3);
    FAILS(seL4_DeleteFirst, CNODE, LABEL_CNode_Copy, ep, slot_word(world_memory()), 3);
    FAILS(seL4_IllegalOperation, CNODE, LABEL_CNode_Copy, to, slot_word(world_memory()), 3);
    FAILS(seL4_IllegalOperation, CNODE, LABEL_CNode_Copy, to, slot_word(seL4_CapIRQControl), 3);
    FAILS(seL4_IllegalOperation, CNODE, LABEL_CNode_Copy, to, slot_word(svsm_CapHostControl), 3);
}

static void mint_badges_once(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), tcb = world_make(seL4_TCBObject, 0);
    seL4_CPtr to = world_free_slot(), second = world_free_slot();

    (void)state;
    OK(CNODE, LABEL_CNode_Mint, to, slot_word(ep), seL4_CanWrite, 42);
    assert_int_equal(world_slot(to)->cap.badge, 42);
    FAILS(seL4_InvalidArgument, CNODE, LABEL_CNode_Mint, second, slot_word(to), 3, 43);
    FAILS(seL4_InvalidArgument, CNODE, LABEL_CNode_Mint, second, slot_word(tcb), 3, 43);
    OK(CNODE, LABEL_CNode_Mint, second, slot_word(to), 3, 0);
    assert_int_equal(world_slot(second)->cap.badge, 42);
    assert_int_equal(world_slot(second)->cap.rights, seL4_CanWrite);
}

static void copy_leaves_the_mapping(void **state)
{
    seL4_CPtr page = seL4_CapBootInfoFrame, to = world_free_slot();

    (void)state;
    assert_int_not_equal(world_slot(page)->cap.badge, 0);
    OK(CNODE, LABEL_CNode_Copy, to, slot_word(page), 3);
    assert_int_equal(world_slot(to)->cap.badge, 0);
}

static void move_keeps_place_and_rights(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), to = world_free_slot();
    seL4_CPtr other = world_make(seL4_EndpointObject, 0);
    struct cap cap = world_slot(ep)->cap;

    (void)state;
    OK(CNODE, LABEL_CNode_Move, to, slot_word(ep));
    assert_true(slot_is_empty(world_slot(ep)));
    assert_memory_equal(&world_slot(to)->cap, &cap, sizeof(cap));
    assert_int_equal(world_slot(other)->next, slot_number(world_slot(to)));
    assert_int_equal(world_slot(to)->prev, slot_number(world_slot(other)));
}

static void move_fails_in_order(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), to = world_free_slot();
    seL4_CPtr cnode = world_make(seL4_CapTableObject, 3);

    (void)state;
    FAILS(seL4_RangeError, CNODE, LABEL_CNode_Move, world.cspace.count, slot_word(ep));
    FAILS(seL4_FailedLookup, CNODE, LABEL_CNode_Move, to, seL4_Slot(ep, 1));
    FAILS(seL4_RangeError, CNODE, LABEL_CNode_Move, to, slot_word(world.cspace.count));
    FAILS(seL4_FailedLookup, CNODE, LABEL_CNode_Move, to, slot_word(to));
    FAILS(seL4_DeleteFirst, CNODE, LABEL_CNode_Move, ep, slot_word(ep));
    OK(CNODE, LABEL_CNode_Copy, world_free_slot(), slot_word(ep), 3);
    FAILS(seL4_RevokeFirst, CNODE, LABEL_CNode_Move, to, slot_word(ep));
    /* A CNode into itself, and memory into a CNode of its own level. */
    FAILS(seL4_IllegalOperation, cnode, LABEL_CNode_Move, 0, slot_word(cnode));
    FAILS(seL4_IllegalOperation, cnode, LABEL_CNode_Move, 0, slot_word(world_device()));
}

static void move_needs_write_on_the_source(void **state)
{
    seL4_CPtr weak = world_free_slot(), ep = world_make(seL4_EndpointObject, 0);

    (void)state;
    OK(CNODE, LABEL_CNode_Copy, weak, slot_word(CNODE), seL4_CanRead);
    FAILS(seL4_FailedLookup, CNODE, LABEL_CNode_Move, world_free_slot(), seL4_Slot(weak, ep));
    OK(CNODE, LABEL_CNode_Copy, world_free_slot(), seL4_Slot(weak, ep), 3);
    FAILS(seL4_IllegalOperation, weak, LABEL_CNode_Delete, ep);
    OK(weak, LABEL_CNode_Inspect, ep);
}

static void delete_ends_with_the_original(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), copy = world_free_slot();

    (void)state;
    OK(CNODE, LABEL_CNode_Copy, copy, slot_word(ep), 3);
    FAILS(seL4_RangeError, CNODE, LABEL_CNode_Delete, world.cspace.count);
    FAILS(seL4_RevokeFirst, CNODE, LABEL_CNode_Delete, ep);
    OK(CNODE, LABEL_CNode_Delete, copy);
    assert_int_equal(host.destroyed[HOST_ENDPOINT], 0);
    OK(CNODE, LABEL_CNode_Delete, ep);
    assert_int_equal(host.destroyed[HOST_ENDPOINT], 1);
    OK(CNODE, LABEL_CNode_Delete, ep);
}

static void each_type_ends_once(void **state)
{
    const struct {
        seL4_ObjectType type;
        enum host_object object;
    } rows[] = {{seL4_TCBObject, HOST_TCB},
                {seL4_EndpointObject, HOST_ENDPOINT},
                {seL4_NotificationObject, HOST_NOTIFICATION},
                {seL4_ReplyObject, HOST_REPLY}};

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        seL4_CPtr original = world_make(rows[i].type, 0), copy = world_free_slot();

        OK(CNODE, LABEL_CNode_Copy, copy, slot_word(original), 3);
        OK(CNODE, LABEL_CNode_Revoke, original);
        assert_true(slot_is_empty(world_slot(copy)));
        assert_int_equal(host.destroyed[rows[i].object], 0);
        OK(CNODE, LABEL_CNode_Delete, original);
        assert_int_equal(host.destroyed[rows[i].object], 1);
    }
}

static void revoke_takes_all_and_in_steps(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0);
    seL4_CPtr first = world_free_slot();

    (void)state;
    OK(CNODE, LABEL_CNode_Copy, first, slot_word(ep), 3);
    for (unsigned i = 1; i < 40; i++)
        OK(CNODE, LABEL_CNode_Mint, world_free_slot(), slot_word(ep), 3, i);
    FAILS(seL4_RangeError, CNODE, LABEL_CNode_Revoke, world.cspace.count);
    OK(CNODE, LABEL_CNode_Revoke, ep);
    assert_int_equal(world.steps, 40);
    for (unsigned i = 0; i < 40; i++)
        assert_true(slot_is_empty(world_slot(first + i)));
    assert_false(slot_is_empty(world_slot(ep)));
    OK(CNODE, LABEL_CNode_Revoke, first);
    assert_int_equal(world.steps, 1);
}

static void a_cnode_goes_with_its_contents(void **state)
{
    seL4_CPtr cnode = world_make(seL4_CapTableObject, 4), ep = world_make(seL4_EndpointObject, 0);
    seL4_CPtr memory = world_memory(), outside = world_free_slot();
    uint64_t inner = seL4_What(seL4_CapTableObject, 2);

    (void)state;
    OK(cnode, LABEL_CNode_Copy, 3, slot_word(ep), 3);
    OK(cnode, LABEL_CNode_Copy, 4, slot_word(cnode), 3);
    OK(memory, LABEL_Untyped_Retype, inner, seL4_Slot(cnode, 5), 2);
    /* The copy outside is of a CNode inside. */
    OK(CNODE, LABEL_CNode_Copy, outside, seL4_Slot(cnode, 5), 3);
    OK(outside, LABEL_CNode_Copy, 0, slot_word(ep), 3);
    FAILS(seL4_RevokeFirst, CNODE, LABEL_CNode_Delete, cnode);
    OK(CNODE, LABEL_CNode_Revoke, cnode);
    OK(CNODE, LABEL_CNode_Delete, cnode);
    assert_true(slot_is_empty(world_slot(outside)));
    assert_true(slot_is_empty(world_slot(cnode)));
    assert_false(slot_has_children(world_slot(ep)));
}

static void memory_takes_back_everything(void **state)
{
    seL4_CPtr memory = world_memory(), piece = world_free_slot(), cnode = world_free_slot();

    (void)state;
    OK(memory, LABEL_Untyped_Retype, seL4_What(seL4_UntypedObject, 20), slot_word(piece), 1);
    OK(piece, LABEL_Untyped_Retype, seL4_What(seL4_CapTableObject, 6), slot_word(cnode), 1);
    OK(piece, LABEL_Untyped_Retype, seL4_What(seL4_UntypedObject, 16), seL4_Slot(cnode, 9), 1);
    OK(piece, LABEL_Untyped_Retype, seL4_TCBObject, seL4_Slot(cnode, 10), 4);
    OK(CNODE, LABEL_CNode_Revoke, memory);
    assert_true(slot_is_empty(world_slot(piece)));
    assert_true(slot_is_empty(world_slot(cnode)));
    assert_int_equal(host.destroyed[HOST_TCB], 4);
}

static void inspect_tells(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), to = world_free_slot();

    (void)state;
    OK(CNODE, LABEL_CNode_Mint, to, slot_word(ep), seL4_CanWrite, 7);
    FAILS(seL4_RangeError, CNODE, LABEL_CNode_Inspect, world.cspace.count);
    OK(CNODE, LABEL_CNode_Inspect, to);
    assert_int_equal(world.result_length, 4);
    assert_int_equal(world.results[0], CAP_Endpoint | seL4_CanWrite << 8);
    assert_int_equal(world.results[1], world_slot(ep)->cap.object);
    assert_int_equal(world.results[2], 7);
    OK(CNODE, LABEL_CNode_Inspect, world_free_slot());
    assert_int_equal(world.results[0], CAP_Null);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(copy_keeps_what_it_may, world_start),
        cmocka_unit_test_setup(copy_fails_in_order, world_start),
        cmocka_unit_test_setup(mint_badges_once, world_start),
        cmocka_unit_test_setup(copy_leaves_the_mapping, world_start),
        cmocka_unit_test_setup(move_keeps_place_and_rights, world_start),
        cmocka_unit_test_setup(move_fails_in_order, world_start),
        cmocka_unit_test_setup(move_needs_write_on_the_source, world_start),
        cmocka_unit_test_setup(delete_ends_with_the_original, world_start),
        cmocka_unit_test_setup(each_type_ends_once, world_start),
        cmocka_unit_test_setup(revoke_takes_all_and_in_steps, world_start),
        cmocka_unit_test_setup(a_cnode_goes_with_its_contents, world_start),
        cmocka_unit_test_setup(memory_takes_back_everything, world_start),
        cmocka_unit_test_setup(inspect_tells, world_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
