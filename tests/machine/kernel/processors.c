/* SPDX-License-Identifier: BSD-2-Clause */
/* All processors at once on one endpoint, one CNode, one piece of untyped memory, in one lock. */
#include "tests.h"

#define MOST   8u
#define ROUNDS 2000u

static struct thread workers[MOST], server;
static seL4_CPtr endpoint, bell, pool;
static seL4_CPtr slots[MOST];
static seL4_CPtr other_space;
static uint64_t served;

static void add_badge(struct thread *self)
{
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_Word badge;
    seL4_MessageInfo_t info = seL4_RecvWithMRs(endpoint, &badge, mr, self->reply);

    for (;;) {
        served++;
        mr[0] += badge;
        info = seL4_ReplyRecvWithMRs(endpoint, info, &badge, mr, self->reply);
    }
}

static void hammer_endpoint(struct thread *self)
{
    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_Word mr[seL4_MsgMaxLength] = {i, 0, 0, self->argument};

        seL4_CallWithMRs((seL4_CPtr)self->argument, seL4_MessageInfo_new(i, 0, 0, 4), mr);
        self->result += mr[0] - i != self->extra || mr[3] != self->argument;
    }
}

/* Runs one thread on each processor and waits for all. */
static void everywhere(void (*run)(struct thread *), void (*prepare)(unsigned int))
{
    unsigned int count = boot_info->numNodes < MOST ? (unsigned int)boot_info->numNodes : MOST;

    for (unsigned int i = 0; i < count; i++) {
        thread_make(&workers[i], run, i % 2 == 0 ? 0 : other_space);
        workers[i].result = 0;
        workers[i].extra = i + 1;
        prepare(i);
    }
    for (unsigned int i = 0; i < count; i++) {
        thread_start(&workers[i], ROOT_PRIORITY, i, 0);
    }
    for (unsigned int i = 0; i < count; i++) {
        thread_join(&workers[i]);
        expect_equal(workers[i].result, 0, "what went wrong on a processor");
    }
}

static void give_badge(unsigned int i)
{
    workers[i].argument = new_badged(endpoint, seL4_CanWrite, i + 1);
}

static void test_endpoint(void)
{
    uint64_t count = boot_info->numNodes < MOST ? boot_info->numNodes : MOST;

    endpoint = new_object(seL4_EndpointObject, 0);
    thread_make(&server, add_badge, other_space);
    thread_start(&server, ABOVE_ROOT, 0, 0);
    seL4_Yield();
    everywhere(hammer_endpoint, give_badge);
    expect_equal(served, ROUNDS * count, "calls served");
    seL4_TCB_Suspend(server.tcb);
}

static void hammer_cnode(struct thread *self)
{
    seL4_CPtr slot = (seL4_CPtr)self->argument;

    for (unsigned int i = 0; i < ROUNDS / 4; i++) {
        self->result += seL4_CNode_Mint(seL4_CapInitThreadCNode, slot, here(endpoint),
                                        seL4_CanWrite, i) != seL4_NoError;
        self->result +=
            seL4_CNode_Move(seL4_CapInitThreadCNode, slot + 1, here(slot)) != seL4_NoError;
        self->result += seL4_CNode_Delete(seL4_CapInitThreadCNode, slot + 1) != seL4_NoError;
    }
}

static void give_slots(unsigned int i)
{
    slots[i] = new_slot();
    new_slot();
    workers[i].argument = slots[i];
}

/* Everybody takes from one piece until it is empty; the memory handed out is told apart by address.
 */
static void hammer_untyped(struct thread *self)
{
    seL4_CPtr slot = (seL4_CPtr)self->argument;
    seL4_Word results[seL4_MsgMaxLength];

    while (seL4_Untyped_Retype(pool, seL4_What(seL4_X86_4K, 0), here(slot), 1) == seL4_NoError) {
        seL4_Page_GetAddress(slot, results);
        self->result += results[0] % 4096 != 0;
        slot = new_slot();
        served++;
    }
}

static void hammer_bell(struct thread *self)
{
    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_Signal((seL4_CPtr)self->argument);
    }
}

static void give_bell(unsigned int i)
{
    workers[i].argument = new_badged(bell, seL4_CanWrite, UINT64_C(1) << i);
}

static void listen(struct thread *self)
{
    uint64_t wanted =
        (UINT64_C(1) << (boot_info->numNodes < MOST ? boot_info->numNodes : MOST)) - 1;

    while (self->result != wanted) {
        self->result |= seL4_Wait(bell);
    }
}

static void test_bell(void)
{
    static struct thread listener;

    bell = new_object(seL4_NotificationObject, 0);
    thread_make(&listener, listen, other_space);
    listener.result = 0;
    thread_start(&listener, ABOVE_ROOT, boot_info->numNodes - 1, 0);
    everywhere(hammer_bell, give_bell);
    thread_join(&listener);
}

/* In the lock, or waiting for it, most of the time. */
static void invoke_for_ever(struct thread *self)
{
    for (;;) {
        seL4_TCB_SetPriority(self->tcb, ABOVE_ROOT);
        self->result++;
    }
}

/* The others wait for the lock in which they are suspended. */
static void test_suspend(void)
{
    unsigned int count = boot_info->numNodes < MOST ? (unsigned int)boot_info->numNodes : MOST;

    for (unsigned int i = 1; i < count; i++) {
        thread_make(&workers[i], invoke_for_ever, i % 2 == 0 ? 0 : other_space);
        thread_start(&workers[i], ABOVE_ROOT, i, 0);
    }
    for (unsigned int i = count; i < ROUNDS / 20 + count && count > 1; i++) {
        seL4_CPtr tcb = workers[1 + i % (count - 1)].tcb;

        expect_equal(seL4_TCB_Suspend(tcb), seL4_NoError, "suspend who waits for the lock");
        expect_equal(seL4_TCB_Resume(tcb), seL4_NoError, "resume");
    }
    for (unsigned int i = 1; i < count; i++) {
        expect_equal(seL4_TCB_Suspend(workers[i].tcb), seL4_NoError, "suspend at the end");
    }
}

void test_processors(void)
{
    other_space = new_space();
    test_endpoint();
    everywhere(hammer_cnode, give_slots);
    pool = new_object(seL4_UntypedObject, 18);
    everywhere(hammer_untyped, give_slots);
    test_bell();
    test_suspend();
}
