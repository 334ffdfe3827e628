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

static inline bool word_is(uint64_t word, uint64_t type, uint64_t right)
{
    return (word & (0xff | right << 8)) == (type | right << 8);
}

static inline bool swap(uint64_t *word, uint64_t old, uint64_t new)
{
    return __atomic_compare_exchange_n(word, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Makes `next`, whose processor is this one, the running thread; the current one belongs to an
   object already. */
static inline struct frame *run(struct cpu *cpu, struct tcb *next)
{
    __atomic_store_n(&next->state, TCB_RUNNING, __ATOMIC_RELEASE);
    cpu->frame_top = (uint64_t)&next->frame + FRAME_PUSHED;
    machine_load_fs_base(next->frame.fs_base);
    if (cpu->vspace != next->vspace) {
        cpu_load_space(cpu, next->vspace);
    }
    return &next->frame;
}

/* Somebody wants this processor's attention; or else it is only the floating-point state of the
   running thread, which is put away here. */
static bool must_attend(struct cpu *cpu)
{
    if (cpu->attention == 0) {
        sched_save_fpu(cpu);
    }
    return cpu->attention != 0;
}

struct frame *ipc_call(uint64_t cptr, uint64_t info, struct cpu *cpu)
{
    struct tcb *caller = cpu_current(cpu);
    const struct slot *slot = cspace_lookup(&caller->cspace, cptr);
    struct endpoint *endpoint;
    struct tcb *server;
    uint64_t word, badge, claim;

    if (slot == NULL || !ipc_is_plain(info) || (cpu->unusual != 0 && must_attend(cpu))) {
        ipc_call_slow(cpu);
    }
    word = first_word(slot);
    badge = slot->cap.badge;
    if ((uint8_t)word != CAP_Endpoint) {
        syscall_invoke(cpu);
    }
    if ((word >> 8 & seL4_CanWrite) == 0 || first_word(slot) != word) {
        ipc_call_slow(cpu);
    }
    endpoint = window_object((uint32_t)(word >> 32));
    claim = __atomic_load_n(&endpoint->word, __ATOMIC_ACQUIRE);
    if ((claim & ENDPOINT_TAG) != ENDPOINT_RECEIVER ||
        !swap(&endpoint->word, claim, ENDPOINT_IDLE)) {
        ipc_call_slow(cpu);
    }
    server = (struct tcb *)(claim - ENDPOINT_RECEIVER);
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
    struct tcb *caller = (struct tcb *)(word - REPLY_CALLER);

    if ((word & REPLY_TAG) != REPLY_CALLER || caller->cpu != cpu ||
        caller->call_kind != CALL_MESSAGE || cpu->ready_most > (int32_t)caller->priority) {
        return NULL;
    }
    return caller;
}

struct frame *ipc_reply_recv(uint64_t cptr, uint64_t info, struct cpu *cpu, uint64_t reply_cptr)
{
    struct tcb *server = cpu_current(cpu);
    const struct slot *slot = cspace_lookup(&server->cspace, cptr);
    const struct slot *reply_slot = cspace_lookup(&server->cspace, reply_cptr);
    struct notification *bound = server->bound;
    struct endpoint *endpoint;
    struct reply *reply;
    struct tcb *caller;
    uint64_t word, reply_word, held;

    if (slot == NULL || reply_slot == NULL || !ipc_is_plain(info) ||
        (cpu->unusual != 0 && must_attend(cpu))) {
        ipc_reply_recv_slow(cpu);
    }
    word = first_word(slot);
    reply_word = first_word(reply_slot);
    if (!word_is(word, CAP_Endpoint, seL4_CanRead) ||
        !word_is(reply_word, CAP_Reply, seL4_CanWrite)) {
        ipc_reply_recv_slow(cpu);
    }
    endpoint = window_object((uint32_t)(word >> 32));
    reply = window_object((uint32_t)(reply_word >> 32));
    held = __atomic_load_n(&reply->word, __ATOMIC_ACQUIRE);
    caller = waiting_caller(cpu, held);
    if (caller == NULL || !swap(&reply->word, held, (uint64_t)server | REPLY_ARMED)) {
        ipc_reply_recv_slow(cpu);
    }
    ipc_copy_words(caller, server, info);
    server->reply = reply;
    server->endpoint = endpoint;
    server->state = TCB_RECEIVING;
    if (!swap(&endpoint->word, ENDPOINT_IDLE, (uint64_t)server | ENDPOINT_RECEIVER)) {
        ipc_recv_after_reply(cpu, caller);
    }
    if (__atomic_load_n(&bound->bits, __ATOMIC_ACQUIRE) != 0) {
        ipc_signalled_after_reply(cpu, caller, bound);
    }
    return run(cpu, caller);
}
