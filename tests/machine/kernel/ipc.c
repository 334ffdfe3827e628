/* SPDX-License-Identifier: BSD-2-Clause */
/* Call, ReplyRecv, Recv, Send, and what they answer when used wrongly. */
#include "tests.h"

#define ROUNDS 200u

static struct thread server, second, clients[3];
static seL4_CPtr endpoint, badged, parked;
static uint64_t served;

/* Answers with each word plus the badge, by ReplyRecv, for ever. */
static void echo(struct thread *self)
{
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_Word badge;
    seL4_MessageInfo_t info = seL4_RecvWithMRs(endpoint, &badge, mr, self->reply);

    for (;;) {
        for (unsigned int i = 0; i < seL4_MsgMaxLength; i++) {
            mr[i] += badge;
        }
        served++;
        info = seL4_ReplyRecvWithMRs(endpoint, info, &badge, mr, self->reply);
    }
}

static void call_and_check(seL4_CPtr target, seL4_Word badge, seL4_Word label)
{
    seL4_Word mr[seL4_MsgMaxLength] = {1, 20, 300, 4000};
    seL4_MessageInfo_t info = seL4_CallWithMRs(target, seL4_MessageInfo_new(label, 0, 0, 4), mr);

    expect_equal(seL4_MessageInfo_get_label(info), label & ~SVSM_LABEL_KERNEL, "an echo's label");
    expect_equal(seL4_MessageInfo_get_length(info), 4, "an echo's length");
    expect_equal(mr[0], 1 + badge, "word 0");
    expect_equal(mr[1], 20 + badge, "word 1");
    expect_equal(mr[2], 300 + badge, "word 2");
    expect_equal(mr[3], 4000 + badge, "word 3");
}

static void start_server(seL4_CPtr space)
{
    endpoint = new_object(seL4_EndpointObject, 0);
    badged = new_badged(endpoint, seL4_CanWrite, 77);
    thread_make(&server, echo, space);
    thread_start(&server, ABOVE_ROOT, 0, 0);
}

static void test_echo(void)
{
    start_server(new_space());
    for (unsigned int i = 0; i < ROUNDS; i++) {
        call_and_check(endpoint, 0, i);
        call_and_check(badged, 77, i);
        call_and_check(badged, 77, SVSM_LABEL_KERNEL | i); /* the slow path; the bit goes */
    }
    expect_equal(served, 3 * ROUNDS, "calls served");
}

static uint64_t label_of_call(seL4_CPtr target, seL4_Word length)
{
    seL4_Word mr[seL4_MsgMaxLength] = {0};

    return seL4_MessageInfo_get_label(
        seL4_CallWithMRs(target, seL4_MessageInfo_new(0, 0, 0, length), mr));
}

static uint64_t label_of_recv(seL4_CPtr source, seL4_CPtr reply)
{
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_Word badge;

    return seL4_MessageInfo_get_label(seL4_RecvWithMRs(source, &badge, mr, reply));
}

static void test_wrong_capabilities(void)
{
    seL4_CPtr reply = new_object(seL4_ReplyObject, 0);

    expect_equal(label_of_call(0, 0), seL4_InvalidCapability, "Call on an empty slot");
    expect_equal(label_of_call(UINT64_MAX, 0), seL4_InvalidCapability, "Call on no slot");
    expect_equal(label_of_call(new_badged(endpoint, seL4_CanRead, 1), 0), seL4_IllegalOperation,
                 "Call without the right to");
    expect_equal(label_of_recv(badged, reply), kernel_label(seL4_InvalidCapability),
                 "Recv without the right to");
    expect_equal(label_of_recv(endpoint, 0), kernel_label(seL4_InvalidCapability),
                 "Recv without a reply object");
    expect_equal(label_of_recv(reply, reply), kernel_label(seL4_InvalidCapability),
                 "Recv on a reply object");
    expect_equal(label_of_call(endpoint, 100), 0, "a length that is too long is cut");
}

static void call_once(struct thread *self)
{
    seL4_Word mr[seL4_MsgMaxLength] = {self->argument};
    seL4_MessageInfo_t info = seL4_CallWithMRs(parked, seL4_MessageInfo_new(0, 0, 0, 1), mr);

    self->result = seL4_MessageInfo_get_label(info) << 32 | mr[0];
}

/* Three callers wait in the queue; one receiver takes them in order, keeps all, answers last first.
 */
static void test_queue_and_park(void)
{
    seL4_Word mr[seL4_MsgMaxLength] = {0};
    seL4_CPtr replies[3];
    seL4_Word badge;

    parked = new_object(seL4_EndpointObject, 0);
    for (unsigned int i = 0; i < 3; i++) {
        clients[i].argument = 10 + i;
        thread_make(&clients[i], call_once, i == 1 ? new_space() : 0);
        thread_start(&clients[i], ABOVE_ROOT, 0, 0);
    }
    seL4_Yield();
    for (unsigned int i = 0; i < 3; i++) {
        replies[i] = new_object(seL4_ReplyObject, 0);
        seL4_RecvWithMRs(parked, &badge, mr, replies[i]);
        expect_equal(mr[0], 10 + i, "callers in order");
    }
    expect_equal(label_of_recv(parked, replies[0]), kernel_label(seL4_IllegalOperation),
                 "Recv with a reply object that holds a caller");
    for (unsigned int i = 3; i-- > 0;) {
        mr[0] = 100 + i;
        seL4_SendWithMRs(replies[i], seL4_MessageInfo_new(5, 0, 0, 1), mr);
        thread_join(&clients[i]);
        expect_equal(clients[i].result, UINT64_C(5) << 32 | (100 + i), "a parked caller's answer");
    }
}

/* Two receivers wait in one endpoint; both get callers. */
static void test_two_receivers(void)
{
    seL4_CPtr space = new_space();

    thread_make(&second, echo, space);
    thread_start(&second, ABOVE_ROOT, 0, 0);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        call_and_check(badged, 77, i);
    }
    seL4_TCB_Suspend(second.tcb);
    call_and_check(badged, 77, 1);
}

void test_ipc(void)
{
    test_echo();
    test_wrong_capabilities();
    test_queue_and_park();
    test_two_receivers();
    seL4_TCB_Suspend(server.tcb);
}
