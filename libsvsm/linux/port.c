/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server as a Linux process; see wire.h for what is around it.
 *
 * A message is one packet, a signal one write to an eventfd. The launcher stands in for the kernel
 * and for init: it answers for dead servers. A peer's packets are not believed further than a
 * message is, with one exception: a peer can send what the launcher sends.
 */
#define _GNU_SOURCE
#include "port.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sel4/types.h>

#include "runtime.h"
#include "wire.h"

static struct wire_message request; /* the one that is being served */
static uint32_t requester;          /* its channel */
static uint32_t sequence;

_Noreturn static void broken(const char *what)
{
    perror(what);
    _exit(WIRE_EXIT_KIND | SVSM_EXIT_START);
}

void port_exit(uint64_t number)
{
    uint32_t kind = SVSM_EXIT_KIND(number);

    _exit((int)(kind == SVSM_EXIT_DONE ? SVSM_EXIT_CODE(number) & 0x7f : WIRE_EXIT_KIND | kind));
}

uint64_t port_stack_used(void)
{
    return 0; /* the stack is Linux' */
}

uint64_t port_heap_used(void)
{
    return 0;
}

static uint32_t live_generation(uint32_t channel)
{
    return __atomic_load_n(&runtime->start->channels[channel].peer_generation, __ATOMIC_ACQUIRE);
}

static void transmit(uint32_t channel, const struct wire_message *wire)
{
    if (send(WIRE_CHANNEL_FD(channel, WIRE_SOCKET), wire, sizeof(*wire), MSG_NOSIGNAL) !=
        (ssize_t)sizeof(*wire)) {
        broken("send");
    }
}

static void fill(struct wire_message *wire, const struct message *message)
{
    wire->label = message->label & ~SVSM_LABEL_KERNEL;
    wire->length = message->length > SVSM_WORDS ? SVSM_WORDS : message->length;
    memset(wire->words, 0, sizeof(wire->words));
    memcpy(wire->words, message->words, wire->length * sizeof(wire->words[0]));
}

static void take(struct message *message, const struct wire_message *wire)
{
    message->label = wire->label;
    message->length = wire->length > SVSM_WORDS ? SVSM_WORDS : wire->length;
    message->vcpu = wire->vcpu;
    memcpy(message->words, wire->words, sizeof(message->words));
}

/* Whether this is the answer to the call that is out: the server's own, or the launcher's because
   the server we called is no more. */
static bool is_answer(const struct wire_message *wire, const struct wire_message *call)
{
    if (wire->sequence == 0) {
        return wire->server_generation > call->server_generation;
    }
    return wire->sequence == call->sequence;
}

void port_call(const struct channel *channel, struct message *message)
{
    struct wire_message call = {
        .sequence = (uint64_t)runtime->start->generation << 32 | ++sequence,
        .client_generation = runtime->start->generation,
        .server_generation = channel->generation,
    };
    struct wire_message answer;

    fill(&call, message);
    transmit(channel->number, &call);
    do {
        if (recv(WIRE_CHANNEL_FD(channel->number, WIRE_SOCKET), &answer, sizeof(answer), 0) !=
            (ssize_t)sizeof(answer)) {
            broken("recv");
        }
    } while (!is_answer(&answer, &call));
    take(message, &answer);
}

void port_signal(const struct channel *channel)
{
    const uint64_t one = 1;

    if (write(WIRE_CHANNEL_FD(channel->number, WIRE_SIGNAL), &one, sizeof(one)) < 0) {
        broken("signal");
    }
}

/* The signals that are there, as a badge. */
static uint64_t signals(const struct pollfd *polled)
{
    uint64_t bits = 0, count;

    for (uint32_t i = 0; i < runtime->channel_count; i++) {
        if ((polled[2 * i + 1].revents & POLLIN) != 0 &&
            read(polled[2 * i + 1].fd, &count, sizeof(count)) == (ssize_t)sizeof(count)) {
            bits |= SVSM_BADGE_SIGNAL(i);
        }
    }
    return bits;
}

/* Takes a call from a channel unless it is one of a life before, of either end. */
static bool take_call(uint32_t channel, struct message *message)
{
    struct wire_message wire;

    if (recv(WIRE_CHANNEL_FD(channel, WIRE_SOCKET), &wire, sizeof(wire), MSG_DONTWAIT) !=
            (ssize_t)sizeof(wire) ||
        wire.client_generation != live_generation(channel) ||
        wire.server_generation != runtime->start->generation) {
        return false;
    }
    request = wire;
    requester = channel;
    take(message, &wire);
    return true;
}

static nfds_t poll_list(struct pollfd *polled)
{
    for (uint32_t i = 0; i < runtime->channel_count; i++) {
        bool serves = runtime->channels[i].start->role != SVSM_ROLE_CLIENT;

        polled[2 * i] = (struct pollfd){
            .fd = serves ? WIRE_CHANNEL_FD(i, WIRE_SOCKET) : -1,
            .events = POLLIN,
        };
        polled[2 * i + 1] = (struct pollfd){
            .fd = WIRE_CHANNEL_FD(i, WIRE_SIGNALLED),
            .events = POLLIN,
        };
    }
    return 2 * (nfds_t)runtime->channel_count;
}

uint64_t port_receive(struct message *message)
{
    struct pollfd polled[2 * SVSM_CHANNELS];
    uint64_t bits;

    for (;;) {
        if (poll(polled, poll_list(polled), -1) < 0) {
            broken("poll");
        }
        bits = signals(polled);
        if (bits != 0) {
            memset(message, 0, sizeof(*message));
            return bits;
        }
        for (uint32_t i = 0; i < runtime->channel_count; i++) {
            if ((polled[2 * i].revents & POLLIN) != 0 && take_call(i, message)) {
                return SVSM_BADGE_GUEST(i, message->vcpu);
            }
        }
    }
}

uint64_t port_answer(struct message *message)
{
    fill(&request, message);
    transmit(requester, &request);
    return port_receive(message);
}

/* Maps what is behind a descriptor at the address that wire.h or the start page names. */
static void *map(int fd, uint64_t address, uint64_t size, int rights)
{
    void *wanted = (void *)address;

    if (mmap(wanted, size, rights, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0) != wanted) {
        broken("mmap");
    }
    return wanted;
}

static void map_windows(const struct svsm_start *start)
{
    for (unsigned i = 0; i < SVSM_WINDOWS; i++) {
        const struct svsm_start_window *window = &start->windows[i];

        if (window->size != 0) {
            map(WIRE_FD_WINDOW + (int)i, window->address, window->size,
                (window->rights & seL4_CanWrite) != 0 ? PROT_READ | PROT_WRITE : PROT_READ);
        }
    }
}

int main(void)
{
    const struct svsm_start *start = map(WIRE_FD_START, WIRE_VA_START, 4096, PROT_READ);
    struct runtime *page = map(WIRE_FD_BLOCK, WIRE_VA_BLOCK, 4096, PROT_READ | PROT_WRITE);

    for (uint32_t i = 0; i < start->channel_count && i < SVSM_CHANNELS; i++) {
        if (start->channels[i].memory != 0) {
            map(WIRE_CHANNEL_FD(i, WIRE_MEMORY), start->channels[i].memory,
                wire_memory_size(&start->channels[i]), PROT_READ | PROT_WRITE);
        }
    }
    map_windows(start);
    svsm_begin(start, page);
}
