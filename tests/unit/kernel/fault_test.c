/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults: a message with the right words, and what each answer to it does. */
#include "actors.h"

#include "fault.h"

static struct actor victim, handler;
static seL4_CPtr endpoint;

static int start(void **state)
{
    actors_start(state);
    endpoint = world_make(seL4_EndpointObject, 0);
    handler = actor_make();
    victim = actor_in_space(seL4_CapInitThreadVSpace, actor_badged(endpoint, seL4_CanWrite, 66));
    return 0;
}

static void fault(struct cpu *cpu, const void *argument)
{
    const uint64_t words[4] = {0x401000, 0xbad, 1, 0x15};

    (void)argument;
    cpu_current(cpu)->frame.whole = 1;
    fault_raise(cpu, seL4_Fault_VMFault, words);
}

static struct tcb *raise(void)
{
    struct tcb *next = processor_enter(0, fault, NULL);

    actors_check();
    return next;
}

/* The victim has faulted with these registers, and the handler has the message. */
static void handled(void)
{
    actor_start(&handler, 9, 0);
    actor_recv(&handler, endpoint);
    actor_start(&victim, 5, 0);
    victim.tcb->frame.rdi = 123;
    victim.tcb->frame.mr[3] = 456;
    assert_ptr_equal(raise(), handler.tcb);
    assert_int_equal(victim.tcb->state, TCB_AWAITING);
}

static void check_untouched(void)
{
    assert_int_equal(victim.tcb->frame.rdi, 123);
    assert_int_equal(victim.tcb->frame.mr[3], 456);
}

static void the_message(void **state)
{
    struct message m;

    (void)state;
    handled();
    m = actor_message(&handler);
    assert_int_equal(m.cptr, 66);
    assert_int_equal(m.info, INFO(seL4_Fault_VMFault, 4));
    assert_int_equal(m.mr[0], 0x401000);
    assert_int_equal(m.mr[1], 0xbad);
    assert_int_equal(m.mr[2], 1);
    assert_int_equal(m.mr[3], 0x15);
    check_untouched();
}

static void label_0_lets_it_go_on(void **state)
{
    (void)state;
    handled();
    actor_answer(&handler, endpoint, 0);
    assert_int_equal(victim.tcb->state, TCB_RUNNING);
    check_untouched();
}

static void any_other_label_stops_it(void **state)
{
    (void)state;
    handled();
    actor_send(&handler, handler.reply, 1);
    assert_int_equal(victim.tcb->state, TCB_INACTIVE);
    check_untouched();
    OK(victim.cptr, LABEL_TCB_Resume, 0);
    actor_recv(&handler, endpoint);
    assert_int_equal(victim.tcb->state, TCB_RUNNING);
}

/* Nobody answers: it stays, with its registers. */
static void the_handler_goes(void **state)
{
    (void)state;
    handled();
    OK(handler.reply, LABEL_Reply_Abort, 0);
    assert_int_equal(victim.tcb->state, TCB_INACTIVE);
    check_untouched();
}

static void the_handler_is_suspended_meanwhile(void **state)
{
    (void)state;
    handled();
    OK(victim.cptr, LABEL_TCB_Suspend, 0);
    assert_int_equal(victim.tcb->state, TCB_INACTIVE);
    check_untouched();
    actor_answer(&handler, endpoint, 0);
    assert_int_equal(victim.tcb->state, TCB_INACTIVE);
}

static void faults_queue_like_calls(void **state)
{
    (void)state;
    actor_start(&victim, 5, 0);
    assert_null(raise());
    assert_int_equal(victim.tcb->state, TCB_CALLING);
    actor_start(&handler, 9, 0);
    actor_recv(&handler, endpoint);
    assert_result(&handler, seL4_Fault_VMFault, 66);
    assert_int_equal(victim.tcb->state, TCB_AWAITING);
    actor_send(&handler, handler.reply, 0);
    actor_recv(&handler, endpoint);
    assert_int_equal(victim.tcb->state, TCB_RUNNING);
    raise();
    OK(handler.cptr, LABEL_TCB_Suspend, 0);
}

static void a_drained_fault_stops(void **state)
{
    (void)state;
    actor_start(&victim, 5, 0);
    raise();
    OK(CNODE, LABEL_CNode_Drain, endpoint);
    assert_int_equal(victim.tcb->state, TCB_INACTIVE);
}

static void without_a_handler(void **state)
{
    struct actor alone = actor_make();

    (void)state;
    actor_start(&alone, 5, 0);
    assert_null(raise());
    assert_int_equal(alone.tcb->state, TCB_INACTIVE);
    actor_start(&victim, 5, 0);
    OK(CNODE, LABEL_CNode_Revoke, endpoint); /* the thread's copy goes with it */
    assert_null(raise());
    assert_int_equal(victim.tcb->state, TCB_INACTIVE);
    FAILS(seL4_InvalidCapability, victim.cptr, LABEL_TCB_Configure,
          actor_badged(endpoint, seL4_CanRead, 1), CNODE, seL4_CapInitThreadVSpace);
}

static void unknown_system_calls(void **state)
{
    struct message m;

    (void)state;
    actor_start(&handler, 9, 0);
    actor_recv(&handler, endpoint);
    actor_start(&victim, 5, 0);
    assert_ptr_equal(actor_call(&victim, -9, &(struct message){0}), handler.tcb);
    m = actor_message(&handler);
    assert_int_equal(m.info, INFO(seL4_Fault_UnknownSyscall, 4));
    assert_int_equal(m.mr[3], (uint64_t)-9);
    actor_answer(&handler, endpoint, 0);
    assert_ptr_equal(actor_call(&victim, 0, &(struct message){0}), handler.tcb);
    assert_int_equal(actor_message(&handler).mr[3], 0);
    actor_answer(&handler, endpoint, 0);
    assert_ptr_equal(actor_call(&victim, INT32_MIN, &(struct message){0}), handler.tcb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_message, start),
        cmocka_unit_test_setup(label_0_lets_it_go_on, start),
        cmocka_unit_test_setup(any_other_label_stops_it, start),
        cmocka_unit_test_setup(the_handler_goes, start),
        cmocka_unit_test_setup(the_handler_is_suspended_meanwhile, start),
        cmocka_unit_test_setup(faults_queue_like_calls, start),
        cmocka_unit_test_setup(a_drained_fault_stops, start),
        cmocka_unit_test_setup(without_a_handler, start),
        cmocka_unit_test_setup(unknown_system_calls, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
