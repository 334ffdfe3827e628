/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A first thread with one server for the guest, in an address space of its own, and a supervisor
 * that starts it again when it faults, as `init` does.
 */
#include "root.h"

#include <sel4/faults.h>
#include <svsm/vcpu.h>

#include "echo.h"

#define MESSAGE_VA UINT64_C(0x30000000)
#define PAGE       4096u

extern const char thread_begin[];

static struct thread server, supervisor;
static seL4_CPtr endpoint, faults, message, forever;
static uint64_t took; /* by the last call, in ticks */
static volatile uint8_t *const page = (volatile uint8_t *)MESSAGE_VA;

static void crash(void)
{
    __asm__ volatile("ud2");
}

static void spin(uint64_t rounds)
{
    for (uint64_t i = 0; i < rounds; i++)
        __asm__ volatile("pause");
}

/* Answers in words; the result is the answer's message info. */
static seL4_MessageInfo_t echo(uint64_t number, uint64_t badge, seL4_Word *words)
{
    switch (number) {
    case ECHO_ADD:
        for (unsigned int i = 0; i < seL4_MsgMaxLength; i++)
            words[i] += i + 1;
        return seL4_MessageInfo_new(0, 0, 0, seL4_MsgMaxLength);
    case ECHO_RESULT:
        return seL4_MessageInfo_new(words[0], 0, 0, 0);
    case ECHO_BADGE:
        words[0] = badge;
        return seL4_MessageInfo_new(0, 0, 0, 1);
    case ECHO_WIDE:
        return seL4_MessageInfo_new(UINT64_C(1) << 32, 0, 0, seL4_MsgMaxLength);
    case ECHO_CRASH:
        crash();
        return seL4_MessageInfo_new(0, 0, 0, 0);
    case ECHO_SPIN:
        spin(words[0]);
        return seL4_MessageInfo_new(0, 0, 0, 0);
    case ECHO_CLOCK:
        words[0] = took;
        return seL4_MessageInfo_new(0, 0, 0, 1);
    default:
        return seL4_MessageInfo_new(0x80000002, 0, 0, 0);
    }
}

static bool is_pattern(void)
{
    for (unsigned int i = 0; i < PAGE; i++)
        if (page[i] != (uint8_t)(i * 7))
            return false;
    return true;
}

static seL4_MessageInfo_t work_on_page(uint64_t number, seL4_Word *words)
{
    if (number == PAGE_NOT || number == PAGE_COMPARE) {
        words[0] = number == PAGE_NOT ? page[0] : is_pattern();
        return seL4_MessageInfo_new(0, 0, 0, 1);
    }
    if (number == PAGE_TOUCH) {
        page[0] = 1;
        return seL4_MessageInfo_new(0, 0, 0, 0);
    }
    for (unsigned int i = 0; i < PAGE; i++)
        page[i] = (uint8_t)~page[i];
    if (number == PAGE_CRASH)
        crash();
    return seL4_MessageInfo_new(number == PAGE_INVERT ? 0 : ECHO_REFUSED, 0, 0, 0);
}

static void serve(struct thread *self)
{
    seL4_Word words[seL4_MsgMaxLength];
    seL4_Word badge;
    seL4_MessageInfo_t info = seL4_RecvWithMRs(endpoint, &badge, words, self->reply);

    for (;;) {
        uint64_t begin = __builtin_ia32_rdtsc();
        uint64_t number = seL4_MessageInfo_get_label(info);

        expect(seL4_MessageInfo_get_length(info) == seL4_MsgMaxLength, "a call of four words");
        if (badge >> 8 == PAGE_PROTOCOL)
            info = work_on_page(number, words);
        else
            info = echo(number, badge, words);
        took = __builtin_ia32_rdtsc() - begin;
        info = seL4_ReplyRecvWithMRs(endpoint, info, &badge, words, self->reply);
    }
}

static void set_register(unsigned int number, uint64_t value)
{
    expect_equal(seL4_TCB_WriteRegisters(server.tcb, number | 1u << 8, value, 0, 0), seL4_NoError,
                 "a register");
}

static void restart(void)
{
    expect_equal(seL4_Reply_Abort(server.reply), seL4_NoError, "the caller is told");
    set_register(SEL4_REGISTER(rip), (uint64_t)thread_begin);
    set_register(SEL4_REGISTER(rsp), (uint64_t)server.stack + sizeof(server.stack));
    set_register(SEL4_REGISTER(rdi), (uint64_t)&server);
    expect_equal(seL4_TCB_Resume(server.tcb), seL4_NoError, "the server begins again");
}

/* A fault is answered with a label that leaves the thread where it is. */
static void supervise(struct thread *self)
{
    const seL4_MessageInfo_t stay = seL4_MessageInfo_new(1, 0, 0, 0);
    seL4_Word words[seL4_MsgMaxLength];
    seL4_Word badge;

    for (;;) {
        seL4_RecvWithMRs(faults, &badge, words, self->reply);
        print("supervisor: the server has faulted\n");
        seL4_SendWithMRs(self->reply, stay, words);
        restart();
    }
}

static void serve_protocol(seL4_CPtr vcpu, seL4_Word number, seL4_Word protocol)
{
    seL4_CPtr badged = new_badged(endpoint, seL4_CanWrite, protocol << 8 | number);
    seL4_CPtr carried = protocol == PAGE_PROTOCOL ? message : seL4_CapNull;

    expect_equal(seL4_VCpu_SetService(vcpu, protocol, badged, carried, carried ? PAGE_CALLS : 0),
                 seL4_NoError, "a service");
}

/* What SetService refuses, in its order. */
static void check_refusals(seL4_CPtr vcpu)
{
    seL4_CPtr mute = new_badged(endpoint, seL4_CanRead, 0);
    seL4_CPtr silent = new_object(seL4_EndpointObject, 0);

    expect_equal(seL4_VCpu_SetService(vcpu, 0, endpoint, 0, 0), seL4_RangeError,
                 "the kernel's own");
    expect_equal(seL4_VCpu_SetService(vcpu, 8, endpoint, 0, 0), seL4_RangeError, "protocol 8");
    expect_equal(seL4_VCpu_SetService(vcpu, 1, message, 0, 0), seL4_InvalidCapability,
                 "no endpoint");
    expect_equal(seL4_VCpu_SetService(vcpu, 1, mute, 0, 0), seL4_InvalidCapability, "a mute one");
    expect_equal(seL4_VCpu_SetService(vcpu, 1, endpoint, 0, 2), seL4_InvalidArgument, "no page");
    expect_equal(seL4_VCpu_SetService(vcpu, 1, endpoint, endpoint, 2), seL4_InvalidCapability,
                 "an endpoint for a page");
    expect_equal(seL4_VCpu_SetService(vcpu, 1, endpoint, 0, 0), seL4_NoError, "a service");
    expect_equal(seL4_VCpu_SetService(vcpu, 1, 0, 0, 0), seL4_NoError, "a service goes");
    expect_equal(seL4_VCpu_SetService(vcpu, NOBODY, silent, 0, 0), seL4_NoError, "nobody there");
}

static void start_servers(void)
{
    seL4_CPtr space = new_space();

    endpoint = new_object(seL4_EndpointObject, 0);
    faults = new_object(seL4_EndpointObject, 0);
    message = new_object(seL4_X86_4K, 0);
    map_page(new_badged(message, seL4_ReadWrite, 0), space, MESSAGE_VA, seL4_ReadWrite, 0);
    thread_make(&supervisor, supervise, 0);
    thread_start(&supervisor, ROOT_PRIORITY + 2, 0, 0);
    thread_make(&server, serve, space);
    thread_start(&server, ROOT_PRIORITY + 1, 0, faults);
    seL4_Yield();
}

int root_main(void)
{
    seL4_CPtr first = boot_info->vcpus.start;

    forever = new_object(seL4_NotificationObject, 0);
    start_servers();
    check_refusals(first);
    for (seL4_CPtr vcpu = first; vcpu < boot_info->vcpus.end; vcpu++) {
        serve_protocol(vcpu, vcpu - first, ECHO_PROTOCOL);
        serve_protocol(vcpu, vcpu - first, PAGE_PROTOCOL);
    }
    expect_equal(seL4_System_Seal(svsm_CapSystem), seL4_NoError, "the seal");
    expect_equal(seL4_VCpu_Start(first), seL4_NoError, "the start");
    print("first thread: the guest has begun\n");
    seL4_Wait(forever);
    return 1;
}
