/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages between threads: four words, a badge, and the caller waits for the answer.
 *
 * ipc_call and ipc_reply_recv are the fast path: entry.S calls them, they return the frame that
 * leaves the kernel, and hand everything unusual to the slow path in ipc_slow.c, which any call can
 * take. Both use the few steps below. Order matters in them: a thread's own fields are written
 * first, the word that lets other processors find it last; afterwards it may be running elsewhere.
 */
#ifndef IPC_H
#define IPC_H

#include <stdbool.h>

#include "cpu.h"
#include "endpoint.h"
#include "reply.h"
#include "syscall.h"

/* No capabilities, at most four words, and not a label that only the kernel may use. */
static inline bool ipc_is_plain(uint64_t info)
{
    return (info & (UINT64_C(1) << 63 | 0xfff)) <= seL4_MsgMaxLength;
}

static inline void ipc_copy_words(struct tcb *to, const struct tcb *from, uint64_t info)
{
    to->frame.rsi = info;
    to->frame.mr[0] = from->frame.mr[0];
    to->frame.mr[1] = from->frame.mr[1];
    to->frame.mr[2] = from->frame.mr[2];
    to->frame.mr[3] = from->frame.mr[3];
}

/* The server, which the caller of this owns, has received `caller`: from here on the answer is the
   server's to give. */
static inline void ipc_bind_caller(struct tcb *server, struct tcb *caller)
{
    struct reply *reply = server->reply;

    reply->calls++;
    caller->reply = reply;
    caller->state = TCB_AWAITING;
    __atomic_store_n(&reply->word, thread_word(caller, REPLY_CALLER), __ATOMIC_RELEASE);
}

/* Fast path; from entry.S. */
struct frame *ipc_call(uint64_t cptr, uint64_t info, struct cpu *cpu);
struct frame *ipc_reply_recv(uint64_t cptr, uint64_t info, struct cpu *cpu, uint64_t reply_cptr);

/* Slow path; all of them leave the kernel. The running thread's message is in its frame. */
_Noreturn void ipc_call_slow(struct cpu *cpu);
_Noreturn void ipc_reply_recv_slow(struct cpu *cpu);
_Noreturn void ipc_send_slow(struct cpu *cpu);
_Noreturn void ipc_recv_slow(struct cpu *cpu);
/* The running thread calls `endpoint`, as its frame or its fault says. */
_Noreturn void ipc_call_endpoint(struct cpu *cpu, struct endpoint *endpoint, uint64_t badge);
/* After the fast path has claimed a server that may not run now. */
_Noreturn void ipc_call_claimed(struct cpu *cpu, struct tcb *server, uint64_t badge);
/* After the fast path has answered the caller: the server, still current, cannot simply wait... */
_Noreturn void ipc_recv_after_reply(struct cpu *cpu, struct tcb *caller);
/* ...or waits already, when there are signals for it. */
_Noreturn void ipc_signalled_after_reply(struct cpu *cpu, struct tcb *caller,
                                         struct notification *bound);

/* `caller`, a guest's, calls the server it has claimed, on this processor, where nothing runs. */
_Noreturn void ipc_call_for_guest(struct cpu *cpu, struct tcb *caller, struct tcb *server,
                                  uint64_t badge);

/* The notification capability the running thread names first, if it carries this right. */
bool ipc_find_notification(struct cpu *cpu, uint64_t right, struct cap *cap);

/* What a thread gets instead of an answer: label SVSM_LABEL_KERNEL | error. The caller owns it. */
void ipc_fail(struct tcb *tcb, seL4_Error error);
/* Ends the wait of a caller with an error, whatever it called for, and lets it go on. */
void ipc_fail_caller(struct tcb *caller, seL4_Error error);

#endif
