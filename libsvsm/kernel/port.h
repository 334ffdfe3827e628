/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library on Drupe's kernel: a message is a system call.
 *
 * libsvsm/linux has a header of the same name with the same operations. They are here in the header
 * because they are the hot path of every call.
 */
#ifndef PORT_H
#define PORT_H

#include <sel4/syscalls.h>
#include <svsm/channel.h>

_Noreturn void port_exit(uint64_t number);

uint64_t port_stack_used(void);
uint64_t port_heap_used(void);

/* Word by word, so that they stay in registers on the way to SYSCALL. Words beyond the length are
   nobody else's: the sender's own, or those of the call that is being answered. */
static inline void port_load(struct svsm_message *m, const struct message *message)
{
    m->info.words[0] = message->label << SEL4_LABEL_SHIFT | (message->length & SEL4_LENGTH_MASK);
    m->mr[0] = message->words[0];
    m->mr[1] = message->words[1];
    m->mr[2] = message->words[2];
    m->mr[3] = message->words[3];
}

static inline void port_store(struct message *message, const struct svsm_message *m)
{
    message->label = seL4_MessageInfo_get_label(m->info);
    message->length = (uint32_t)seL4_MessageInfo_get_length(m->info); /* the kernel's: at most 4 */
    message->words[0] = m->mr[0];
    message->words[1] = m->mr[1];
    message->words[2] = m->mr[2];
    message->words[3] = m->mr[3];
}

static inline void port_call(const struct channel *channel, struct message *message)
{
    struct svsm_message m = {.badge = channel->endpoint};

    port_load(&m, message);
    svsm_syscall(seL4_SysCall, &m, 0);
    port_store(message, &m);
}

/* Waits for a call or signals; returns the badge. */
static inline uint64_t port_receive(struct message *message)
{
    struct svsm_message m = {SVSM_SLOT_ENDPOINT, {{0}}, {0, 0, 0, 0}};

    svsm_syscall(seL4_SysRecv, &m, SVSM_SLOT_REPLY);
    port_store(message, &m);
    return m.badge;
}

/* Answers the last call and waits for the next. */
static inline uint64_t port_answer(struct message *message)
{
    struct svsm_message m = {.badge = SVSM_SLOT_ENDPOINT};

    port_load(&m, message);
    svsm_syscall(seL4_SysReplyRecv, &m, SVSM_SLOT_REPLY);
    port_store(message, &m);
    return m.badge;
}

static inline void port_signal(const struct channel *channel)
{
    seL4_Signal(channel->start->notification);
}

#endif
