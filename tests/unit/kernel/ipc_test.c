/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages: the fast path, each reason to leave it, and each way the slow path ends. */
#include "actors.h"

#include "fault.h"

static struct actor server, client;
static seL4_CPtr endpoint, badged;

static int start(void **state)
{
    actors_start(state);
    endpoint = world_make(seL4_EndpointObject, 0);
    badged = actor_badged(endpoint, seL4_CanWrite, 77);
    server = actor_make();
    client = actor_make();
    return 0;
}

/* The server waits, the client runs. */
static void waiting(void)
{
    actor_start(&server, 5, 0);
    actor_recv(&server, endpoint);
    actor_start(&client, 5, 0);
}

static void check_words(const struct actor *a, uint64_t first)
{
    struct message m = actor_message(a);

    for (unsigned i = 0; i < seL4_MsgMaxLength; i++) {
        assert_int_equal(m.mr[i], first + i);
    }
}

static void there_and_back(void **state)
{
    (void)state;
    waiting();
    for (unsigned i = 0; i < 5; i++) {
        assert_ptr_equal(actor_ask(&client, badged, 3 + i), server.tcb);
        assert_result(&server, 3 + i, 77);
        check_words(&server, 1);
        assert_int_equal(client.tcb->state, TCB_AWAITING);
        assert_ptr_equal(actor_answer(&server, endpoint, 9), client.tcb);
        assert_result(&client, 9, badged);
        check_words(&client, 5);
        assert_int_equal(server.tcb->state, TCB_RECEIVING);
    }
}

/* What the fast path cannot know of is done by the slow one to the same end. */
static void both_paths_agree(void **state)
{
    (void)state;
    waiting();
    assert_ptr_equal(actor_ask(&client, badged, KERNEL(3)), server.tcb); /* the bit goes */
    assert_result(&server, 3, 77);
    check_words(&server, 1);
    assert_ptr_equal(actor_answer(&server, endpoint, KERNEL(9)), client.tcb);
    assert_result(&client, 9, 0);
    check_words(&client, 5);
}

static void lengths_and_capabilities_are_cut(void **state)
{
    struct message m = {.cptr = endpoint, .info = UINT64_MAX};

    (void)state;
    waiting();
    actor_call(&client, seL4_SysCall, &m);
    assert_int_equal(actor_message(&server).info, INFO((UINT64_C(1) << 51) - 1, 4));
    actor_call(&server, seL4_SysReplyRecv,
               &(struct message){.cptr = endpoint, .info = 0x67f, .reply = server.reply});
    assert_int_equal(actor_message(&client).info, 4);
}

static void calls_that_are_wrong(void **state)
{
    (void)state;
    waiting();
    actor_ask(&client, 0, 1);
    assert_result(&client, seL4_InvalidCapability, 0);
    actor_ask(&client, UINT64_MAX, 1);
    assert_result(&client, seL4_InvalidCapability, 0);
    actor_ask(&client, actor_badged(endpoint, seL4_CanRead, 1), 1);
    assert_result(&client, seL4_IllegalOperation, 0);
    actor_ask(&client, client.reply, 99);
    assert_result(&client, seL4_IllegalOperation, 0);
    actor_call(&client, seL4_SysCall, &(struct message){.cptr = client.cptr, .info = 5});
    assert_result(&client, KERNEL(seL4_IllegalOperation), 0); /* five words for a method */
    assert_int_equal(server.tcb->state, TCB_RECEIVING);
    actor_ask(&client, client.cptr, LABEL_TCB_Resume); /* a method, by way of the fast path */
    assert_result(&client, seL4_NoError, 0);
}

static void receives_that_are_wrong(void **state)
{
    static const seL4_Syscall_ID both[] = {seL4_SysRecv, seL4_SysReplyRecv};

    (void)state;
    actor_start(&server, 5, 0);
    for (unsigned i = 0; i < 2; i++) {
        const struct message wrong[] = {
            {.cptr = 0, .reply = server.reply},
            {.cptr = UINT64_MAX, .reply = server.reply},
            {.cptr = badged, .reply = server.reply},
            {.cptr = server.reply, .reply = server.reply},
            {.cptr = endpoint, .reply = 0},
            {.cptr = endpoint, .reply = UINT64_MAX},
            {.cptr = endpoint, .reply = endpoint},
            {.cptr = endpoint, .reply = actor_badged(server.reply, seL4_CanRead, 0)},
        };

        for (unsigned k = 0; k < sizeof(wrong) / sizeof(*wrong); k++) {
            actor_call(&server, both[i], &wrong[k]);
            assert_result(&server, KERNEL(seL4_InvalidCapability), 0);
        }
    }
    assert_int_equal(endpoint_in(endpoint)->word, ENDPOINT_IDLE);
    assert_int_equal(reply_in(server.reply)->word, REPLY_FREE);
}

static void callers_queue(void **state)
{
    struct actor third = actor_make();

    (void)state;
    actor_start(&client, 5, 0);
    assert_null(actor_ask(&client, badged, 1));
    assert_int_equal(client.tcb->state, TCB_CALLING);
    actor_start(&third, 5, 0);
    assert_null(actor_ask(&third, endpoint, 2));
    actor_start(&server, 5, 0);
    assert_ptr_equal(actor_recv(&server, endpoint), server.tcb);
    assert_result(&server, 1, 77);
    /* The next caller is there already: it is received in the same call. */
    assert_ptr_equal(actor_answer(&server, endpoint, 4), server.tcb);
    assert_result(&server, 2, 0);
    assert_result(&client, 4, badged);
    assert_int_equal(client.tcb->state, TCB_READY);
    assert_ptr_equal(actor_answer(&server, endpoint, 5), third.tcb); /* at once */
}

/* A server runs where its caller is. */
static void donation(void **state)
{
    struct actor far = actor_make();

    (void)state;
    waiting();
    actor_start(&far, 5, 2);
    assert_ptr_equal(actor_ask(&far, badged, 1), server.tcb);
    assert_ptr_equal(server.tcb->cpu, cpus[2]);
    /* It is at work there: the caller here waits in the queue, and is served there. */
    assert_null(actor_ask(&client, endpoint, 2));
    assert_int_equal(client.tcb->state, TCB_CALLING);
    assert_ptr_equal(actor_answer(&server, endpoint, 9), server.tcb);
    assert_int_equal(far.tcb->state, TCB_READY);
    assert_ptr_equal(client.tcb->reply, reply_in(server.reply));
    assert_ptr_equal(actor_answer(&server, endpoint, 8), far.tcb); /* on CPU 2 */
    assert_int_equal(cpus[0]->attention, ATTEND_INBOX);
    assert_ptr_equal(processor_interrupt(0), client.tcb);
    assert_result(&client, 8, 0);
    assert_int_equal(server.tcb->state, TCB_RECEIVING);
}

/* Somebody better is ready: the server is claimed and waits its turn. */
static void a_claimed_server_that_may_not_run(void **state)
{
    struct actor better = actor_make();

    (void)state;
    waiting();
    actor_start(&better, 7, 0);
    OK(client.cptr, LABEL_TCB_SetPriority, 9);
    actor_run(&client);
    assert_ptr_equal(actor_ask(&client, badged, 1), better.tcb);
    assert_int_equal(server.tcb->state, TCB_READY);
    assert_int_equal(client.tcb->state, TCB_AWAITING);
    assert_result(&server, 1, 77);
    assert_ptr_equal(actor_recv(&better, endpoint), server.tcb);
    check_words(&server, 1);
}

/* The caller is not as good as who is ready: it is answered and waits its turn. */
static void an_answered_caller_that_may_not_run(void **state)
{
    struct actor better = actor_make();

    (void)state;
    waiting();
    actor_ask(&client, badged, 1);
    OK(server.cptr, LABEL_TCB_SetPriority, 9);
    actor_start(&better, 7, 0);
    assert_ptr_equal(actor_answer(&server, endpoint, 3), better.tcb);
    assert_int_equal(client.tcb->state, TCB_READY);
    assert_result(&client, 3, 0);
    assert_int_equal(server.tcb->state, TCB_RECEIVING);
}

/* On the fast path the caller is answered first; then the endpoint or the bell says otherwise. */
static void signals_after_the_answer(void **state)
{
    seL4_CPtr bell = world_make(seL4_NotificationObject, 0);

    (void)state;
    OK(server.cptr, LABEL_TCB_BindNotification, bell);
    waiting();
    actor_ask(&client, badged, 1);
    notification_signal(notification_in(bell), 4);
    actor_answer(&server, endpoint, 3);
    assert_result(&server, 0, 4);
    assert_int_equal(client.tcb->frame.rsi >> SEL4_LABEL_SHIFT, 3);
    assert_int_equal(reply_in(server.reply)->word, REPLY_FREE);
    assert_int_equal(endpoint_in(endpoint)->word, ENDPOINT_IDLE);
    assert_int_equal(server.tcb->state + client.tcb->state, TCB_READY + TCB_RUNNING);
    actor_run(&server);
    notification_signal(notification_in(bell), 2); /* and by way of the slow one */
    actor_answer(&server, endpoint, 3);
    assert_result(&server, 0, 2);
}

static void a_receiver_of_its_own_answer(void **state)
{
    (void)state;
    actor_start(&server, 5, 0);
    actor_answer(&server, endpoint, 1); /* answers nobody: the first time */
    assert_int_equal(server.tcb->state, TCB_RECEIVING);
    actor_start(&client, 5, 0);
    assert_ptr_equal(actor_ask(&client, endpoint, 2), server.tcb);
}

static void two_receivers(void **state)
{
    struct actor second = actor_make();

    (void)state;
    actor_start(&second, 5, 0);
    actor_recv(&second, endpoint);
    waiting();
    assert_int_equal(endpoint_in(endpoint)->word, ENDPOINT_QUEUE);
    assert_ptr_equal(actor_ask(&client, endpoint, 1), second.tcb); /* the first who came */
    assert_int_equal(endpoint_in(endpoint)->word, (uint64_t)server.tcb | ENDPOINT_RECEIVER);
    assert_ptr_equal(actor_answer(&second, endpoint, 1), client.tcb);
    assert_int_equal(endpoint_in(endpoint)->word, ENDPOINT_QUEUE);
}

/* Attention takes a call off the fast path. Whoever wanted the caller stopped finds it waiting. */
static void attention_first(void **state)
{
    (void)state;
    waiting();
    client.tcb->stop = 1;
    cpu_attend(cpus[0], ATTEND_STOP);
    assert_ptr_equal(actor_ask(&client, badged, 1), server.tcb);
    assert_int_equal(cpus[0]->attention, 0);
    assert_int_equal(client.tcb->state, TCB_AWAITING);
    OK(client.cptr, LABEL_TCB_Suspend, 0);
    assert_int_equal(client.tcb->state, TCB_INACTIVE);
    assert_result(&client, KERNEL(svsm_PeerRestarted), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(there_and_back, start),
        cmocka_unit_test_setup(both_paths_agree, start),
        cmocka_unit_test_setup(lengths_and_capabilities_are_cut, start),
        cmocka_unit_test_setup(calls_that_are_wrong, start),
        cmocka_unit_test_setup(receives_that_are_wrong, start),
        cmocka_unit_test_setup(callers_queue, start),
        cmocka_unit_test_setup(donation, start),
        cmocka_unit_test_setup(a_claimed_server_that_may_not_run, start),
        cmocka_unit_test_setup(an_answered_caller_that_may_not_run, start),
        cmocka_unit_test_setup(signals_after_the_answer, start),
        cmocka_unit_test_setup(a_receiver_of_its_own_answer, start),
        cmocka_unit_test_setup(two_receivers, start),
        cmocka_unit_test_setup(attention_first, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
