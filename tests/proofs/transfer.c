/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a message carries, on the steps both paths share and on the slow path: four words, a tag
 * that can neither claim more words nor pass for the kernel's, and the badge; of the receiver
 * nothing else changes, of the sender nothing at all. A capability is found only inside the
 * thread's CNode, of the type and with the right that was asked for. A fault's message is the
 * fault's words, and its answer changes no register.
 *
 * options: --unwind 6
 */
#include "thread_word.h"

#include <ipc_slow.c>

#include "proof.h"

static struct cpu cpu;
static struct tcb sender, receiver;
static struct reply reply;
static struct slot slots[4];
static struct frame sent, had;
static unsigned woken, stopped;

struct window kernel_window;

uint64_t proof_place(const struct tcb *tcb)
{
    return tcb == &sender ? 1 : 2;
}

struct tcb *proof_thread(uint64_t place)
{
    return place == 1 ? &sender : &receiver;
}

struct tcb *proof_running(uint64_t place)
{
    return proof_thread(place);
}

void sched_ready(struct tcb *tcb)
{
    ASSERT(tcb == &receiver, "who was answered goes on");
    woken++;
}

void tcb_stopped(struct tcb *tcb)
{
    ASSERT(tcb == &receiver, "who was answered stays");
    stopped++;
}

static void any_threads(void)
{
    ANYTHING(&sent);
    ANYTHING(&had);
    sender.frame = sent;
    receiver.frame = had;
    sender.call_kind = nondet_bool() ? CALL_MESSAGE : CALL_FAULT;
    receiver.call_kind = nondet_bool() ? CALL_MESSAGE : CALL_FAULT;
    sender.fault_label = nondet_u8();
    for (unsigned i = 0; i < 4; i++)
        sender.fault_words[i] = nondet_u64();
}

/* A register that no message may touch. */
static void check_rest(void)
{
    const struct frame *f = &receiver.frame;

    ASSERT(f->rip == had.rip && f->rbx == had.rbx && f->rbp == had.rbp && f->r12 == had.r12 &&
               f->r13 == had.r13 && f->r14 == had.r14 && f->rsp == had.rsp &&
               f->rflags == had.rflags && f->fs_base == had.fs_base && f->whole == had.whole,
           "no other register of the receiver");
    f = &sender.frame;
    ASSERT(f->rip == sent.rip && f->rsi == sent.rsi && f->rdi == sent.rdi &&
               f->mr[0] == sent.mr[0] && f->mr[3] == sent.mr[3] && f->r12 == sent.r12,
           "nothing of the sender");
}

static void check_words(void)
{
    uint64_t info = receiver.frame.rsi;
    unsigned i = nondet_u32();

    ASSUME(i < 4);
    ASSERT(receiver.frame.mr[i] == sent.mr[i], "the four words");
    ASSERT((info & SEL4_LENGTH_MASK) <= seL4_MsgMaxLength, "no more than that");
    ASSERT((info >> SEL4_LABEL_SHIFT & SVSM_LABEL_KERNEL) == 0, "not the kernel's label");
    ASSERT((info & 0xf80) == 0, "no capabilities");
    ASSERT(((info ^ sent.rsi) >> SEL4_LABEL_SHIFT & ~SVSM_LABEL_KERNEL) == 0, "the sender's label");
}

/* What the fast path does with a tag it takes. */
static void check_fast(void)
{
    if (!ipc_is_plain(sent.rsi))
        return;
    ipc_copy_words(&receiver, &sender, sent.rsi);
    check_words();
    ASSERT(receiver.frame.rdi == had.rdi, "the badge is set apart");
    receiver.reply = &reply;
    ipc_bind_caller(&receiver, &sender);
    ASSERT(sender.state == TCB_AWAITING && sender.reply == &reply, "the caller waits");
    ASSERT(reply.word == thread_word(&sender, REPLY_CALLER), "where it can be answered");
    REACHED(sent.rsi == seL4_MsgMaxLength);
}

static void check_call(void)
{
    uint64_t badge = nondet_u64();
    unsigned i = nondet_u32();

    ASSUME(i < 4);
    deliver_call(&receiver, &sender, badge);
    ASSERT(receiver.frame.rdi == badge, "the badge");
    if (sender.call_kind == CALL_MESSAGE) {
        check_words();
        REACHED(sent.rsi > 100000);
    } else {
        ASSERT(receiver.frame.mr[i] == sender.fault_words[i], "the fault's words");
        ASSERT(receiver.frame.rsi == (sender.fault_label << SEL4_LABEL_SHIFT | 4), "and its label");
    }
}

static void check_answer(void)
{
    unsigned i = nondet_u32();

    ASSUME(i < 4);
    deliver_answer(&receiver, &sender);
    ASSERT(woken + stopped == 1, "it goes on, or it stays");
    if (receiver.call_kind == CALL_MESSAGE) {
        ASSERT(woken == 1 && receiver.frame.rdi == 0, "with no badge");
        check_words();
    } else {
        ASSERT(receiver.frame.mr[i] == had.mr[i] && receiver.frame.rsi == had.rsi &&
                   receiver.frame.rdi == had.rdi,
               "a fault's answer is in no register");
        ASSERT((woken == 1) == (sent.rsi >> SEL4_LABEL_SHIFT == 0), "label 0 lets it go on");
        REACHED(stopped == 1);
    }
}

static void check_find(void)
{
    uint64_t cptr = nondet_u64();
    bool write = nondet_bool();
    struct cap cap;

    ANYTHING(slots);
    sender.cspace = (struct cspace){slots, 4};
    cpu.frame_top = thread_top(&sender);
    if (!find(&cpu, cptr, &cap, WITH(CAP_Endpoint, write ? seL4_CanWrite : seL4_CanRead)))
        return;
    ASSERT(cptr < 4, "inside the CNode");
    ASSERT(cap.type == CAP_Endpoint && slots[cptr].cap.type == CAP_Endpoint, "of the type");
    ASSERT((slots[cptr].cap.rights & (write ? seL4_CanWrite : seL4_CanRead)) != 0,
           "with the right");
    ASSERT(cap.object == slots[cptr].cap.object && cap.badge == slots[cptr].cap.badge,
           "the capability that is there");
    REACHED(cptr == 3);
}

void harness(void)
{
    any_threads();
    woken = stopped = 0;
    switch (nondet_int()) {
    case 0:
        check_fast();
        break;
    case 1:
        check_call();
        break;
    case 2:
        check_answer();
        break;
    default:
        check_find();
    }
    check_rest();
}
