/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Untyped memory: what Retype makes, where, from what, and when it refuses.
 */
#include "world.h"

static void objects_lie_apart_and_aligned(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), tcb = world_make(seL4_TCBObject, 0);
    seL4_CPtr second = world_make(seL4_EndpointObject, 0);
    struct cap memory = world_slot(world_memory())->cap;
    uint64_t at = window_phys(window_object(world_slot(tcb)->cap.object));

    (void)state;
    assert_int_equal(window_phys(window_object(world_slot(ep)->cap.object)), untyped_phys(memory));
    assert_int_equal(at, untyped_phys(memory) + 4096);
    assert_int_equal(window_phys(window_object(world_slot(second)->cap.object)), at + 4096);
    assert_int_equal(memory.badge, 2 * 4096 + 64);
}

static void errors_come_in_order(void **state)
{
    seL4_CPtr m = world_memory(), used = world_make(seL4_EndpointObject, 0);
    uint64_t slots = world.cspace.count, big = untyped_bits(world_slot(m)->cap);
    uint64_t ep = seL4_EndpointObject, to = seL4_Slot(CNODE, world_free_slot());

    (void)state;
    FAILS(seL4_InvalidArgument, m, LABEL_Untyped_Retype, 5, 0, 0);
    FAILS(seL4_InvalidArgument, m, LABEL_Untyped_Retype, seL4_ObjectTypeCount, 0, 0);
    FAILS(seL4_InvalidArgument, m, LABEL_Untyped_Retype, UINT32_MAX, 0, 0);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, seL4_What(seL4_CapTableObject, 0), 0, 1);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, seL4_What(seL4_CapTableObject, 15), 0, 1);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, seL4_What(seL4_UntypedObject, 11), 0, 1);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, seL4_What(seL4_UntypedObject, big), 0, 1);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, ep, 0, 0);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, ep, 0, 257);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, ep, 0, UINT64_MAX);
    FAILS(seL4_FailedLookup, m, LABEL_Untyped_Retype, ep, 0, 1);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, ep, seL4_Slot(CNODE, slots), 1);
    FAILS(seL4_RangeError, m, LABEL_Untyped_Retype, ep, seL4_Slot(CNODE, slots - 1), 2);
    FAILS(seL4_DeleteFirst, m, LABEL_Untyped_Retype, ep, seL4_Slot(CNODE, used), 1);
    FAILS(seL4_DeleteFirst, m, LABEL_Untyped_Retype, ep, seL4_Slot(CNODE, used - 1), 3);
    FAILS(seL4_NotEnoughMemory, m, LABEL_Untyped_Retype, seL4_X86_LargePageObject, to, 9);
    FAILS(seL4_InvalidArgument, world_device(), LABEL_Untyped_Retype, ep, 0, 1);
}

/* The destination may be the CNode a level below the deepest there can be, but none below that. */
static void levels_end(void **state)
{
    seL4_CPtr cnode = world_make(seL4_CapTableObject, 2);
    uint64_t what = seL4_What(seL4_CapTableObject, 2);

    (void)state;
    world_slot(cnode)->cap.aux = (uint16_t)(2 | CNODE_MAX_LEVEL << 8);
    FAILS(seL4_IllegalOperation, world_memory(), LABEL_Untyped_Retype, what, seL4_Slot(cnode, 0),
          1);
    world_slot(cnode)->cap.aux = (uint16_t)(2 | (CNODE_MAX_LEVEL - 1) << 8);
    OK(world_memory(), LABEL_Untyped_Retype, what, seL4_Slot(cnode, 0), 1);
}

static void memory_is_zero_when_used_again(void **state)
{
    seL4_CPtr m = world_memory(), page = world_make(seL4_X86_LargePageObject, 0);
    uint8_t *bytes = window_at(page_phys(world_slot(page)->cap));
    uint64_t nonzero = 0;

    (void)state;
    for (unsigned i = 0; i < 1u << seL4_LargePageBits; i++)
        nonzero |= bytes[i];
    assert_int_equal(nonzero, 0);
    for (unsigned i = 0; i < 1u << seL4_LargePageBits; i++)
        bytes[i] = 0xee;
    OK(CNODE, LABEL_CNode_Delete, page);
    assert_int_equal(host.quiesces, 0);
    OK(m, LABEL_Untyped_Retype, seL4_X86_LargePageObject, seL4_Slot(CNODE, page), 1);
    assert_int_equal(world.steps, (1u << seL4_LargePageBits) / UNTYPED_ZERO_STEP + 1);
    assert_int_equal(host.quiesces, world.steps - 1);
    assert_ptr_equal(window_at(page_phys(world_slot(page)->cap)), bytes);
    for (unsigned i = 0; i < 1u << seL4_LargePageBits; i++)
        nonzero |= bytes[i];
    assert_int_equal(nonzero, 0);
}

static void memory_with_children_is_not_used_again(void **state)
{
    seL4_CPtr m = world_memory(), first = world_make(seL4_X86_4K, 0);
    seL4_CPtr second = world_make(seL4_X86_4K, 0);
    uint64_t badge = world_slot(m)->cap.badge;

    (void)state;
    OK(CNODE, LABEL_CNode_Delete, first);
    OK(m, LABEL_Untyped_Retype, seL4_X86_4K, seL4_Slot(CNODE, first), 1);
    assert_int_equal(world_slot(m)->cap.badge, badge + 4096);
    assert_int_not_equal(world_slot(first)->cap.object, world_slot(second)->cap.object);
}

static void memory_fills_to_its_end(void **state)
{
    seL4_CPtr piece = world_make(seL4_UntypedObject, 13), to = world_free_slot();

    (void)state;
    OK(piece, LABEL_Untyped_Retype, seL4_EndpointObject, seL4_Slot(CNODE, to), 65);
    FAILS(seL4_NotEnoughMemory, piece, LABEL_Untyped_Retype, seL4_X86_4K, seL4_Slot(CNODE, to + 65),
          1);
    OK(piece, LABEL_Untyped_Retype, seL4_EndpointObject, seL4_Slot(CNODE, to + 65), 63);
    FAILS(seL4_NotEnoughMemory, piece, LABEL_Untyped_Retype, seL4_EndpointObject,
          seL4_Slot(CNODE, to + 128), 1);
}

static void device_memory_is_left_alone(void **state)
{
    seL4_CPtr page = world_free_slot(), large = world_free_slot(), part = world_free_slot();

    (void)state;
    OK(world_device(), LABEL_Untyped_Retype, seL4_X86_4K, seL4_Slot(CNODE, page), 1);
    OK(world_device(), LABEL_Untyped_Retype, seL4_What(seL4_UntypedObject, 12),
       seL4_Slot(CNODE, part), 1);
    OK(world_device(), LABEL_Untyped_Retype, seL4_X86_LargePageObject, seL4_Slot(CNODE, large), 1);
    assert_int_equal(world_slot(page)->cap.aux, PAGE_DEVICE);
    assert_int_equal(world_slot(large)->cap.aux, PAGE_DEVICE | PAGE_LARGE);
    assert_true(untyped_is_device(world_slot(part)->cap));
    OK(CNODE, LABEL_CNode_Revoke, world_device());
    OK(world_device(), LABEL_Untyped_Retype, seL4_X86_4K, seL4_Slot(CNODE, page), 1);
    assert_int_equal(world.steps, 2);
    assert_int_equal(page_phys(world_slot(page)->cap),
                     untyped_phys(world_slot(world_device())->cap));
}

static void address_spaces_run_out(void **state)
{
    seL4_CPtr to = world_free_slot();
    uint64_t place = seL4_Slot(CNODE, to);

    (void)state;
    OK(world_memory(), LABEL_Untyped_Retype, seL4_VSpaceObject, place, VSPACES - 2);
    FAILS(seL4_NotEnoughMemory, world_memory(), LABEL_Untyped_Retype, seL4_VSpaceObject,
          place + VSPACES - 2, 1);
    OK(CNODE, LABEL_CNode_Delete, to + 7);
    OK(world_memory(), LABEL_Untyped_Retype, seL4_VSpaceObject, place + 7, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(objects_lie_apart_and_aligned, world_start),
        cmocka_unit_test_setup(errors_come_in_order, world_start),
        cmocka_unit_test_setup(levels_end, world_start),
        cmocka_unit_test_setup(memory_is_zero_when_used_again, world_start),
        cmocka_unit_test_setup(memory_with_children_is_not_used_again, world_start),
        cmocka_unit_test_setup(memory_fills_to_its_end, world_start),
        cmocka_unit_test_setup(device_memory_is_left_alone, world_start),
        cmocka_unit_test_setup(address_spaces_run_out, world_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
