/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fast path of Call and ReplyRecv. No lock, no loop, no queue.
 *
 * A Call claims the one waiting receiver of an endpoint by swapping its word to 0 and runs it at
 * once on the caller's processor; a ReplyRecv answers the caller, publishes the server as the
 * receiver again and runs the caller. What they do not handle, ipc_slow.c does; nothing has been
 * changed then unless the call says so. Both are counted in tests/bench.
 */
#include "ipc.h"
#include "notification.h"
#include "sched.h"

/* The first word of a capability, and what it must be. The badge may be read apart from it: it is
   checked that the word has not changed meanwhile. */
static inline uint64_t first_word(const struct slot *slot)
{
    return __atomic_load_n((const uint64_t *)(const void *)&slot->cap, __ATOMIC_ACQUIRE);
}

/* Endpoints and reply objects have nothing in `aux`: that is checked along, and leaves the object's
   number alone above bit 32. */
static inline bool word_is(uint64_t word, uint32_t type, uint32_t right)
{
    return ((uint32_t)word & (UINT32_C(0xffff00ff) | right << 8)) == (type | right << 8);
}

static inline bool swap(uint64_t *word, uint64_t old, uint64_t new)
{
    return __atomic_compare_exchange_n(word, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* What is rare stands in functions of its own that are jumped to, so that the path needs no stack.
 */
static __attribute__((noinline, cold)) struct frame *run_with_pcid(struct cpu *cpu,
                                                                   struct tcb *next)
{
    cpu_load_space(cpu, next->vspace);
    return &next->frame;
}

/* Makes `next`, whose processor is this one, the running thread; the current one belongs to an
   object already. */
static inline struct frame *run(struct cpu *cpu, struct tcb *next)
{
    __atomic_store_n(&next->state, TCB_RUNNING, __ATOMIC_RELEASE);
    cpu->frame_top = thread_top(next);
    machine_load_fs_base(next->frame.fs_base);
    if (cpu->vspace != next->vspace) {
        if (cpu->no_flush != 0) {
            return run_with_pcid(cpu, next);
        }
        cpu_load_space_without_pcid(cpu, next->vspace);
    }
    return &next->frame;
}

/* Somebody wants this processor's attention; or else it is only the floating-point state of the
   running thread, which is put away here, and all starts again. */
static __attribute__((noinline, cold)) struct frame *call_unusual(uint64_t cptr, uint64_t info,
                                                                  struct cpu *cpu)
{
    if (cpu->attention != 0) {
        ipc_call_slow(cpu);
    }
    sched_save_fpu(cpu);
    return ipc_call(cptr, info, cpu);
}

static __attribute__((noinline, cold)) struct frame *
reply_recv_unusual(uint64_t cptr, uint64_t info, struct cpu *cpu, uint64_t reply_cptr)
{
    if (cpu->attention != 0) {
        ipc_reply_recv_slow(cpu);
    }
    sched_save_fpu(cpu);
    return ipc_reply_recv(cptr, info, cpu, reply_cptr);
}

struct frame *ipc_call(uint64_t cptr, uint64_t info, struct cpu *cpu)
{
    struct tcb *caller = cpu_current(cpu);
    const struct slot *slot;
    struct endpoint *endpoint;
    struct tcb *server;
    uint64_t word, badge, claim;

    if (cptr >= caller->cspace.count || !ipc_is_plain(info)) {
        ipc_call_slow(cpu);
    }
    if (cpu->unusual != 0) {
        return call_unusual(cptr, info, cpu);
    }
    slot = &caller->cspace.slots[cptr];
    word = first_word(slot);
    badge = slot->cap.badge;
    if (!word_is(word, CAP_Endpoint, seL4_CanWrite) || first_word(slot) != word) {
        if ((uint8_t)word != CAP_Endpoint) {
            syscall_invoke(cpu);
        }
        ipc_call_slow(cpu);
    }
    endpoint = object_of_word(word);
    claim = __atomic_load_n(&endpoint->word, __ATOMIC_ACQUIRE);
    if ((claim & ENDPOINT_TAG) != ENDPOINT_RECEIVER ||
        !swap(&endpoint->word, claim, ENDPOINT_IDLE)) {
        ipc_call_slow(cpu);
    }
    server = thread_in(claim, ENDPOINT_RECEIVER);
    if (cpu->ready_most > (int32_t)server->priority) {
        ipc_call_claimed(cpu, server, badge);
    }
    caller->call_kind = CALL_MESSAGE;
    server->frame.rdi = badge;
    ipc_copy_words(server, caller, info);
    ipc_bind_caller(server, caller);
    server->cpu = cpu;
    return run(cpu, server);
}

static inline struct tcb *waiting_caller(const struct cpu *cpu, uint64_t word)
{
    struct tcb *caller;

    if ((word & REPLY_TAG) != REPLY_CALLER) {
        return NULL;
    }
    caller = thread_in(word, REPLY_CALLER);
    if (caller->cpu != cpu || caller->call_kind != CALL_MESSAGE ||
        cpu->ready_most > (int32_t)caller->priority) {
        return NULL;
    }
    return caller;
}

struct frame *ipc_reply_recv(uint64_t cptr, uint64_t info, struct cpu *cpu, uint64_t reply_cptr)
{
    struct tcb *server = cpu_current(cpu);
    const struct slot *slots = server->cspace.slots;
    struct notification *bound = server->bound;
    struct endpoint *endpoint;
    struct reply *reply;
    struct tcb *caller;
    uint64_t word, reply_word, held;

    if (cptr >= server->cspace.count || reply_cptr >= server->cspace.count || !ipc_is_plain(info)) {
        ipc_reply_recv_slow(cpu);
    }
    if (cpu->unusual != 0) {
        return reply_recv_unusual(cptr, info, cpu, reply_cptr);
    }
    word = first_word(&slots[cptr]);
    reply_word = first_word(&slots[reply_cptr]);
    if (!word_is(word, CAP_Endpoint, seL4_CanRead) ||
        !word_is(reply_word, CAP_Reply, seL4_CanWrite)) {
        ipc_reply_recv_slow(cpu);
    }
    endpoint = object_of_word(word);
    reply = object_of_word(reply_word);
    held = __atomic_load_n(&reply->word, __ATOMIC_ACQUIRE);
    caller = waiting_caller(cpu, held);
    if (caller == NULL || !swap(&reply->word, held, thread_word(server, REPLY_ARMED))) {
        ipc_reply_recv_slow(cpu);
    }
    ipc_copy_words(caller, server, info);
    server->reply = reply;
    server->endpoint = endpoint;
    server->state = TCB_RECEIVING;
    if (!swap(&endpoint->word, ENDPOINT_IDLE, thread_word(server, ENDPOINT_RECEIVER))) {
        ipc_recv_after_reply(cpu, caller);
    }
    if (__atomic_load_n(&bound->bits, __ATOMIC_ACQUIRE) != 0) {
        ipc_signalled_after_reply(cpu, caller, bound);
    }
    return run(cpu, caller);
}
