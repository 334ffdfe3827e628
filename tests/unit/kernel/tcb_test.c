/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads: start and stop in each state, on this processor and on another; registers; queues. */
#include "actors.h"

static struct actor a, b;
static seL4_CPtr endpoint, bell;

static int start(void **state)
{
    actors_start(state);
    endpoint = world_make(seL4_EndpointObject, 0);
    bell = world_make(seL4_NotificationObject, 0);
    a = actor_make();
    b = actor_make();
    return 0;
}

static int start_with_interrupts(void **state)
{
    processors_have_interrupts = true;
    start(state);
    processors_have_interrupts = false;
    return 0;
}

static void registers_keep_to_what_is_harmless(void **state)
{
    (void)state;
    for (unsigned i = 0; i < seL4_UserContextWords + 8; i++) {
        tcb_write_register(a.tcb, i, UINT64_MAX);
    }
    assert_int_equal(a.tcb->frame.rip, 0);
    assert_int_equal(a.tcb->frame.fs_base, 0);
    assert_int_equal(a.tcb->frame.rflags, UINT64_C(0x40cd5) | 2);
    assert_int_equal(a.tcb->frame.whole, 1);
    assert_int_equal(a.tcb->frame.trap, 0);
    for (unsigned i = 0; i < seL4_UserContextWords - 1; i++) {
        tcb_write_register(a.tcb, i, 0x1000 + i);
        assert_int_equal(tcb_read_register(a.tcb, i),
                         i == SEL4_REGISTER(rflags) ? (((0x1000u + i) & 0x40cd5) | 2) : 0x1000 + i);
    }
    assert_int_equal(tcb_read_register(a.tcb, seL4_UserContextWords - 1), 0);
    assert_int_equal(tcb_read_register(a.tcb, UINT32_MAX), 0);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_WriteRegisters, 0, 1);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_WriteRegisters, 4 << 8, 1);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_WriteRegisters, (seL4_UserContextWords - 1) | 2 << 8);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_WriteRegisters, UINT64_MAX);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_ReadRegisters, seL4_UserContextWords);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_ReadRegisters, UINT64_MAX);
    OK(a.cptr, LABEL_TCB_ReadRegisters, seL4_UserContextWords - 1);
    assert_int_equal(world.results[1], 0);
}

static void affinity(void **state)
{
    (void)state;
    OK(a.cptr, LABEL_TCB_SetAffinity, 1);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_SetAffinity, HOST_CPUS);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_SetAffinity, UINT64_C(1) << 32);
    FAILS(seL4_RangeError, a.cptr, LABEL_TCB_SetAffinity, HOST_CPUS - 1); /* never came up */
    assert_ptr_equal(a.tcb->cpu, cpus[1]);
    OK(a.cptr, LABEL_TCB_Resume, 0);
    assert_ptr_equal(cpus[1]->inbox, a.tcb);
    FAILS(seL4_IllegalOperation, a.cptr, LABEL_TCB_SetAffinity, 0);
    assert_ptr_equal(processor_interrupt(1), a.tcb);
    actors_check();
}

static void priorities(void **state)
{
    (void)state;
    actor_start(&a, 5, 0);
    actor_start(&b, 4, 0);
    assert_int_equal(b.tcb->state, TCB_READY);
    FAILS(seL4_RangeError, b.cptr, LABEL_TCB_SetPriority, TCB_PRIORITIES);
    OK(b.cptr, LABEL_TCB_SetPriority, 6);
    actors_check();
    assert_ptr_equal(processor_interrupt(0), b.tcb);
    OK(b.cptr, LABEL_TCB_SetPriority, 5);
    assert_ptr_equal(actor_call(&b, seL4_SysYield, &(struct message){0}), a.tcb);
    assert_ptr_equal(actor_call(&a, seL4_SysYield, &(struct message){0}), b.tcb);
    OK(a.cptr, LABEL_TCB_SetPriority, 0);
    assert_ptr_equal(actor_call(&b, seL4_SysYield, &(struct message){0}), b.tcb);
    actors_check();
}

/* The inbox keeps the order in which threads were made ready, across processors. */
static void the_inbox_is_in_order(void **state)
{
    struct actor c = actor_make();

    (void)state;
    for (const struct actor *t = &a; t != NULL; t = t == &a ? &b : t == &b ? &c : NULL) {
        OK(t->cptr, LABEL_TCB_SetAffinity, 2);
        OK(t->cptr, LABEL_TCB_Resume, 0);
        actors_check();
    }
    assert_int_equal(cpus[2]->attention, ATTEND_INBOX);
    assert_ptr_equal(processor_interrupt(2), a.tcb);
    assert_ptr_equal(actor_call(&a, seL4_SysYield, &(struct message){0}), b.tcb);
    assert_ptr_equal(actor_call(&b, seL4_SysYield, &(struct message){0}), c.tcb);
}

static void suspended(const struct actor *t)
{
    OK(t->cptr, LABEL_TCB_Suspend, 0);
    actors_check();
    assert_int_equal(t->tcb->state, TCB_INACTIVE);
    assert_int_equal(t->tcb->frame.whole, 1);
    assert_int_equal(t->tcb->stop, 0);
}

static void suspending_in_each_state(void **state)
{
    (void)state;
    suspended(&a);
    actor_start(&b, 9, 0);
    actor_start(&a, 5, 0);
    suspended(&a); /* ready */
    actor_start(&a, 5, 1);
    suspended(&a); /* runs elsewhere */
    assert_ptr_equal(cpu_current(cpus[1]), &cpus[1]->idle);
    actor_start(&a, 5, 1);
    actor_call(&a, seL4_SysWait, &(struct message){.cptr = bell});
    suspended(&a);
    assert_result(&a, KERNEL(svsm_PeerRestarted), 0);
    actor_start(&a, 5, 1);
    actor_recv(&a, endpoint);
    suspended(&a);
    assert_int_equal(reply_in(a.reply)->word, REPLY_FREE);
    actor_start(&a, 5, 1);
    actor_ask(&a, endpoint, 1);
    assert_int_equal(a.tcb->state, TCB_CALLING);
    suspended(&a);
    assert_int_equal(endpoint_in(endpoint)->word, ENDPOINT_IDLE);
    assert_int_equal(a.tcb->frame.rsp, a.tcb->frame.rbx);
}

/* In another processor's queue, behind a thread that runs. */
static void suspending_what_waits_its_turn_elsewhere(void **state)
{
    (void)state;
    actor_start(&a, 9, 1);
    actor_start(&b, 5, 1);
    assert_int_equal(b.tcb->state, TCB_READY);
    OK(b.cptr, LABEL_TCB_SetPriority, 9);
    b.tcb->stop = 1; /* as Suspend on another processor leaves it while it waits */
    assert_ptr_equal(actor_call(&a, seL4_SysYield, &(struct message){0}), a.tcb);
    assert_int_equal(b.tcb->state, TCB_READY); /* queued with its old priority */
    assert_ptr_equal(actor_recv(&a, endpoint), NULL);
    assert_int_equal(b.tcb->state, TCB_INACTIVE);
}

static void a_thread_suspends_itself(void **state)
{
    (void)state;
    actor_start(&a, 5, 0);
    actor_start(&b, 5, 0);
    assert_ptr_equal(actor_ask(&a, a.cptr, LABEL_TCB_Suspend), b.tcb);
    assert_int_equal(a.tcb->state, TCB_INACTIVE);
    assert_result(&a, seL4_NoError, 0);
    assert_ptr_equal(actor_ask(&b, b.cptr, LABEL_TCB_Suspend), NULL);
    OK(a.cptr, LABEL_TCB_Resume, 0);
    assert_ptr_equal(processor_interrupt(0), a.tcb);
}

static void a_thread_loses_its_space(void **state)
{
    seL4_CPtr space = world_make(seL4_VSpaceObject, 0);
    struct actor c = actor_in_space(space, 0);

    (void)state;
    actor_start(&c, 5, 1);
    OK(CNODE, LABEL_CNode_Revoke, space);
    actors_check();
    assert_int_equal(c.tcb->state, TCB_INACTIVE);
    assert_null(c.tcb->vspace);
    FAILS(seL4_IllegalOperation, c.cptr, LABEL_TCB_Resume, 0);
    OK(CNODE, LABEL_CNode_Delete, space);
    assert_int_equal(processors[1].cr3, machine_kernel_root());
    OK(c.cptr, LABEL_TCB_Configure, 0, CNODE, seL4_CapInitThreadVSpace);
    actor_start(&c, 5, 1);
    OK(CNODE, LABEL_CNode_Delete, c.cptr);
    assert_ptr_equal(cpu_current(cpus[1]), &cpus[1]->idle);
}

static void slices(void **state)
{
    (void)state;
    actor_start(&a, 5, 0);
    assert_int_equal(host.timers, 0); /* alone: no need */
    actor_start(&b, 5, 0);
    assert_int_equal(host.timers, 1);
    processor_interrupt(0);
    assert_int_equal(host.timers, 1);
    assert_ptr_equal(processor_tick(0), b.tcb);
    assert_int_equal(host.timers, 2);
    assert_ptr_equal(processor_tick(0), a.tcb);
    OK(b.cptr, LABEL_TCB_Suspend, 0);
    assert_ptr_equal(processor_tick(0), a.tcb);
    assert_int_equal(host.timers, 3);
    OK(a.cptr, LABEL_TCB_Suspend, 0);
    assert_null(processor_interrupt(0));
    actor_start(&a, 5, 1);
    assert_true(host.alarms > 0);
    assert_null(processor_tick(0));
}

static void floating_point_follows_the_thread(void **state)
{
    (void)state;
    actor_start(&a, 5, 0);
    actor_start(&b, 5, 0);
    *processor_fpu(0) = 11;
    actor_call(&a, seL4_SysYield, &(struct message){0});
    assert_false(processors[0].fpu_allowed);
    assert_int_equal(*processor_fpu(0), 0);
    *processor_fpu(0) = 22;
    actor_call(&b, seL4_SysYield, &(struct message){0});
    assert_int_equal(*processor_fpu(0), 11);
    actor_recv(&a, endpoint);
    assert_int_equal(*processor_fpu(0), 22);
    assert_ptr_equal(actor_ask(&b, endpoint, 1), a.tcb); /* on the fast path */
    assert_int_equal(*processor_fpu(0), 11);
    assert_ptr_equal(actor_answer(&a, endpoint, 1), b.tcb);
    assert_int_equal(*processor_fpu(0), 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(registers_keep_to_what_is_harmless, start),
        cmocka_unit_test_setup(affinity, start),
        cmocka_unit_test_setup(priorities, start),
        cmocka_unit_test_setup(the_inbox_is_in_order, start),
        cmocka_unit_test_setup(suspending_in_each_state, start),
        cmocka_unit_test_setup(suspending_what_waits_its_turn_elsewhere, start),
        cmocka_unit_test_setup(a_thread_suspends_itself, start),
        cmocka_unit_test_setup(a_thread_loses_its_space, start),
        cmocka_unit_test_setup(slices, start_with_interrupts),
        cmocka_unit_test_setup(floating_point_follows_the_thread, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
