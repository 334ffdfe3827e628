/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications: bits, the one waiter, the bound thread, and that no signal is lost. */
#include "actors.h"

static struct actor waiter, other;
static struct notification *bell;
static seL4_CPtr cptr, one, two, endpoint;

static int start(void **state)
{
    actors_start(state);
    cptr = world_make(seL4_NotificationObject, 0);
    endpoint = world_make(seL4_EndpointObject, 0);
    one = actor_badged(cptr, seL4_ReadWrite, 1);
    two = actor_badged(cptr, seL4_CanWrite, 2);
    bell = notification_in(cptr);
    waiter = actor_make();
    other = actor_make();
    actor_start(&other, 5, 0);
    return 0;
}

static struct tcb *on(const struct actor *a, seL4_Syscall_ID number, seL4_CPtr capability)
{
    return actor_call(a, number, &(struct message){.cptr = capability, .mr = {9, 9, 9, 9}});
}

static void waits(void)
{
    actor_start(&waiter, 9, 0);
    on(&waiter, seL4_SysWait, cptr);
    assert_int_equal(waiter.tcb->state, TCB_WAITING);
    assert_ptr_equal(bell->waiter, waiter.tcb);
}

static void bits_collect(void **state)
{
    (void)state;
    on(&other, seL4_SysSignal, one);
    assert_int_equal(other.tcb->frame.rsi, 0);
    on(&other, seL4_SysSignal, two);
    on(&other, seL4_SysSignal, one);
    assert_int_equal(bell->bits, 3);
    on(&other, seL4_SysPoll, cptr);
    assert_result(&other, 0, 3);
    assert_int_equal(other.tcb->frame.mr[0], 0);
    assert_int_equal(other.tcb->frame.mr[3], 0);
    on(&other, seL4_SysPoll, cptr);
    assert_result(&other, 0, 0);
    on(&other, seL4_SysSignal, cptr);
    assert_int_equal(bell->bits, NOTIFICATION_UNBADGED);
    on(&other, seL4_SysWait, cptr); /* need not wait */
    assert_result(&other, 0, NOTIFICATION_UNBADGED);
}

static void a_signal_wakes_the_waiter(void **state)
{
    (void)state;
    waits();
    assert_ptr_equal(on(&other, seL4_SysSignal, two), waiter.tcb);
    assert_result(&waiter, 0, 2);
    assert_int_equal(waiter.tcb->frame.mr[1], 0);
    assert_int_equal(bell->bits, 0);
    assert_null(bell->waiter);
    assert_int_equal(other.tcb->state, TCB_READY);
}

static void one_waiter_at_most(void **state)
{
    (void)state;
    waits();
    on(&other, seL4_SysWait, cptr);
    assert_int_equal(other.tcb->state, TCB_RUNNING);
    assert_result(&other, KERNEL(seL4_IllegalOperation), 0);
}

static void wrong_capabilities(void **state)
{
    static const seL4_Syscall_ID all[] = {seL4_SysSignal, seL4_SysPoll, seL4_SysWait};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        on(&other, all[i], endpoint);
        assert_result(&other, KERNEL(seL4_InvalidCapability), 0);
        on(&other, all[i], 0);
        assert_result(&other, KERNEL(seL4_InvalidCapability), 0);
        on(&other, all[i], UINT64_MAX);
        assert_result(&other, KERNEL(seL4_InvalidCapability), 0);
        on(&other, all[i], actor_badged(cptr, i == 0 ? seL4_CanRead : seL4_CanWrite, 1));
        assert_result(&other, KERNEL(seL4_InvalidCapability), 0);
        assert_int_equal(other.tcb->frame.mr[2], 0);
    }
    assert_int_equal(bell->bits, 0);
}

/* The bits go between the look for somebody to wake and the waking: it is told 0. */
static void bits_that_somebody_else_took(void **state)
{
    (void)state;
    waits();
    notification_wake(bell);
    assert_int_equal(waiter.tcb->state, TCB_READY);
    assert_result(&waiter, 0, 0);
}

static void bound_threads(void **state)
{
    (void)state;
    OK(waiter.cptr, LABEL_TCB_BindNotification, cptr);
    FAILS(seL4_DeleteFirst, waiter.cptr, LABEL_TCB_BindNotification, cptr);
    FAILS(seL4_IllegalOperation, other.cptr, LABEL_TCB_BindNotification, cptr);
    FAILS(seL4_InvalidCapability, other.cptr, LABEL_TCB_BindNotification, endpoint);
    actor_start(&waiter, 9, 0);
    actor_recv(&waiter, endpoint);
    assert_ptr_equal(on(&other, seL4_SysSignal, two), waiter.tcb);
    assert_result(&waiter, 0, 2);
    assert_int_equal(endpoint_in(endpoint)->word, ENDPOINT_IDLE);
    assert_int_equal(reply_in(waiter.reply)->word, REPLY_FREE);
    notification_signal(bell, 4); /* while it does not receive */
    assert_int_equal(bell->bits, 4);
    actor_recv(&waiter, endpoint);
    assert_int_equal(waiter.tcb->state, TCB_RUNNING);
    assert_result(&waiter, 0, 4);
    OK(waiter.cptr, LABEL_TCB_UnbindNotification, 0);
    assert_ptr_equal(waiter.tcb->bound, &notification_none);
    notification_signal(bell, 1);
    actor_recv(&waiter, endpoint);
    assert_int_equal(waiter.tcb->state, TCB_RECEIVING);
}

/* A bound thread that calls does not hear: its answer comes first. */
static void bound_while_it_calls(void **state)
{
    (void)state;
    OK(waiter.cptr, LABEL_TCB_BindNotification, cptr);
    actor_start(&waiter, 9, 0);
    actor_ask(&waiter, endpoint, 1);
    on(&other, seL4_SysSignal, one);
    assert_int_equal(waiter.tcb->state, TCB_CALLING);
    assert_int_equal(bell->bits, 1);
}

static void the_end_of_a_notification(void **state)
{
    (void)state;
    waits();
    OK(CNODE, LABEL_CNode_Revoke, cptr);
    OK(CNODE, LABEL_CNode_Delete, cptr);
    assert_int_equal(waiter.tcb->state, TCB_READY);
    assert_result(&waiter, KERNEL(seL4_InvalidCapability), 0);
    actors_check();
}

static void the_end_of_one_that_is_bound(void **state)
{
    (void)state;
    OK(waiter.cptr, LABEL_TCB_BindNotification, cptr);
    OK(CNODE, LABEL_CNode_Revoke, cptr);
    assert_ptr_equal(waiter.tcb->bound, &notification_none);
    assert_null(bell->bound);
    OK(CNODE, LABEL_CNode_Delete, cptr);
}

static void a_waiter_is_suspended(void **state)
{
    (void)state;
    waits();
    OK(waiter.cptr, LABEL_TCB_Suspend, 0);
    assert_null(bell->waiter);
    assert_result(&waiter, KERNEL(svsm_PeerRestarted), 0);
    on(&other, seL4_SysSignal, one);
    assert_int_equal(bell->bits, 1);
    assert_int_equal(waiter.tcb->state, TCB_INACTIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bits_collect, start),
        cmocka_unit_test_setup(a_signal_wakes_the_waiter, start),
        cmocka_unit_test_setup(one_waiter_at_most, start),
        cmocka_unit_test_setup(wrong_capabilities, start),
        cmocka_unit_test_setup(bits_that_somebody_else_took, start),
        cmocka_unit_test_setup(bound_threads, start),
        cmocka_unit_test_setup(bound_while_it_calls, start),
        cmocka_unit_test_setup(the_end_of_a_notification, start),
        cmocka_unit_test_setup(the_end_of_one_that_is_bound, start),
        cmocka_unit_test_setup(a_waiter_is_suspended, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
