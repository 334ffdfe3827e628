/* SPDX-License-Identifier: BSD-2-Clause */
/* Endpoints: the word and the queue, each change of one into another. */
#include "actors.h"

static seL4_CPtr cptr;
static struct endpoint *endpoint;
static struct actor a, b, c;

static int start(void **state)
{
    actors_start(state);
    cptr = world_make(seL4_EndpointObject, 0);
    endpoint = endpoint_in(cptr);
    a = actor_make();
    b = actor_make();
    c = actor_make();
    return 0;
}

static void push(const struct actor *who, bool receiver)
{
    endpoint_lock(endpoint);
    assert_int_equal(endpoint->word, ENDPOINT_LOCKED);
    endpoint_push(endpoint, who->tcb, receiver);
    endpoint_unlock(endpoint);
}

static struct tcb *pop(bool receiver)
{
    struct tcb *tcb;

    endpoint_lock(endpoint);
    tcb = endpoint_pop(endpoint, receiver);
    endpoint_unlock(endpoint);
    return tcb;
}

static void the_word_says_who_is_there(void **state)
{
    (void)state;
    assert_int_equal(endpoint->word, ENDPOINT_IDLE);
    push(&a, true);
    assert_int_equal(endpoint->word, (uint64_t)a.tcb | ENDPOINT_RECEIVER);
    assert_null(endpoint->first);
    push(&b, true);
    assert_int_equal(endpoint->word, ENDPOINT_QUEUE);
    assert_null(pop(false));
    assert_ptr_equal(pop(true), a.tcb);
    assert_int_equal(endpoint->word, (uint64_t)b.tcb | ENDPOINT_RECEIVER);
    assert_ptr_equal(pop(true), b.tcb);
    assert_int_equal(endpoint->word, ENDPOINT_IDLE);
    push(&a, false); /* one caller is a queue: the fast path serves receivers only */
    assert_int_equal(endpoint->word, ENDPOINT_QUEUE);
    assert_null(pop(true));
    assert_ptr_equal(pop(false), a.tcb);
    assert_int_equal(endpoint->word, ENDPOINT_IDLE);
    assert_null(pop(false));
}

static void the_queue_is_in_order(void **state)
{
    (void)state;
    push(&a, false);
    push(&b, false);
    push(&c, false);
    assert_ptr_equal(pop(false), a.tcb);
    push(&a, false);
    assert_ptr_equal(pop(false), b.tcb);
    assert_ptr_equal(pop(false), c.tcb);
    assert_ptr_equal(pop(false), a.tcb);
    assert_null(a.tcb->next);
    assert_null(a.tcb->previous);
}

static void removing(void **state)
{
    (void)state;
    assert_false(endpoint_remove(endpoint, a.tcb));
    push(&a, true);
    assert_false(endpoint_remove(endpoint, b.tcb));
    assert_int_equal(endpoint->word, (uint64_t)a.tcb | ENDPOINT_RECEIVER);
    assert_true(endpoint_remove(endpoint, a.tcb));
    assert_int_equal(endpoint->word, ENDPOINT_IDLE);
    push(&a, false);
    push(&b, false);
    push(&c, false);
    assert_true(endpoint_remove(endpoint, b.tcb));
    assert_false(endpoint_remove(endpoint, b.tcb));
    assert_true(endpoint_remove(endpoint, c.tcb));
    assert_ptr_equal(pop(false), a.tcb);
    assert_null(pop(false));
}

static void never_both_kinds(void **state)
{
    jmp_buf end;

    (void)state;
    host.on_end = &end;
    push(&a, true);
    if (setjmp(end) == 0) {
        push(&b, false);
        fail_msg("a caller was queued behind a receiver");
    }
    assert_int_equal(host.reason, END_INVARIANT);
}

/* Callers are told that the server went away; receivers stay. */
static void draining(void **state)
{
    (void)state;
    actor_start(&a, 5, 0);
    actor_ask(&a, cptr, 1);
    actor_start(&b, 5, 0);
    actor_ask(&b, cptr, 1);
    assert_int_equal(a.tcb->state, TCB_CALLING);
    OK(CNODE, LABEL_CNode_Drain, cptr);
    actors_check();
    assert_int_equal(endpoint->word, ENDPOINT_IDLE);
    assert_int_equal(a.tcb->state, TCB_READY);
    assert_int_equal(b.tcb->state, TCB_READY);
    assert_result(&a, KERNEL(svsm_PeerRestarted), 0);
    processor_interrupt(0);
    actor_recv(&a, cptr);
    OK(CNODE, LABEL_CNode_Drain, cptr);
    assert_int_equal(a.tcb->state, TCB_RECEIVING);
    FAILS(seL4_InvalidCapability, CNODE, LABEL_CNode_Drain, a.reply);
    FAILS(seL4_RangeError, CNODE, LABEL_CNode_Drain, UINT32_MAX);
}

static void the_end_of_an_endpoint(void **state)
{
    (void)state;
    actor_start(&a, 5, 0);
    actor_recv(&a, cptr);
    actor_start(&b, 5, 0);
    actor_recv(&b, cptr);
    assert_int_equal(endpoint->word, ENDPOINT_QUEUE);
    OK(CNODE, LABEL_CNode_Delete, cptr);
    actors_check();
    assert_int_equal(a.tcb->state, TCB_READY);
    assert_result(&a, KERNEL(seL4_InvalidCapability), 0);
    assert_result(&b, KERNEL(seL4_InvalidCapability), 0);
    assert_int_equal(reply_in(a.reply)->word, REPLY_FREE);
    processor_interrupt(0);
    cptr = world_make(seL4_EndpointObject, 0);
    actor_ask(&a, cptr, 1);
    actor_ask(&b, cptr, 1);
    OK(CNODE, LABEL_CNode_Delete, cptr);
    actors_check();
    assert_result(&a, KERNEL(svsm_PeerRestarted), 0);
    assert_result(&b, KERNEL(svsm_PeerRestarted), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_word_says_who_is_there, start),
        cmocka_unit_test_setup(the_queue_is_in_order, start),
        cmocka_unit_test_setup(removing, start),
        cmocka_unit_test_setup(never_both_kinds, start),
        cmocka_unit_test_setup(draining, start),
        cmocka_unit_test_setup(the_end_of_an_endpoint, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
