/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's call to a server and its answer, whatever the guest's registers, the service's slots
 * and the server's message are. The page that a call carries lies anywhere, in one guest page or in
 * two: both are held as valid before they are mapped and while they are copied, whole pages are
 * mapped, every byte copied is in the mapped page and in the server's, and what was held is let go
 * once on every path. A call that no server takes changes nothing and has a defined result. An
 * answer is four registers at most and a result of 32 bits, and the page goes back only out of the
 * one that the service still has.
 *
 * Holds are counted by page here, by range in the table; windows are places, without their bytes.
 * The call and the answer are apart: what the first is shown to leave (is_under_way) is all that
 * the second starts from.
 *
 * parts: 2
 * options: --unwind 3 --unwindset vcpu_answer.0:5
 */
#define machine_copy machine_copy_of_x86
#include <machine.h>
#undef machine_copy
#undef MACHINE_FPU_BYTES
#define MACHINE_FPU_BYTES 8u /* which no part of this touches */
void machine_copy(void *to, const void *from, uint64_t size);

#define window_object window_object_at_base
#include <window.h>
#undef window_object
void *window_object(uint32_t granule);

#define cap_read cap_read_in_window
#include <cap.h>
#undef cap_read
bool cap_read(const struct slot *slot, struct cap *out);

#include <vcpu_service.c>

#include "proof.h"

#define GRANULE   7u     /* of the endpoint */
#define WINDOW_AT 0x100u /* number of the window's first page */
#define PAGES     3u     /* of the window; any may be the server's */

static struct vcpu vcpu;
static struct cpu processor;
static struct tcb server;
static struct endpoint endpoint;
static uint8_t memory[PAGES * PAGE_SIZE], mapping[PAGE_SIZE]; /* ours, and the guest's page */
struct window kernel_window = {memory, (uint64_t)WINDOW_AT << PAGE_SHIFT, sizeof(memory)};

static uint64_t protocol, gpa; /* of the call: whom, and the place its page would be at */
static struct guest_call made;
static uint64_t endpoint_word, badge;
static uint64_t page;     /* of the service, when its slot was last read; 0: none */
static unsigned holds[2]; /* of the page that gpa is in, and of the next */
static unsigned mapped;   /* which of the two */
static uint64_t copied;   /* bytes, since the call or since the answer */
static bool answering;    /* the server's message is there */
static unsigned busy;     /* how often a range was another processor's */
static struct frame said; /* by the server */

void *window_object(uint32_t granule)
{
    ASSERT(granule == GRANULE, "the endpoint of the capability");
    return &endpoint;
}

static void any_cap(struct cap *cap)
{
    cap->type = nondet_u8();
    cap->rights = nondet_u8();
    cap->aux = 0; /* a small page of ours: no other gets into the slot */
    cap->badge = nondet_u64();
    cap->object = nondet_u32();
}

bool cap_read(const struct slot *slot, struct cap *out)
{
    ASSERT(protocol < SVSM_PROTOCOLS, "a protocol that there can be");
    any_cap(out);
    if (slot == &vcpu.services[protocol].endpoint) {
        ASSUME(out->type != CAP_Endpoint || out->object == GRANULE);
        badge = out->badge;
        return nondet_bool();
    }
    ASSERT(slot == &vcpu.services[protocol].page, "a slot of that protocol");
    ASSUME(out->type != CAP_Page || (out->object >= WINDOW_AT && out->object < WINDOW_AT + PAGES));
    if (nondet_bool())
        return false;
    page = out->type == CAP_Page ? (uint64_t)out->object << PAGE_SHIFT : 0;
    return true;
}

/* Which of the two pages. */
static unsigned place(uint64_t address)
{
    uint64_t first = gpa / PAGE_SIZE, number = address / PAGE_SIZE;

    ASSERT(number == first || (number == first + 1 && gpa % PAGE_SIZE != 0),
           "a page that the bytes are in");
    return number == first ? 0 : 1;
}

/* Whoever has a range waits for nobody, so an answer finds it free in the end. */
uint64_t pagestate_hold(uint64_t address, enum page_state expected)
{
    unsigned i = place(address);

    ASSERT(expected == STATE_VALID, "the guest's, and valid");
    if (nondet_bool()) {
        ASSUME(!answering || busy == 0);
        busy++;
        return SVSM_BUSY;
    }
    if (nondet_bool())
        return SVSM_INVALID_ADDRESS;
    holds[i]++;
    return SVSM_SUCCESS;
}

void pagestate_release(uint64_t address)
{
    unsigned i = place(address);

    ASSERT(holds[i] != 0, "what was held");
    holds[i]--;
}

void cpu_answer(struct cpu *cpu)
{
    (void)cpu;
    ASSERT(answering && holds[0] + holds[1] == 0, "who waits holds nothing");
}

static void *map(enum guest_window window, uint64_t address)
{
    ASSERT(window == GUEST_WINDOW_PAGE && address % PAGE_SIZE == 0, "a whole page");
    mapped = place(address);
    ASSERT(holds[mapped] != 0, "held");
    return mapping;
}

static const struct platform_guest guest = {.map = map};
static const struct platform machine = {.guest = &guest};
const struct platform *platform = &machine;

/* The first bytes end where their page does; the others begin where the next does. */
void machine_copy(void *to, const void *from, uint64_t size)
{
    const uint8_t *theirs = answering ? to : from, *ours = answering ? from : to;
    uint64_t offset = (uint64_t)theirs - (uint64_t)mapping;
    bool first = copied == 0;

    ASSERT(page != 0 && ours == memory + (page - kernel_window.phys) + copied &&
               size <= PAGE_SIZE - copied,
           "inside the page that the service has, and on from there");
    ASSERT(offset == (first ? gpa % PAGE_SIZE : 0) && size <= PAGE_SIZE - offset,
           "inside the mapped page");
    ASSERT(mapped == (first ? 0 : 1) && holds[mapped] != 0, "held still");
    copied += size;
}

static bool same_registers(void)
{
    const struct guest_registers *now = &vcpu.call.registers, *then = &made.registers;

    return now->rcx == then->rcx && now->rdx == then->rdx && now->r8 == then->r8 &&
           now->r9 == then->r9;
}

static void check_rest(void)
{
    ASSERT(holds[0] == 0 && holds[1] == 0, "nothing is held any more");
    ASSERT(vcpu.cpu == &processor && vcpu.vmsa == 0x2000 && vcpu.area == 0x3000,
           "the vCPU's own stays");
}

/* Whether the call is one that carries a page. */
static bool carries(void)
{
    uint32_t number = (uint32_t)made.rax;

    return number < 64 && (vcpu.page_calls[protocol] >> number & 1) != 0;
}

static void check_answer(void)
{
    uint64_t label = said.rsi >> SEL4_LABEL_SHIFT, length = said.rsi & SEL4_LENGTH_MASK;
    const struct guest_registers *r = &vcpu.call.registers, *was = &made.registers;

    vcpu_answer(&vcpu.caller, &server);
    ASSERT(copied == 0 || (copied == PAGE_SIZE && label == SVSM_SUCCESS && carries()),
           "a whole page, of a call that carries one and has succeeded");
    ASSERT(vcpu.call.rax <= UINT32_MAX, "32 bits");
    if (label > UINT32_MAX || length > 4) {
        ASSERT(vcpu.call.rax == SVSM_INVALID_REQUEST && same_registers() && copied == 0,
               "an answer without sense");
        return;
    }
    ASSERT(r->rcx == (length > 0 ? said.mr[0] : was->rcx) &&
               r->rdx == (length > 1 ? said.mr[1] : was->rdx) &&
               r->r8 == (length > 2 ? said.mr[2] : was->r8) &&
               r->r9 == (length > 3 ? said.mr[3] : was->r9),
           "as many words as were said, the others as they were");
    if (label != SVSM_SUCCESS || vcpu.page == 0)
        ASSERT(vcpu.call.rax == label && copied == 0, "the server's result");
    else
        ASSERT(copied == PAGE_SIZE
                   ? vcpu.call.rax == SVSM_SUCCESS
                   : vcpu.call.rax == SVSM_INVALID_ADDRESS || vcpu.call.rax == SVSM_INVALID_REQUEST,
               "success with the page there, or a defined result");
    REACHED(copied != 0 && gpa % PAGE_SIZE == 0);
    REACHED(copied != 0 && gpa % PAGE_SIZE == 1 && busy == 1);
    REACHED(vcpu.page != 0 && page != 0 && page != vcpu.page);
    REACHED(vcpu.page == 0 && length == 4);
}

static void check_message(void)
{
    const struct frame *f = &vcpu.caller.frame;

    ASSERT(f->rsi == ((made.rax & UINT32_MAX) << SEL4_LABEL_SHIFT | 4), "the call's number");
    ASSERT(f->mr[0] == made.registers.rcx && f->mr[1] == made.registers.rdx &&
               f->mr[2] == made.registers.r8 && f->mr[3] == made.registers.r9,
           "and the four registers");
    ASSERT(vcpu.call.rax == made.rax && same_registers(), "which stay");
    ASSERT(copied == (vcpu.page != 0 ? PAGE_SIZE : 0) && (copied == 0 || carries()),
           "the whole page, if the call carries one");
}

/* What an answer finds: a call to a protocol there can be, and the page it carries, if any. */
static bool is_under_way(void)
{
    uint64_t first = (uint64_t)WINDOW_AT << PAGE_SHIFT;

    if (vcpu.state != VCPU_WAITING || protocol >= SVSM_PROTOCOLS || vcpu.page_gpa != gpa)
        return false;
    if (vcpu.call.rax != made.rax || !same_registers())
        return false;
    return vcpu.page == 0 || (carries() && gpa <= UINT64_MAX - PAGE_SIZE && vcpu.page >= first &&
                              vcpu.page < first + sizeof(memory) && vcpu.page % PAGE_SIZE == 0);
}

/* The server has the call. */
void ipc_call_for_guest(struct cpu *cpu, struct tcb *caller, struct tcb *receiver, uint64_t mark)
{
    ASSERT(cpu == &processor && caller == &vcpu.caller && receiver == &server, "who was there");
    ASSERT(endpoint_word == ((uint64_t)&server | ENDPOINT_RECEIVER), "in the endpoint");
    ASSERT(endpoint.word == ENDPOINT_IDLE && mark == badge, "and is out of it, with the badge");
    ASSERT(is_under_way(), "as its answer expects");
    check_message();
    check_rest();
    ASSUME(false);
    for (;;)
        ;
}

/* Any time later it answers, or never will. The slots of the service may have changed. */
static void answer(void)
{
    vcpu.state = VCPU_WAITING;
    vcpu.page = nondet_u64();
    vcpu.page_gpa = gpa;
    ASSUME(is_under_way());
    answering = true;
    server.frame = said;
    if (nondet_bool()) {
        check_answer();
    } else {
        vcpu_fail(&vcpu.caller);
        ASSERT(vcpu.call.rax == SVSM_INVALID_REQUEST && same_registers(), "no answer");
    }
    ASSERT(vcpu.state == VCPU_ANSWERED, "the guest's again");
    check_rest();
}

static void any_world(void)
{
    ANYTHING(&made);
    ANYTHING(&said);
    protocol = made.rax >> 32;
    gpa = made.registers.rcx;
    vcpu.call = made;
    vcpu.page_calls[protocol % SVSM_PROTOCOLS] = nondet_u64();
    vcpu.cpu = &processor;
    vcpu.state = VCPU_TAKEN;
    vcpu.vmsa = 0x2000;
    vcpu.area = 0x3000;
    endpoint.word = nondet_u64();
    ASSUME(endpoint.word <= ENDPOINT_QUEUE && endpoint.word != ENDPOINT_RECEIVER);
    if (nondet_bool())
        endpoint.word = (uint64_t)&server | ENDPOINT_RECEIVER;
    endpoint_word = endpoint.word;
}

static void call(void)
{
    uint64_t result;

    if (vcpu_serves(&vcpu, (uint32_t)protocol))
        ASSERT((uint32_t)protocol < SVSM_PROTOCOLS, "a protocol that there can be");
    result = vcpu_call_service(&vcpu, &vcpu.call);
    ASSERT(result == SVSM_UNSUPPORTED_PROTOCOL || result == SVSM_INVALID_ADDRESS ||
               result == SVSM_BUSY,
           "a defined result");
    ASSERT(copied == 0 && endpoint.word == endpoint_word, "no server has heard of it");
    ASSERT(vcpu.state == VCPU_TAKEN && vcpu.call.rax == made.rax && same_registers(), "as it was");
    check_rest();
    REACHED(result == SVSM_UNSUPPORTED_PROTOCOL && protocol == 1);
    REACHED(result == SVSM_INVALID_ADDRESS && gpa == UINT64_MAX);
    REACHED(result == SVSM_BUSY && busy == 0 && page != 0);
}

void harness(void)
{
    any_world();
    if (PART == 0)
        call();
    else
        answer();
}
