/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What processors ask of each other: flushing and quiescence; and PCIDs, which QEMU's TCG lacks:
 * the fake processors keep, for each PCID, whose translations it caches, and check it at every
 * exit.
 */
#include "actors.h"

#include <string.h>

#include "lock.h"

static struct actor a, b;
static seL4_CPtr endpoint, spaces[2];

static int start(void **state)
{
    actors_start(state);
    endpoint = world_make(seL4_EndpointObject, 0);
    for (unsigned i = 0; i < 2; i++) {
        spaces[i] = world_make(seL4_VSpaceObject, 0);
    }
    a = actor_in_space(spaces[0], 0);
    b = actor_in_space(spaces[1], 0);
    return 0;
}

static int start_with_pcid(void **state)
{
    processors_have_pcid = true;
    start(state);
    processors_have_pcid = false;
    return 0;
}

/* So that the fake's oracle goes on knowing. */
static void with_pcid(void (*test)(void))
{
    processors_have_pcid = true;
    test();
    processors_have_pcid = false;
}

static struct vspace *space(unsigned i)
{
    return &vspaces[world_slot(spaces[i])->cap.aux];
}

static void serve(void)
{
    actor_start(&b, 5, 0);
    actor_recv(&b, endpoint);
    actor_start(&a, 5, 0);
}

static void round_trip(void)
{
    assert_ptr_equal(actor_ask(&a, endpoint, 1), b.tcb);
    assert_ptr_equal(actor_answer(&b, endpoint, 1), a.tcb);
}

/* One load of a root per switch when nothing changed; one more when a space's tag moved on. */
static void switches(void)
{
    uint64_t before;

    serve();
    round_trip();
    before = processors[0].roots;
    round_trip();
    assert_int_equal(processors[0].roots - before, 2);
    assert_int_equal(processors[0].cached_root[space(0)->number % CPU_PCIDS], space(0)->cr3);
    assert_int_equal(processors[0].cached_root[space(1)->number % CPU_PCIDS], space(1)->cr3);
    space(1)->tag += 1000; /* translations of b's were taken away while a runs */
    cpus_flush(space(1));
    before = processors[0].roots;
    round_trip();
    assert_int_equal(processors[0].roots - before, 3);
}

static void pcid_switches(void **state)
{
    (void)state;
    with_pcid(switches);
}

static void unmapping(void)
{
    seL4_CPtr page = world_make(seL4_X86_4K, 0);
    const uint64_t at = 0x10000000;

    for (unsigned i = 0; i < 3; i++) {
        OK(world_make(seL4_X86_PageTableObject, 0), LABEL_PageTable_Map, spaces[1], at);
    }
    serve();
    OK(page, LABEL_Page_Map, spaces[1], at, seL4_ReadWrite, 0);
    round_trip();
    OK(page, LABEL_Page_Unmap, 0);
    round_trip();
    OK(page, LABEL_Page_Map, spaces[1], at, seL4_ReadWrite, 0);
    OK(a.cptr, LABEL_TCB_Suspend, 0);
    processor_interrupt(0);
    actor_start(&a, 5, 2); /* b comes along to CPU 2, and is there when the page goes */
    assert_ptr_equal(actor_ask(&a, endpoint, 1), b.tcb);
    assert_ptr_equal(cpus[2]->vspace, space(1));
    OK(page, LABEL_Page_Unmap, 0);
    assert_int_equal(cpus[2]->flushes, 1);
    assert_ptr_equal(actor_answer(&b, endpoint, 1), a.tcb);
    round_trip();
}

static void pcid_unmapping(void **state)
{
    (void)state;
    with_pcid(unmapping);
}

static void plain_unmapping(void **state)
{
    (void)state;
    unmapping();
}

/* Two spaces whose numbers differ by the number of PCIDs share one. */
static void collisions(void)
{
    struct vspace *one = space(0), *two = space(1);

    serve();
    two->number = one->number + CPU_PCIDS;
    two->cr3 = (two->cr3 & ~UINT64_C(0xfff)) | (two->number & vspace_pcid_mask);
    for (unsigned i = 0; i < 3; i++) {
        round_trip();
    }
}

static void pcid_collisions(void **state)
{
    (void)state;
    with_pcid(collisions);
}

/* A space that ends leaves its number to another, with another tag. */
static void reuse(void)
{
    uint32_t number = space(1)->number;
    struct actor c;

    serve();
    round_trip();
    OK(CNODE, LABEL_CNode_Revoke, spaces[1]);
    OK(CNODE, LABEL_CNode_Delete, spaces[1]);
    spaces[1] = world_make(seL4_VSpaceObject, 0);
    assert_int_equal(space(1)->number, number);
    c = actor_in_space(spaces[1], 0);
    actor_start(&c, 9, 0);
    assert_int_equal(c.tcb->state, TCB_RUNNING);
}

static void pcid_reuse(void **state)
{
    (void)state;
    with_pcid(reuse);
}

/* Only who has the space loaded is asked. */
static void flushing_asks_whom_it_concerns(void **state)
{
    (void)state;
    actor_start(&a, 5, 1);
    actor_start(&b, 5, 2);
    cpus_flush(space(0));
    assert_int_equal(cpus[1]->flushes, 1);
    assert_int_equal(cpus[2]->flushes, 0);
    assert_int_equal(cpus[1]->attention, 0);
    assert_int_equal(processors[1].cr3, space(0)->cr3);
}

/* An idle processor may still have the space loaded, and must not keep it when it ends. */
static void an_idle_processor_lets_go(void **state)
{
    (void)state;
    actor_start(&a, 5, 1);
    OK(a.cptr, LABEL_TCB_Suspend, 0);
    assert_ptr_equal(cpus[1]->vspace, space(0));
    OK(CNODE, LABEL_CNode_Revoke, spaces[0]);
    OK(CNODE, LABEL_CNode_Delete, spaces[0]);
    assert_null(cpus[1]->vspace);
    assert_int_equal(processors[1].cr3, machine_kernel_root());
}

static void quiescence(void **state)
{
    (void)state;
    cpus_quiesce(); /* nobody else is in the kernel */
    cpus[1]->entries = 1;
    cpus[1]->attention = 0;
    cpus[1]->entries = 2;
    cpus_quiesce();
}

/* The holder of the lock suspends a thread that waits for the lock: one of them must give way. */
static void who_waits_for_the_lock_stops(void **state)
{
    struct message m = actor_message(&a);
    struct config *config;

    (void)state;
    actor_start(&a, 5, 1);
    m.cptr = CNODE;
    m.info = INFO(LABEL_CNode_Delete, 1);
    config = config_lock();
    a.tcb->stop = 1;
    cpu_attend(cpus[1], ATTEND_STOP);
    assert_null(actor_call(&a, seL4_SysCall, &m));
    assert_int_equal(a.tcb->state, TCB_INACTIVE);
    assert_result(&a, KERNEL(svsm_PeerRestarted), 0);
    assert_int_equal(cpus[1]->attention, 0);
    config_unlock(config);
    OK(a.cptr, LABEL_TCB_Resume, 0);
}

/* Suspended while it is ready on a processor that has somebody better to run. */
static void who_never_gets_its_turn_stops(void **state)
{
    (void)state;
    actor_start(&a, 9, 1);
    actor_start(&b, 5, 1);
    assert_int_equal(b.tcb->state, TCB_READY);
    OK(b.cptr, LABEL_TCB_Suspend, 0);
    assert_int_equal(b.tcb->state, TCB_INACTIVE);
    assert_int_equal(a.tcb->state, TCB_RUNNING);
    actors_check();
}

static void unlocking_twice_is_noticed(void **state)
{
    struct config *config = config_lock();
    jmp_buf end;

    (void)state;
    config_unlock(config);
    host.on_end = &end;
    if (setjmp(end) == 0) {
        config_unlock(config);
        fail_msg("a lock was let go that nobody holds");
    }
    assert_int_equal(host.reason, END_INVARIANT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pcid_switches, start_with_pcid),
        cmocka_unit_test_setup(pcid_unmapping, start_with_pcid),
        cmocka_unit_test_setup(pcid_collisions, start_with_pcid),
        cmocka_unit_test_setup(pcid_reuse, start_with_pcid),
        cmocka_unit_test_setup(plain_unmapping, start),
        cmocka_unit_test_setup(flushing_asks_whom_it_concerns, start),
        cmocka_unit_test_setup(an_idle_processor_lets_go, start),
        cmocka_unit_test_setup(quiescence, start),
        cmocka_unit_test_setup(who_waits_for_the_lock_stops, start),
        cmocka_unit_test_setup(who_never_gets_its_turn_stops, start),
        cmocka_unit_test_setup(unlocking_twice_is_noticed, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
