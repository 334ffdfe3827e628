/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply objects: free, armed, holding a caller; and what each of these ends in. */
#include "actors.h"

static struct actor server, caller;
static struct reply *reply;
static seL4_CPtr cptr;

static int start(void **state)
{
    actors_start(state);
    cptr = world_make(seL4_EndpointObject, 0);
    server = actor_make();
    caller = actor_make();
    reply = reply_in(server.reply);
    return 0;
}

/* The server has received the caller, and runs. */
static void parked(void)
{
    actor_start(&server, 9, 0);
    assert_null(actor_recv(&server, cptr));
    actor_start(&caller, 5, 0);
    assert_ptr_equal(actor_ask(&caller, cptr, 3), server.tcb);
    assert_int_equal(reply->word, (uint64_t)caller.tcb | REPLY_CALLER);
    assert_int_equal(caller.tcb->state, TCB_AWAITING);
}

static void arming(void **state)
{
    (void)state;
    assert_true(reply_arm(reply, server.tcb));
    assert_int_equal(reply->word, (uint64_t)server.tcb | REPLY_ARMED);
    assert_ptr_equal(server.tcb->reply, reply);
    assert_false(reply_arm(reply, caller.tcb));
    assert_null(reply_take(reply));
    assert_false(reply_remove(reply, server.tcb));
    assert_int_equal(reply->word, (uint64_t)server.tcb | REPLY_ARMED);
    reply_disarm(server.tcb);
    assert_int_equal(reply->word, REPLY_FREE);
    assert_null(reply_take(reply));
}

static void taking_a_caller(void **state)
{
    (void)state;
    parked();
    assert_false(reply_arm(reply, server.tcb));
    assert_false(reply_remove(reply, server.tcb));
    assert_true(reply_remove(reply, caller.tcb));
    assert_false(reply_remove(reply, caller.tcb));
    assert_int_equal(reply->word, REPLY_FREE);
}

static void answered_once(void **state)
{
    (void)state;
    parked();
    actor_send(&server, server.reply, 7);
    assert_int_equal(reply->word, REPLY_FREE);
    assert_int_equal(caller.tcb->state, TCB_READY);
    assert_result(&caller, 7, 0);
    assert_result(&server, 0, server.reply);
    actor_send(&server, server.reply, 7);
    assert_result(&server, KERNEL(seL4_IllegalOperation), 0);
    actor_send(&server, cptr, 7);
    assert_result(&server, KERNEL(seL4_InvalidCapability), 0);
    actor_send(&server, actor_badged(server.reply, seL4_CanRead, 0), 7);
    assert_result(&server, KERNEL(seL4_InvalidCapability), 0);
}

/* A server that keeps a caller takes the next one with another object. */
static void keeping_callers(void **state)
{
    struct actor second = actor_make();
    seL4_CPtr other = world_make(seL4_ReplyObject, 0);

    (void)state;
    parked();
    actor_recv(&server, cptr);
    assert_result(&server, KERNEL(seL4_IllegalOperation), 0);
    actor_call(&server, seL4_SysRecv, &(struct message){.cptr = cptr, .reply = other});
    actor_start(&second, 5, 0);
    actor_ask(&second, cptr, 4);
    assert_int_equal(reply_in(other)->word, (uint64_t)second.tcb | REPLY_CALLER);
    actor_send(&server, server.reply, 1);
    actor_send(&server, other, 2);
    assert_result(&caller, 1, 0);
    assert_result(&second, 2, 0);
}

static void aborting(void **state)
{
    (void)state;
    OK(server.reply, LABEL_Reply_Abort, 0);
    parked();
    OK(server.reply, LABEL_Reply_Abort, 0);
    assert_int_equal(reply->word, REPLY_FREE);
    assert_int_equal(caller.tcb->state, TCB_READY);
    assert_result(&caller, KERNEL(svsm_PeerRestarted), 0);
    OK(server.reply, LABEL_Reply_Abort, 0);
    actors_check();
}

static void the_end_of_one_that_is_armed(void **state)
{
    (void)state;
    actor_start(&server, 9, 0);
    actor_recv(&server, cptr);
    OK(CNODE, LABEL_CNode_Delete, server.reply);
    assert_int_equal(server.tcb->state, TCB_READY);
    assert_result(&server, KERNEL(seL4_InvalidCapability), 0);
    assert_int_equal(endpoint_in(cptr)->word, ENDPOINT_IDLE);
}

static void the_end_of_one_with_a_caller(void **state)
{
    (void)state;
    parked();
    OK(CNODE, LABEL_CNode_Delete, server.reply);
    assert_int_equal(caller.tcb->state, TCB_READY);
    assert_result(&caller, KERNEL(svsm_PeerRestarted), 0);
    actor_answer(&server, cptr, 1);
    assert_result(&server, KERNEL(seL4_InvalidCapability), 0);
}

static void a_caller_that_is_suspended_is_gone(void **state)
{
    (void)state;
    parked();
    OK(caller.cptr, LABEL_TCB_Suspend, 0);
    actors_check();
    assert_int_equal(reply->word, REPLY_FREE);
    assert_result(&caller, KERNEL(svsm_PeerRestarted), 0);
    actor_answer(&server, cptr, 1); /* answers nobody, and waits */
    assert_int_equal(server.tcb->state, TCB_RECEIVING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(arming, start),
        cmocka_unit_test_setup(taking_a_caller, start),
        cmocka_unit_test_setup(answered_once, start),
        cmocka_unit_test_setup(keeping_callers, start),
        cmocka_unit_test_setup(aborting, start),
        cmocka_unit_test_setup(the_end_of_one_that_is_armed, start),
        cmocka_unit_test_setup(the_end_of_one_with_a_caller, start),
        cmocka_unit_test_setup(a_caller_that_is_suspended_is_gone, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
