/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that run, on processors a test drives, over the same booted kernel as world.h.
 *
 * All of them have the first thread's CNode, so a capability has one number for everybody. After
 * every system call made here it is checked that each thread is where its state says, and nowhere
 * else: in a queue, in a word, on a processor.
 */
#ifndef ACTORS_H
#define ACTORS_H

#include "world.h"

#include "endpoint.h"
#include "notification.h"
#include "processors.h"
#include "reply.h"
#include <sel4/syscalls.h>

#define ACTORS 12u

struct actor {
    seL4_CPtr cptr, reply;
    struct tcb *tcb;
};

/* What a system call is given, and what came back. */
struct message {
    seL4_CPtr cptr;
    uint64_t info;
    uint64_t mr[seL4_MsgMaxLength];
    seL4_CPtr reply;
};

#define INFO(label, length) ((uint64_t)(label) << SEL4_LABEL_SHIFT | (length))

/* A world with processors; nobody runs yet. As cmocka's setup function. */
int actors_start(void **state);

struct actor actor_make(void);
struct actor actor_in_space(seL4_CPtr space, seL4_CPtr fault_endpoint);
/* Ready on a processor, which then runs whom it likes. */
void actor_start(const struct actor *a, uint64_t priority, uint64_t cpu);
/* Makes it the one that runs on its processor, if it may run at all. */
void actor_run(const struct actor *a);

/* A system call of this actor, which must be running. The thread that runs on its processor
   then; NULL: none. */
struct tcb *actor_call(const struct actor *a, seL4_Syscall_ID number, const struct message *m);
struct message actor_message(const struct actor *a);

/* Shorter: with a capability and maybe its own reply object. */
struct tcb *actor_recv(const struct actor *a, seL4_CPtr endpoint);
struct tcb *actor_send(const struct actor *a, seL4_CPtr reply, uint64_t label);
struct tcb *actor_ask(const struct actor *a, seL4_CPtr endpoint, uint64_t label);
struct tcb *actor_answer(const struct actor *a, seL4_CPtr endpoint, uint64_t label);

/* What the last system call left in its registers. */
#define assert_result(a, label, badge)                                                             \
    do {                                                                                           \
        assert_int_equal((a)->tcb->frame.rsi >> SEL4_LABEL_SHIFT, (label));                        \
        assert_int_equal((a)->tcb->frame.rdi, (badge));                                            \
    } while (0)
#define KERNEL(error) (SVSM_LABEL_KERNEL | (uint64_t)(error))

struct endpoint *endpoint_in(seL4_CPtr cptr);
struct reply *reply_in(seL4_CPtr cptr);
struct notification *notification_in(seL4_CPtr cptr);

/* A new capability to the same object. */
seL4_CPtr actor_badged(seL4_CPtr original, seL4_CapRights_t rights, uint64_t badge);

/* Everybody is where the states say. */
void actors_check(void);

#endif
