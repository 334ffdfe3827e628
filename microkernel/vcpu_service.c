/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's calls as messages to servers, and their answers.
 *
 * The one waiting receiver of the endpoint is claimed as by any caller; a server that is at work,
 * or not there, is BUSY. Once claimed, it and its page belong to this call until it has answered
 * and receives again. What the guest names by address is copied here, once each way, and only while
 * the table of page states says that it is the guest's and valid.
 */
#include "cpu.h"
#include "endpoint.h"
#include "ipc.h"
#include "page.h"
#include "pagestate.h"
#include "platform.h"
#include "vcpu.h"
#include "window.h"
#include <svsm/result.h>

/* Both guest pages that the bytes at gpa lie in, or one twice. */
static uint64_t hold(uint64_t gpa)
{
    uint64_t result;

    if (gpa > UINT64_MAX - PAGE_SIZE) {
        return SVSM_INVALID_ADDRESS;
    }
    result = pagestate_hold(gpa, STATE_VALID);
    if (result != SVSM_SUCCESS) {
        return result;
    }
    result = pagestate_hold(gpa + PAGE_SIZE - 1, STATE_VALID);
    if (result != SVSM_SUCCESS) {
        pagestate_release(gpa);
    }
    return result;
}

static void release(uint64_t gpa)
{
    pagestate_release(gpa + PAGE_SIZE - 1);
    pagestate_release(gpa);
}

/* 4096 bytes between a held place in the guest and a page of ours. */
static void transfer(uint64_t gpa, uint8_t *page, bool to_guest)
{
    uint64_t done = 0;

    while (done < PAGE_SIZE) {
        uint64_t offset = (gpa + done) % PAGE_SIZE;
        uint64_t size = PAGE_SIZE - (offset > done ? offset : done);
        uint8_t *guest = platform->guest->map(GUEST_WINDOW_PAGE, gpa + done - offset);

        if (to_guest) {
            machine_copy(guest + offset, page + done, size);
        } else {
            machine_copy(page + done, guest + offset, size);
        }
        done += size;
    }
}

static bool swap(uint64_t *word, uint64_t old, uint64_t new)
{
    return __atomic_compare_exchange_n(word, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* The one receiver that waits, taken out of its endpoint; NULL: there is none, or several. */
static struct tcb *claim(struct endpoint *endpoint)
{
    uint64_t word = __atomic_load_n(&endpoint->word, __ATOMIC_ACQUIRE);

    if ((word & ENDPOINT_TAG) != ENDPOINT_RECEIVER || !swap(&endpoint->word, word, ENDPOINT_IDLE)) {
        return NULL;
    }
    return (struct tcb *)(word - ENDPOINT_RECEIVER);
}

bool vcpu_serves(const struct vcpu *vcpu, uint32_t protocol)
{
    struct cap cap;

    return protocol < SVSM_PROTOCOLS && cap_read(&vcpu->services[protocol].endpoint, &cap) &&
           cap.type == CAP_Endpoint;
}

/* The server's page that the call carries; 0: none. */
static uint64_t page_of(const struct vcpu *vcpu, uint32_t protocol, uint32_t number)
{
    struct cap cap;

    if (number >= 64 || (vcpu->page_calls[protocol] >> number & 1) == 0 ||
        !cap_read(&vcpu->services[protocol].page, &cap) || cap.type != CAP_Page) {
        return 0;
    }
    return page_phys(cap);
}

/* What the guest has in its registers becomes the message. */
static void write_message(struct vcpu *vcpu, const struct guest_call *call)
{
    struct frame *frame = &vcpu->caller.frame;

    frame->rsi = (uint64_t)(uint32_t)call->rax << SEL4_LABEL_SHIFT | seL4_MsgMaxLength;
    frame->mr[SVSM_CALL_RCX] = call->registers.rcx;
    frame->mr[SVSM_CALL_RDX] = call->registers.rdx;
    frame->mr[SVSM_CALL_R8] = call->registers.r8;
    frame->mr[SVSM_CALL_R9] = call->registers.r9;
}

/* Sends the message to the server at the endpoint; returns when there is none to take it. */
static void send(struct vcpu *vcpu, struct cap endpoint)
{
    struct tcb *server = claim(endpoint_of(endpoint));

    if (server == NULL) {
        return;
    }
    if (vcpu->page != 0) {
        transfer(vcpu->page_gpa, window_at(vcpu->page), false);
        release(vcpu->page_gpa);
    }
    vcpu->state = VCPU_WAITING;
    ipc_call_for_guest(vcpu->cpu, &vcpu->caller, server, endpoint.badge);
}

uint64_t vcpu_call_service(struct vcpu *vcpu, const struct guest_call *call)
{
    uint64_t protocol = call->rax >> 32;
    struct cap endpoint;
    uint64_t result;

    if (protocol >= SVSM_PROTOCOLS || !cap_read(&vcpu->services[protocol].endpoint, &endpoint) ||
        endpoint.type != CAP_Endpoint) {
        return SVSM_UNSUPPORTED_PROTOCOL;
    }
    write_message(vcpu, call);
    vcpu->page = page_of(vcpu, (uint32_t)protocol, (uint32_t)call->rax);
    vcpu->page_gpa = call->registers.rcx;
    if (vcpu->page != 0) {
        result = hold(vcpu->page_gpa);
        if (result != SVSM_SUCCESS) {
            return result;
        }
    }
    send(vcpu, endpoint);
    if (vcpu->page != 0) {
        release(vcpu->page_gpa);
    }
    machine_pause(); /* the guest will ask again at once */
    return SVSM_BUSY;
}

/* The server's page into the guest, if the page is still the one the call went out with. The call
   has been carried out and cannot be repeated, so a range that another processor is changing is
   waited for: whoever holds it waits for nobody. */
static uint64_t return_page(const struct vcpu *vcpu)
{
    uint64_t protocol = vcpu->call.rax >> 32;
    uint64_t result;

    if (page_of(vcpu, (uint32_t)protocol, (uint32_t)vcpu->call.rax) != vcpu->page) {
        return SVSM_INVALID_REQUEST;
    }
    while ((result = hold(vcpu->page_gpa)) == SVSM_BUSY) {
        cpu_answer(machine_cpu());
        machine_pause();
    }
    if (result == SVSM_SUCCESS) {
        transfer(vcpu->page_gpa, window_at(vcpu->page), true);
        release(vcpu->page_gpa);
    }
    return result;
}

static void finish(struct vcpu *vcpu, uint64_t result)
{
    vcpu->call.rax = result;
    __atomic_store_n(&vcpu->state, VCPU_ANSWERED, __ATOMIC_RELEASE);
}

void vcpu_answer(struct tcb *caller, const struct tcb *server)
{
    struct vcpu *vcpu = (struct vcpu *)caller;
    struct guest_registers *r = &vcpu->call.registers;
    uint64_t *const registers[seL4_MsgMaxLength] = {&r->rcx, &r->rdx, &r->r8, &r->r9};
    uint64_t result = server->frame.rsi >> SEL4_LABEL_SHIFT;
    uint64_t length = server->frame.rsi & SEL4_LENGTH_MASK;

    if (result > UINT32_MAX || length > seL4_MsgMaxLength) {
        finish(vcpu, SVSM_INVALID_REQUEST);
        return;
    }
    if (result == SVSM_SUCCESS && vcpu->page != 0) {
        result = return_page(vcpu);
    }
    for (uint64_t i = 0; i < length; i++) {
        *registers[i] = server->frame.mr[i];
    }
    finish(vcpu, result);
}

void vcpu_fail(struct tcb *caller)
{
    finish((struct vcpu *)caller, SVSM_INVALID_REQUEST);
}
