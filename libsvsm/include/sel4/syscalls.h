/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The eight system calls.
 *
 * SYSCALL with RDX the number, RDI the capability (badge on return), RSI the message tag, R10, R8,
 * R9 and R15 the four message words, R12 the reply object where one is received into. RBX keeps the
 * stack pointer, and the kernel puts it back. All four words always travel; unused ones are 0, so
 * nothing leaks. RAX, RCX, RDX and R11 come back as 0; RBP, RBX, R12, R13 and R14 are kept; flags
 * are not.
 */
#ifndef SEL4_SYSCALLS_H
#define SEL4_SYSCALLS_H

#include <sel4/types.h>

typedef enum {
    seL4_SysCall = -1,
    seL4_SysReplyRecv = -2,
    seL4_SysSend = -3,
    seL4_SysSignal = -4,
    seL4_SysRecv = -5,
    seL4_SysWait = -6,
    seL4_SysYield = -7,
    seL4_SysPoll = -8,
} seL4_Syscall_ID;

#define SVSM_SYSCALLS 8u

/* A message on its way in or out of the kernel. */
struct svsm_message {
    seL4_Word badge; /* in: the capability; out: the badge */
    seL4_MessageInfo_t info;
    seL4_Word mr[seL4_MsgMaxLength];
};

#ifdef __x86_64__
static inline void svsm_syscall(seL4_Syscall_ID number, struct svsm_message *m, seL4_CPtr reply)
{
    register seL4_Word mr0 __asm__("r10") = m->mr[0];
    register seL4_Word mr1 __asm__("r8") = m->mr[1];
    register seL4_Word mr2 __asm__("r9") = m->mr[2];
    register seL4_Word mr3 __asm__("r15") = m->mr[3];
    register seL4_Word reply_object __asm__("r12") = reply;
    seL4_Word id = (seL4_Word)(int64_t)number;

    __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall"
                     : "+d"(id), "+D"(m->badge), "+S"(m->info.words[0]), "+r"(mr0), "+r"(mr1),
                       "+r"(mr2), "+r"(mr3)
                     : "r"(reply_object)
                     : "rax", "rbx", "rcx", "r11", "cc", "memory");
    m->mr[0] = mr0;
    m->mr[1] = mr1;
    m->mr[2] = mr2;
    m->mr[3] = mr3;
}
#else
#error "x86-64 only"
#endif

/* Word by word: a loop would keep the compiler from leaving them in registers. */
static inline void svsm_take_words(seL4_Word mr[seL4_MsgMaxLength], const struct svsm_message *m)
{
    mr[0] = m->mr[0];
    mr[1] = m->mr[1];
    mr[2] = m->mr[2];
    mr[3] = m->mr[3];
}

/* Calls an endpoint, or a method of another object; the answer replaces the message. */
static inline seL4_MessageInfo_t seL4_CallWithMRs(seL4_CPtr dest, seL4_MessageInfo_t info,
                                                  seL4_Word mr[seL4_MsgMaxLength])
{
    struct svsm_message m = {dest, info, {mr[0], mr[1], mr[2], mr[3]}};

    svsm_syscall(seL4_SysCall, &m, 0);
    svsm_take_words(mr, &m);
    return m.info;
}

/* Waits for a message; the caller is kept in the reply object. */
static inline seL4_MessageInfo_t seL4_RecvWithMRs(seL4_CPtr src, seL4_Word *sender,
                                                  seL4_Word mr[seL4_MsgMaxLength], seL4_CPtr reply)
{
    struct svsm_message m = {src, {{0}}, {0, 0, 0, 0}};

    svsm_syscall(seL4_SysRecv, &m, reply);
    svsm_take_words(mr, &m);
    *sender = m.badge;
    return m.info;
}

/*
 * Answers the caller kept in the reply object and waits for the next message.
 * style: five parameters are those of seL4's call of this name
 */
static inline seL4_MessageInfo_t seL4_ReplyRecvWithMRs(seL4_CPtr src, seL4_MessageInfo_t info,
                                                       seL4_Word *sender,
                                                       seL4_Word mr[seL4_MsgMaxLength],
                                                       seL4_CPtr reply)
{
    struct svsm_message m = {src, info, {mr[0], mr[1], mr[2], mr[3]}};

    svsm_syscall(seL4_SysReplyRecv, &m, reply);
    svsm_take_words(mr, &m);
    *sender = m.badge;
    return m.info;
}

/* Answers the caller kept in a reply object, without waiting for anything. */
static inline void seL4_SendWithMRs(seL4_CPtr reply, seL4_MessageInfo_t info,
                                    const seL4_Word mr[seL4_MsgMaxLength])
{
    struct svsm_message m = {reply, info, {mr[0], mr[1], mr[2], mr[3]}};

    svsm_syscall(seL4_SysSend, &m, 0);
}

/* Sets the bits of the capability's badge; bit 63 if it has none. */
static inline void seL4_Signal(seL4_CPtr notification)
{
    struct svsm_message m = {notification, {{0}}, {0, 0, 0, 0}};

    svsm_syscall(seL4_SysSignal, &m, 0);
}

/* Waits for a signal; the badges of all signals since the last wait, ORed, come back. */
static inline seL4_Word seL4_Wait(seL4_CPtr notification)
{
    struct svsm_message m = {notification, {{0}}, {0, 0, 0, 0}};

    svsm_syscall(seL4_SysWait, &m, 0);
    return m.badge;
}

/* As seL4_Wait, but 0 at once when there was none. */
static inline seL4_Word seL4_Poll(seL4_CPtr notification)
{
    struct svsm_message m = {notification, {{0}}, {0, 0, 0, 0}};

    svsm_syscall(seL4_SysPoll, &m, 0);
    return m.badge;
}

static inline void seL4_Yield(void)
{
    struct svsm_message m = {0, {{0}}, {0, 0, 0, 0}};

    svsm_syscall(seL4_SysYield, &m, 0);
}

#endif
