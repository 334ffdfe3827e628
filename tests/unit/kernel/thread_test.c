/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The methods of threads, endpoints and reply objects, and what threads lose by revocation.
 */
#include "world.h"

#include "notification.h"

static struct tcb *thread(seL4_CPtr cptr)
{
    return tcb_of(world_slot(cptr)->cap);
}

struct server {
    seL4_CPtr tcb, cnode, space, fault;
};

static struct server make_server(void)
{
    return (struct server){
        .tcb = world_make(seL4_TCBObject, 0),
        .cnode = world_make(seL4_CapTableObject, 4),
        .space = world_make(seL4_VSpaceObject, 0),
        .fault = world_make(seL4_EndpointObject, 0),
    };
}

static void configure_holds_copies(void **state)
{
    struct server s = make_server();
    struct tcb *tcb = thread(s.tcb);

    (void)state;
    FAILS(seL4_IllegalOperation, s.tcb, LABEL_TCB_Resume, 0);
    FAILS(seL4_InvalidCapability, s.tcb, LABEL_TCB_Configure, s.cnode, 0, 0);
    FAILS(seL4_InvalidCapability, s.tcb, LABEL_TCB_Configure, 0, s.space, s.space);
    FAILS(seL4_InvalidCapability, s.tcb, LABEL_TCB_Configure, 0, s.cnode, s.cnode);
    OK(s.tcb, LABEL_TCB_Configure, s.fault, s.cnode, s.space);
    assert_int_equal(tcb->cspace.count, 16);
    assert_ptr_equal(tcb->vspace, &vspaces[world_slot(s.space)->cap.aux]);
    assert_int_equal(tcb->slots[TCB_FAULT].cap.object, world_slot(s.fault)->cap.object);
    OK(s.tcb, LABEL_TCB_Configure, 0, s.cnode, s.space);
    assert_true(slot_is_empty(&tcb->slots[TCB_FAULT]));
    OK(s.tcb, LABEL_TCB_Resume, 0);
    assert_int_equal(tcb->state, TCB_READY);
    FAILS(seL4_IllegalOperation, s.tcb, LABEL_TCB_Configure, 0, s.cnode, s.space);
    FAILS(seL4_IllegalOperation, s.tcb, LABEL_TCB_SetAffinity, 0);
    FAILS(seL4_IllegalOperation, s.tcb, LABEL_TCB_ReadRegisters, 0);
    FAILS(seL4_IllegalOperation, s.tcb, LABEL_TCB_WriteRegisters, 0x100, 1);
    OK(s.tcb, LABEL_TCB_Resume, 0);
    OK(s.tcb, LABEL_TCB_Suspend, 0);
    assert_int_equal(tcb->state, TCB_INACTIVE);
}

static void revocation_reaches_the_thread(void **state)
{
    struct server s = make_server();
    struct tcb *tcb = thread(s.tcb);

    (void)state;
    OK(s.tcb, LABEL_TCB_Configure, s.fault, s.cnode, s.space);
    OK(s.tcb, LABEL_TCB_Resume, 0);
    OK(CNODE, LABEL_CNode_Revoke, s.fault);
    assert_true(slot_is_empty(&tcb->slots[TCB_FAULT]));
    OK(CNODE, LABEL_CNode_Revoke, s.cnode);
    assert_int_equal(tcb->cspace.count, 0);
    assert_int_equal(tcb->state, TCB_READY);
    FAILS(seL4_RevokeFirst, CNODE, LABEL_CNode_Delete, s.space);
    OK(CNODE, LABEL_CNode_Revoke, s.space);
    assert_null(tcb->vspace);
    assert_int_equal(tcb->state, TCB_INACTIVE);
    OK(CNODE, LABEL_CNode_Delete, s.space);
}

static void a_thread_ends_with_its_slots(void **state)
{
    struct server s = make_server();
    seL4_CPtr n = world_make(seL4_NotificationObject, 0);

    (void)state;
    OK(s.tcb, LABEL_TCB_Configure, s.fault, s.cnode, s.space);
    OK(s.tcb, LABEL_TCB_BindNotification, n);
    OK(CNODE, LABEL_CNode_Delete, s.tcb);
    assert_int_equal(world.steps, 5);
    assert_int_equal(host.destroyed[HOST_TCB], 1);
    assert_false(slot_has_children(world_slot(s.fault)));
    assert_false(slot_has_children(world_slot(s.cnode)));
    assert_false(slot_has_children(world_slot(s.space)));
    assert_null(notification_of(world_slot(n)->cap)->bound);
}

static void registers(void **state)
{
    seL4_CPtr tcb = world_make(seL4_TCBObject, 0);
    uint64_t last = seL4_UserContextWords - 1;

    (void)state;
    FAILS(seL4_RangeError, tcb, LABEL_TCB_WriteRegisters, 0, 1);
    FAILS(seL4_RangeError, tcb, LABEL_TCB_WriteRegisters, 4 << 8, 1);
    FAILS(seL4_RangeError, tcb, LABEL_TCB_WriteRegisters, last | 2 << 8, 1);
    FAILS(seL4_RangeError, tcb, LABEL_TCB_WriteRegisters, UINT64_MAX, 1);
    OK(tcb, LABEL_TCB_WriteRegisters, 3 << 8, 0x1000, 0x2000, 0x3000);
    OK(tcb, LABEL_TCB_WriteRegisters, last | 1 << 8, 99);
    FAILS(seL4_RangeError, tcb, LABEL_TCB_ReadRegisters, last + 1);
    FAILS(seL4_RangeError, tcb, LABEL_TCB_ReadRegisters, UINT64_MAX - 2);
    OK(tcb, LABEL_TCB_ReadRegisters, 0);
    assert_int_equal(world.results[0], 0x1000);
    assert_int_equal(world.results[2], 0x3000);
    OK(tcb, LABEL_TCB_ReadRegisters, last);
    assert_int_equal(world.results[0], 99);
    assert_int_equal(world.results[1] | world.results[3], 0);
}

static void priority_and_affinity(void **state)
{
    seL4_CPtr tcb = world_make(seL4_TCBObject, 0);

    (void)state;
    FAILS(seL4_RangeError, tcb, LABEL_TCB_SetPriority, TCB_PRIORITIES);
    FAILS(seL4_RangeError, tcb, LABEL_TCB_SetPriority, UINT64_C(1) << 32);
    OK(tcb, LABEL_TCB_SetPriority, TCB_PRIORITIES - 1);
    assert_int_equal(thread(tcb)->priority, TCB_PRIORITIES - 1);
    FAILS(seL4_RangeError, tcb, LABEL_TCB_SetAffinity, HOST_CPUS);
    OK(tcb, LABEL_TCB_SetAffinity, HOST_CPUS - 1);
}

static void binding(void **state)
{
    seL4_CPtr a = world_make(seL4_TCBObject, 0), b = world_make(seL4_TCBObject, 0);
    seL4_CPtr n = world_make(seL4_NotificationObject, 0), weak = world_free_slot();
    struct notification *notification = notification_of(world_slot(n)->cap);

    (void)state;
    OK(CNODE, LABEL_CNode_Copy, weak, seL4_Slot(CNODE, n), seL4_CanWrite);
    FAILS(seL4_InvalidCapability, a, LABEL_TCB_BindNotification, b);
    FAILS(seL4_InvalidCapability, a, LABEL_TCB_BindNotification, weak);
    OK(a, LABEL_TCB_BindNotification, n);
    assert_ptr_equal(notification->bound, thread(a));
    FAILS(seL4_DeleteFirst, a, LABEL_TCB_BindNotification, n);
    FAILS(seL4_IllegalOperation, b, LABEL_TCB_BindNotification, n);
    OK(a, LABEL_TCB_UnbindNotification, 0);
    assert_null(notification->bound);
    OK(a, LABEL_TCB_UnbindNotification, 0);
    OK(b, LABEL_TCB_BindNotification, n);
    OK(CNODE, LABEL_CNode_Revoke, n);
    assert_null(thread(b)->bound);
}

static void drain_and_abort(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), reply = world_make(seL4_ReplyObject, 0);
    seL4_CPtr send_only = world_free_slot();

    (void)state;
    OK(CNODE, LABEL_CNode_Copy, send_only, seL4_Slot(CNODE, ep), seL4_CanWrite);
    FAILS(seL4_InvalidCapability, CNODE, LABEL_CNode_Drain, send_only);
    OK(CNODE, LABEL_CNode_Drain, ep);
    OK(reply, LABEL_Reply_Abort, 0);
    assert_int_equal(host.drained, 1);
    assert_int_equal(host.aborted, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(configure_holds_copies, world_start),
        cmocka_unit_test_setup(revocation_reaches_the_thread, world_start),
        cmocka_unit_test_setup(a_thread_ends_with_its_slots, world_start),
        cmocka_unit_test_setup(registers, world_start),
        cmocka_unit_test_setup(priority_and_affinity, world_start),
        cmocka_unit_test_setup(binding, world_start),
        cmocka_unit_test_setup(drain_and_abort, world_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
