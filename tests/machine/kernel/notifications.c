/* SPDX-License-Identifier: BSD-2-Clause */
/* Signal, Wait, Poll, and notifications bound to a thread that receives. */
#include "tests.h"

static struct thread waiter;
static seL4_CPtr plain, one, two, endpoint;

static void wait_twice(struct thread *self)
{
    self->result = seL4_Wait(plain);
    self->result |= seL4_Wait(plain) << 8;
}

static void test_wait(void)
{
    expect_equal(seL4_Poll(plain), 0, "nothing signalled yet");
    seL4_Signal(one);
    seL4_Signal(two);
    seL4_Signal(one);
    expect_equal(seL4_Poll(plain), 3, "signals collected");
    expect_equal(seL4_Poll(plain), 0, "signals taken");
    seL4_Signal(two);
    expect_equal(seL4_Wait(plain), 2, "a wait that need not wait");
    seL4_Signal(plain);
    expect_equal(seL4_Poll(plain), UINT64_C(1) << 63, "a signal without a badge");
    thread_make(&waiter, wait_twice, new_space());
    thread_start(&waiter, ABOVE_ROOT, 0, 0);
    seL4_Yield();
    seL4_Signal(one);
    seL4_Signal(two);
    thread_join(&waiter);
    expect_equal(waiter.result, 0x201, "what the waiter was told");
}

/* Receives, and says with which badge and label. */
static void receive_once(struct thread *self)
{
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_Word badge;
    seL4_MessageInfo_t info = seL4_RecvWithMRs(endpoint, &badge, mr, self->reply);

    self->result = badge << 8 | seL4_MessageInfo_get_label(info);
}

static void test_bound(void)
{
    endpoint = new_object(seL4_EndpointObject, 0);
    thread_make(&waiter, receive_once, 0);
    expect_equal(seL4_TCB_BindNotification(waiter.tcb, plain), seL4_NoError, "bind");
    expect_equal(seL4_TCB_BindNotification(waiter.tcb, plain), seL4_DeleteFirst, "bind twice");
    thread_start(&waiter, ABOVE_ROOT, 0, 0);
    seL4_Yield();
    seL4_Signal(two);
    thread_join(&waiter);
    expect_equal(waiter.result, 0x200, "a signal ends a Recv");
    seL4_Signal(one); /* now it is there before the Recv */
    thread_make(&waiter, receive_once, 0);
    expect_equal(seL4_TCB_BindNotification(waiter.tcb, plain), seL4_IllegalOperation,
                 "a notification of another thread's");
    expect_equal(seL4_Poll(plain), 1, "still there");
}

static void wait_and_tell(struct thread *self)
{
    self->result = seL4_Wait(plain);
}

static void test_second_waiter(void)
{
    seL4_CPtr unbound = new_object(seL4_NotificationObject, 0);
    static struct thread first;

    plain = unbound;
    thread_make(&first, wait_and_tell, 0);
    thread_make(&waiter, wait_and_tell, 0);
    waiter.result = 99;
    thread_start(&first, ABOVE_ROOT, 0, 0);
    thread_start(&waiter, ABOVE_ROOT, 0, 0);
    thread_join(&waiter);
    expect_equal(waiter.result, 0, "there is one waiter at most");
    seL4_Signal(new_badged(unbound, seL4_CanWrite, 4));
    thread_join(&first);
    expect_equal(first.result, 4, "the first waiter is woken");
}

void test_notifications(void)
{
    plain = new_object(seL4_NotificationObject, 0);
    one = new_badged(plain, seL4_CanWrite, 1);
    two = new_badged(plain, seL4_CanWrite, 2);
    test_wait();
    test_bound();
    test_second_waiter();
}
