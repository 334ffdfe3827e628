/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the instructions of kernel operations, user stubs included, as tools/bench runs it: under
 * -icount the cycle counter counts instructions. One line "bench: NAME COUNT" each.
 */
#include "root.h"

#define ROUNDS     1000u
#define PAGE_VA    UINT64_C(0x30000000)
#define SLOW_LABEL (SVSM_LABEL_KERNEL) /* the kernel takes it out, and only the slow path does */
#define ABOVE_ROOT (ROOT_PRIORITY + 1)

static struct thread server, waiter, peer;
static seL4_CPtr endpoint, notification, answer;
static uint64_t loop_cost;

static void report(const char *name, uint64_t cost)
{
    print("bench: ");
    print(name);
    print(" ");
    print_number((cost - loop_cost + ROUNDS / 2) / ROUNDS);
    print("\n");
}

static void serve(seL4_Word label)
{
    seL4_Word mr[seL4_MsgMaxLength] = {0};
    seL4_MessageInfo_t info = seL4_MessageInfo_new(label, 0, 0, 4);
    seL4_Word badge;

    seL4_RecvWithMRs(endpoint, &badge, mr, server.reply);
    for (;;) {
        seL4_ReplyRecvWithMRs(endpoint, info, &badge, mr, server.reply);
    }
}

static void serve_fast(struct thread *self)
{
    (void)self;
    serve(0);
}

static void serve_slow(struct thread *self)
{
    (void)self;
    serve(SLOW_LABEL);
}

static uint64_t measure_call(seL4_Word label)
{
    seL4_Word mr[seL4_MsgMaxLength] = {1, 2, 3, 4};
    seL4_MessageInfo_t info = seL4_MessageInfo_new(label, 0, 0, 4);
    uint64_t start;

    seL4_CallWithMRs(endpoint, info, mr);
    start = cycles();
    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_CallWithMRs(endpoint, info, mr);
    }
    return cycles() - start;
}

static void bench_call(const char *name, void (*run)(struct thread *), seL4_CPtr space,
                       seL4_Word label)
{
    endpoint = new_object(seL4_EndpointObject, 0);
    thread_make(&server, run, space);
    thread_start(&server, ABOVE_ROOT, 0, 0);
    seL4_Yield();
    report(name, measure_call(label));
    seL4_TCB_Suspend(server.tcb);
}

static void bench_null(void)
{
    uint64_t start = cycles();

    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_Yield();
    }
    report("null-syscall", cycles() - start);
}

static void bench_signal(void)
{
    uint64_t start = cycles();

    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_Signal(notification);
    }
    report("signal", cycles() - start);
    start = cycles();
    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_Poll(notification);
    }
    report("poll", cycles() - start);
}

static void wait_always(struct thread *self)
{
    for (;;) {
        self->result += seL4_Wait(answer);
    }
}

static void bench_signal_wait(void)
{
    uint64_t start;

    thread_make(&waiter, wait_always, new_space());
    thread_start(&waiter, ABOVE_ROOT, 0, 0);
    seL4_Yield();
    start = cycles();
    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_Signal(answer);
    }
    report("signal-and-wait", cycles() - start);
    expect_equal(waiter.result, ROUNDS, "signals that arrived");
}

static void bench_map(void)
{
    seL4_CPtr page = new_object(seL4_X86_4K, 0);
    uint64_t start;

    map_page(page, seL4_CapInitThreadVSpace, PAGE_VA, seL4_ReadWrite, 0);
    seL4_Page_Unmap(page);
    start = cycles();
    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_Page_Map(page, seL4_CapInitThreadVSpace, PAGE_VA, seL4_ReadWrite, 0);
        seL4_Page_Unmap(page);
    }
    report("map-and-unmap", cycles() - start);
}

static void bench_copy(void)
{
    seL4_CPtr slot = new_slot();
    uint64_t start = cycles();

    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_CNode_Copy(seL4_CapInitThreadCNode, slot, here(notification), seL4_AllRights);
        seL4_CNode_Delete(seL4_CapInitThreadCNode, slot);
    }
    report("copy-and-delete", cycles() - start);
}

static void yield_always(struct thread *self)
{
    (void)self;
    for (;;) {
        seL4_Yield();
    }
}

/* Two threads of one priority in two spaces: a round is two switches. */
static void bench_switch(void)
{
    uint64_t start;

    thread_make(&peer, yield_always, new_space());
    thread_start(&peer, ROOT_PRIORITY, 0, 0);
    start = cycles();
    for (unsigned int i = 0; i < ROUNDS; i++) {
        seL4_Yield();
    }
    report("thread-switch-twice", cycles() - start);
    seL4_TCB_Suspend(peer.tcb);
}

static uint64_t empty_loop(void)
{
    uint64_t start = cycles();

    for (unsigned int i = 0; i < ROUNDS; i++) {
        __asm__ volatile("" ::: "memory");
    }
    return cycles() - start;
}

int root_main(void)
{
    loop_cost = empty_loop();
    notification = new_badged(new_object(seL4_NotificationObject, 0), seL4_ReadWrite, 1);
    answer = new_badged(new_object(seL4_NotificationObject, 0), seL4_ReadWrite, 1);
    bench_call("call-reply", serve_fast, new_space(), 0);
    bench_call("call-reply-same-space", serve_fast, 0, 0);
    bench_call("call-reply-slow", serve_slow, new_space(), SLOW_LABEL);
    bench_null();
    bench_signal();
    bench_signal_wait();
    bench_map();
    bench_copy();
    bench_switch();
    return 0;
}
