/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fast path of Call and ReplyRecv as a whole, from any capabilities, words and states of the
 * objects. A Call that succeeds was made through an endpoint capability with the right to, claims
 * the one receiver, gives it the words and the badge, and leaves the caller where only the answer
 * finds it. A ReplyRecv answers the caller in the reply object, and the server waits again. A
 * thread that is not as good as one that is ready does not run. Whatever else is the case, the slow
 * path gets everything as it was.
 *
 * Slot 0 is an endpoint's, slot 1 a reply object's, or they are what they should not be. The
 * objects are two, told apart by their numbers, instead of places in a window.
 *
 * parts: 9
 * options: --unwind 2 --no-array-field-sensitivity
 */
#include "thread_word.h"

#include "frame.h"
#undef MACHINE_FPU_BYTES
#define MACHINE_FPU_BYTES 8u /* which no part of this touches */

#define object_of_word object_in_the_window
#include "cap.h"
#undef object_of_word

void *object_of_word(uint64_t word);

#include <ipc_fast.c>

#include "proof.h"

#define SLOTS 2u

static struct cpu cpu;
static struct tcb self, partner; /* who runs, and whom it meets */
static struct slot slots[SLOTS];
static struct endpoint endpoint; /* granule 1 */
static struct reply reply;       /* granule 2 */
static struct notification bound;
static struct vspace spaces[2];

/* As it was. */
static struct frame own, others;
static uint64_t endpoint_word, reply_word;

uint64_t proof_place(const struct tcb *tcb)
{
    return tcb == &self ? 1 : 2;
}

/* One pointer for each that is taken out of a word or made of a number: a choice of several would
   make every access one to all of them. */
struct tcb *proof_thread(uint64_t place)
{
    ASSERT(place == 2, "only the partner can be found in a word");
    return &partner;
}

struct tcb *proof_running(uint64_t place)
{
    ASSERT(place == 1, "who runs until another does");
    return &self;
}

static unsigned objects_found;

void *object_of_word(uint64_t word)
{
    bool first = objects_found++ == 0;

    ASSERT(word >> 27 == (first ? 1 : 2) << 5, "first the endpoint, then the reply object");
    return first ? (void *)&endpoint : (void *)&reply;
}

static bool same_frame(const struct frame *now, const struct frame *then)
{
    return now->rdi == then->rdi && now->rsi == then->rsi && now->mr[0] == then->mr[0] &&
           now->mr[1] == then->mr[1] && now->mr[2] == then->mr[2] && now->mr[3] == then->mr[3] &&
           now->rip == then->rip && now->rbx == then->rbx && now->r12 == then->r12;
}

static bool runs(const struct tcb *tcb)
{
    return cpu.frame_top == thread_top(tcb);
}

static void check_untouched(void)
{
    ASSERT(same_frame(&self.frame, &own) && same_frame(&partner.frame, &others),
           "no frame changed");
    ASSERT(endpoint.word == endpoint_word, "nor the endpoint");
    ASSERT(reply.word == reply_word, "nor the reply object");
    ASSERT(runs(&self), "nor who runs");
}

/* Ends what is looked at: nothing that comes later belongs to it. */
static _Noreturn void leave(void)
{
    ASSUME(false);
    for (;;)
        ;
}

void ipc_call_slow(struct cpu *of)
{
    (void)of;
    check_untouched();
    REACHED(endpoint_word == ENDPOINT_QUEUE);
    leave();
}

void syscall_invoke(struct cpu *of)
{
    (void)of;
    check_untouched();
    leave();
}

void ipc_reply_recv_slow(struct cpu *of)
{
    (void)of;
    check_untouched();
    REACHED((reply_word & REPLY_TAG) == REPLY_ARMED);
    leave();
}

void ipc_call_claimed(struct cpu *of, struct tcb *server, uint64_t badge)
{
    ASSERT(of == &cpu && server == &partner, "the receiver that was there");
    ASSERT(endpoint_word == thread_word(server, ENDPOINT_RECEIVER), "in the endpoint");
    ASSERT(endpoint.word == ENDPOINT_IDLE, "and is not any more");
    ASSERT(badge == slots[0].cap.badge, "with the badge");
    ASSERT(same_frame(&self.frame, &own) && same_frame(&partner.frame, &others),
           "nothing said yet");
    REACHED(true);
    leave();
}

/* The caller, which was answered, and the server, which does not wait yet or not alone. */
static void check_answered(struct tcb *caller)
{
    ASSERT(caller == &partner, "the caller that was in the reply object");
    ASSERT(reply_word == thread_word(caller, REPLY_CALLER), "was there");
    ASSERT(reply.word == thread_word(&self, REPLY_ARMED), "and is not any more");
    ASSERT(caller->frame.mr[0] == own.mr[0] && caller->frame.mr[3] == own.mr[3] &&
               caller->frame.rsi == own.rsi,
           "it has its answer");
    ASSERT(self.reply == &reply, "the server knows what it has armed");
    ASSERT(self.endpoint == &endpoint, "and where it receives");
}

void ipc_recv_after_reply(struct cpu *of, struct tcb *caller)
{
    (void)of;
    check_answered(caller);
    ASSERT(endpoint.word == endpoint_word, "the endpoint is as it was");
    REACHED(true);
    leave();
}

void ipc_signalled_after_reply(struct cpu *of, struct tcb *caller, struct notification *bell)
{
    (void)of;
    check_answered(caller);
    ASSERT(bell == &bound && bound.bits != 0, "there is a signal");
    ASSERT(endpoint.word == thread_word(&self, ENDPOINT_RECEIVER), "it waits");
    REACHED(true);
    leave();
}

void sched_save_fpu(struct cpu *of)
{
    ASSERT(of->fpu_live != 0, "there is floating point to save");
    of->fpu_live = 0;
}

void cpu_check_pcid(struct cpu *of, struct vspace *vspace)
{
    ASSERT(of->no_flush != 0 && of->vspace == vspace, "the space that was loaded");
}

/* Words of any kind; a thread in one is in the state that goes with it. */
static void any_objects(void)
{
    bool receiver = nondet_bool(), caller = nondet_bool();

    ASSUME(!receiver || !caller); /* the partner is in one place */
    ANYTHING(&endpoint);
    ANYTHING(&reply);
    if (receiver) {
        endpoint.word = thread_word(&partner, ENDPOINT_RECEIVER);
        reply.word = thread_word(&partner, REPLY_ARMED);
    } else {
        ASSUME(endpoint.word <= ENDPOINT_QUEUE && endpoint.word != ENDPOINT_RECEIVER);
    }
    if (caller)
        reply.word = thread_word(&partner, REPLY_CALLER);
    else if (!receiver)
        reply.word = nondet_bool() ? REPLY_FREE : (uint64_t)3 << 3 | REPLY_ARMED;
    endpoint_word = endpoint.word;
    reply_word = reply.word;
}

/* Capabilities of any type and right; one to an endpoint or a reply object names the one there is.
 */
static void any_slots(void)
{
    ANYTHING(slots);
    ASSUME(slots[0].cap.type != CAP_Endpoint || slots[0].cap.object == 1);
    ASSUME(slots[0].cap.type != CAP_Reply || slots[0].cap.object == 2);
    ASSUME(slots[1].cap.type != CAP_Endpoint || slots[1].cap.object == 1);
    ASSUME(slots[1].cap.type != CAP_Reply || slots[1].cap.object == 2);
}

static void any_thread(struct tcb *tcb, const struct frame *frame)
{
    tcb->frame = *frame;
    tcb->priority = nondet_u8();
    ASSUME(tcb->priority < TCB_PRIORITIES);
    tcb->vspace = &spaces[0];
    tcb->call_kind = nondet_bool() ? CALL_MESSAGE : CALL_FAULT;
    tcb->cpu = nondet_bool() ? &cpu : NULL;
}

static void any_machine(void)
{
    ANYTHING(&own);
    ANYTHING(&others);
    any_thread(&self, &own);
    any_thread(&partner, &others);
    self.cspace = (struct cspace){slots, SLOTS};
    self.bound = &bound;
    bound.bits = nondet_u64();
    partner.reply = &reply;
    cpu.frame_top = thread_top(&self);
    cpu.vspace = &spaces[nondet_bool()];
    cpu.unusual = 0;
    cpu.no_flush = nondet_bool() ? UINT64_C(1) << 63 : 0;
    cpu.ready_most = nondet_int();
    ASSUME(cpu.ready_most >= -1 && cpu.ready_most < (int)TCB_PRIORITIES);
}

/* The partner runs now, with what the other has said. */
static void check_runs(const struct frame *f)
{
    ASSERT(f == &partner.frame && runs(&partner), "it runs");
    ASSERT(partner.state == TCB_RUNNING && partner.cpu == &cpu, "here");
    ASSERT(cpu.vspace == partner.vspace, "in its own space");
    ASSERT(cpu.ready_most <= (int32_t)partner.priority, "nobody better is ready");
    ASSERT(cpu.attention == 0 && cpu.fpu_live == 0, "nothing else is to be done first");
    f = &partner.frame;
    ASSERT(f->rsi == own.rsi && ipc_is_plain(f->rsi), "with a tag that any thread may send");
    ASSERT(f->mr[0] == own.mr[0] && f->mr[1] == own.mr[1] && f->mr[2] == own.mr[2] &&
               f->mr[3] == own.mr[3],
           "and the four words");
    ASSERT(f->rip == others.rip && f->rbx == others.rbx && f->r12 == others.r12, "and its own");
    ASSERT(same_frame(&self.frame, &own), "nobody else's frame has changed");
}

static void check_call(uint64_t cptr)
{
    const struct frame *f = ipc_call(cptr, own.rsi, &cpu);

    ASSERT(cptr == 0 && slots[0].cap.type == CAP_Endpoint, "an endpoint in the CNode");
    ASSERT((slots[0].cap.rights & seL4_CanWrite) != 0, "that may be called");
    ASSERT(endpoint_word == thread_word(&partner, ENDPOINT_RECEIVER), "its receiver");
    check_runs(f);
    ASSERT(partner.frame.rdi == slots[0].cap.badge, "is told the badge");
    ASSERT(endpoint.word == ENDPOINT_IDLE, "and is out of the endpoint");
    ASSERT(self.state == TCB_AWAITING && self.reply == &reply, "who called");
    ASSERT(reply.word == thread_word(&self, REPLY_CALLER), "can be answered");
    ASSERT(self.call_kind == CALL_MESSAGE, "with a message");
    REACHED(true);
    leave();
}

static void check_reply_recv(uint64_t cptr, uint64_t reply_cptr)
{
    uint64_t badge = others.rdi;
    const struct frame *f = ipc_reply_recv(cptr, own.rsi, &cpu, reply_cptr);

    ASSERT(cptr == 0 && slots[0].cap.type == CAP_Endpoint, "an endpoint in the CNode");
    ASSERT((slots[0].cap.rights & seL4_CanRead) != 0, "that may be received from");
    ASSERT(reply_cptr == 1 && slots[1].cap.type == CAP_Reply, "a reply object");
    ASSERT((slots[1].cap.rights & seL4_CanWrite) != 0, "that may be used");
    ASSERT(endpoint_word == ENDPOINT_IDLE && bound.bits == 0, "nobody else to serve");
    check_answered(&partner);
    check_runs(f);
    ASSERT(partner.frame.rdi == badge, "an answer has no badge");
    ASSERT(partner.call_kind == CALL_MESSAGE, "a fault is not answered here");
    ASSERT(self.state == TCB_RECEIVING, "the server waits");
    ASSERT(endpoint.word == thread_word(&self, ENDPOINT_RECEIVER), "in it");
    REACHED(true);
    leave();
}

static uint64_t beyond_the_end(void)
{
    uint64_t cptr = nondet_u64();

    ASSUME(cptr >= SLOTS);
    return cptr;
}

/* Constants, so that what cannot happen is not walked through. */
void harness(void)
{
    any_machine();
    any_objects();
    any_slots();
    switch (PART) {
    case 0:
        check_call(0);
        break;
    case 1:
        check_reply_recv(0, 1);
        break;
    case 2:
        check_call(beyond_the_end());
        break;
    case 3:
        check_reply_recv(beyond_the_end(), 1);
        break;
    case 4:
        check_reply_recv(0, beyond_the_end());
        break;
    case 5:
        cpu.attention = ATTEND_FLUSH;
        check_call(0);
        break;
    case 6:
        cpu.attention = ATTEND_STOP;
        check_reply_recv(0, 1);
        break;
    case 7:
        cpu.fpu_live = 1;
        check_call(0);
        break;
    default:
        cpu.fpu_live = 1;
        check_reply_recv(0, 1);
    }
}
