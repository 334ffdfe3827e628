/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of threads when what they wait in, or live in, is taken away or drained. */
#include "tests.h"

static struct thread caller, receiver, waiter, spinner;
static seL4_CPtr pool, next; /* an untyped of the test's own, and slots for what is made of it */

static seL4_CPtr make(seL4_ObjectType type)
{
    next = new_slot();
    expect_equal(seL4_Untyped_Retype(pool, seL4_What(type, 0), here(next), 1), seL4_NoError,
                 "an object of the pool");
    return next;
}

static void revoke_pool(void)
{
    expect_equal(seL4_CNode_Revoke(seL4_CapInitThreadCNode, pool), seL4_NoError, "revoke");
}

static seL4_CPtr endpoint, notification;

static void call_it(struct thread *self)
{
    seL4_Word mr[seL4_MsgMaxLength] = {0};

    self->result = seL4_MessageInfo_get_label(
        seL4_CallWithMRs(endpoint, seL4_MessageInfo_new(1, 0, 0, 0), mr));
}

static void receive_it(struct thread *self)
{
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_Word badge;

    self->result = seL4_MessageInfo_get_label(
        seL4_RecvWithMRs(endpoint, &badge, mr, (seL4_CPtr)self->argument));
}

static void wait_it(struct thread *self)
{
    self->result = seL4_Wait(notification);
}

static void start(struct thread *thread, void (*run)(struct thread *))
{
    thread_make(thread, run, 0);
    thread->result = 99;
    thread_start(thread, ABOVE_ROOT, 0, 0);
    seL4_Yield();
}

static void test_revoked_endpoint(void)
{
    endpoint = make(seL4_EndpointObject);
    start(&caller, call_it);
    revoke_pool();
    thread_join(&caller);
    expect_equal(caller.result, kernel_label(svsm_PeerRestarted), "a caller of what was revoked");
    endpoint = make(seL4_EndpointObject);
    receiver.argument = new_object(seL4_ReplyObject, 0);
    start(&receiver, receive_it);
    revoke_pool();
    thread_join(&receiver);
    expect_equal(receiver.result, kernel_label(seL4_InvalidCapability), "a receiver likewise");
}

static void test_revoked_reply(void)
{
    endpoint = new_object(seL4_EndpointObject, 0);
    receiver.argument = make(seL4_ReplyObject);
    start(&receiver, receive_it);
    revoke_pool();
    thread_join(&receiver);
    expect_equal(receiver.result, kernel_label(seL4_InvalidCapability), "an armed reply object");
    receiver.argument = make(seL4_ReplyObject);
    start(&receiver, receive_it);
    start(&caller, call_it);
    thread_join(&receiver);
    revoke_pool();
    thread_join(&caller);
    expect_equal(caller.result, kernel_label(svsm_PeerRestarted), "a reply object with a caller");
}

static void test_drain_and_abort(void)
{
    seL4_CPtr reply = new_object(seL4_ReplyObject, 0);

    endpoint = new_object(seL4_EndpointObject, 0);
    start(&caller, call_it);
    expect_equal(seL4_CNode_Drain(seL4_CapInitThreadCNode, endpoint), seL4_NoError, "drain");
    thread_join(&caller);
    expect_equal(caller.result, kernel_label(svsm_PeerRestarted), "a drained caller");
    receiver.argument = reply;
    start(&receiver, receive_it);
    start(&caller, call_it);
    thread_join(&receiver);
    expect_equal(seL4_Reply_Abort(reply), seL4_NoError, "abort");
    thread_join(&caller);
    expect_equal(caller.result, kernel_label(svsm_PeerRestarted), "an aborted caller");
}

static void test_suspended_everywhere(void)
{
    notification = new_object(seL4_NotificationObject, 0);
    start(&waiter, wait_it);
    start(&caller, call_it);
    expect_equal(seL4_TCB_Suspend(waiter.tcb), seL4_NoError, "suspend a waiter");
    expect_equal(seL4_TCB_Suspend(caller.tcb), seL4_NoError, "suspend a caller in a queue");
    seL4_TCB_Resume(waiter.tcb);
    seL4_TCB_Resume(caller.tcb);
    thread_join(&waiter);
    thread_join(&caller);
    expect_equal(caller.result, kernel_label(svsm_PeerRestarted), "an interrupted call");
    receiver.argument = new_object(seL4_ReplyObject, 0);
    start(&receiver, receive_it);
    expect_equal(seL4_TCB_Suspend(receiver.tcb), seL4_NoError, "suspend a receiver");
    start(&caller, call_it); /* finds nobody now */
    expect_equal(seL4_TCB_Suspend(caller.tcb), seL4_NoError, "suspend it again");
}

static void spin(struct thread *self)
{
    for (;;) {
        __atomic_add_fetch(&self->result, 1, __ATOMIC_RELAXED);
        __asm__ volatile("pause");
    }
}

static void test_deleted_thread(void)
{
    spinner.tcb = make(seL4_TCBObject);
    spinner.run = spin;
    spinner.space = seL4_CapInitThreadVSpace;
    spinner.result = 0;
    thread_start(&spinner, ROOT_PRIORITY, boot_info->numNodes - 1, 0);
    while (__atomic_load_n(&spinner.result, __ATOMIC_RELAXED) == 0) {
        rest();
    }
    revoke_pool();
    spinner.result = 0;
    seL4_Yield();
    expect_equal(spinner.result, 0, "a deleted thread does not run");
}

/* The space goes while the thread in it runs, on another processor if there is one. */
static void test_deleted_space(void)
{
    seL4_CPtr space = new_space();

    thread_make(&spinner, spin, space);
    spinner.result = 0;
    thread_start(&spinner, ROOT_PRIORITY, boot_info->numNodes - 1, 0);
    while (__atomic_load_n(&spinner.result, __ATOMIC_RELAXED) == 0) {
        rest();
    }
    expect_equal(seL4_CNode_Revoke(seL4_CapInitThreadCNode, space), seL4_NoError, "revoke a space");
    expect_equal(seL4_CNode_Delete(seL4_CapInitThreadCNode, space), seL4_NoError, "delete a space");
    expect_equal(seL4_TCB_Resume(spinner.tcb), seL4_IllegalOperation, "a thread without a space");
}

/* A thread that deletes itself is left without capabilities, at the latest with its CNode's. */
static void delete_self(struct thread *self)
{
    self->result = seL4_CNode_Delete(seL4_CapInitThreadCNode, self->tcb);
    self->result = seL4_CNode_Delete(seL4_CapInitThreadCNode, self->tcb);
    __asm__ volatile("ud2");
}

static void test_self_deletion(void)
{
    thread_make(&caller, delete_self, 0);
    caller.result = seL4_InvalidCapability;
    thread_start(&caller, ABOVE_ROOT, 0, 0);
    seL4_Yield();
    expect_equal(caller.result, seL4_InvalidCapability, "a thread that deleted itself");
    expect_equal(seL4_CNode_Delete(seL4_CapInitThreadCNode, caller.tcb), seL4_NoError,
                 "and what it left");
}

void test_ends(void)
{
    test_self_deletion();
    pool = new_object(seL4_UntypedObject, 16);
    test_revoked_endpoint();
    test_revoked_reply();
    test_drain_and_abort();
    test_suspended_everywhere();
    if ((boot_info->features & SVSM_FEATURE_TIMER) != 0) { /* else nothing ends a busy loop */
        test_deleted_thread();
        test_deleted_space();
    }
}
