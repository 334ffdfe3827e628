/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the launcher and a server's process agree on: file descriptors, addresses, messages.
 *
 * A process finds its start page, its own page and its channels at fixed descriptors. A channel is
 * a pair of sequenced-packet sockets that outlives both processes, an eventfd for each direction's
 * signals, and a piece of shared memory. Messages name the generations of both ends as their sender
 * knows them, so that what a dead process has left in a socket is told apart and dropped.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stdint.h>

#include <svsm/start.h>

#define WIRE_FD_START   500 /* opened read-only */
#define WIRE_FD_BLOCK   501
#define WIRE_FD_CHANNEL 510 /* four for each channel: */
enum wire_fd { WIRE_SOCKET, WIRE_SIGNALLED, WIRE_SIGNAL, WIRE_MEMORY, WIRE_FDS };

#define WIRE_CHANNEL_FD(channel, which) (WIRE_FD_CHANNEL + (int)(channel)*WIRE_FDS + (int)(which))

#define WIRE_FD_WINDOW 640 /* one for each window */

#define WIRE_VA_START      UINT64_C(0x7d0000000000)
#define WIRE_VA_BLOCK      UINT64_C(0x7d0000010000)
#define WIRE_VA_CHANNEL    UINT64_C(0x7d0100000000)
#define WIRE_VA_STEP       UINT64_C(0x40000000)
#define WIRE_VA_WINDOW     UINT64_C(0x7c0000000000)
#define WIRE_WINDOW_VA(w)  (WIRE_VA_WINDOW + (uint64_t)(w)*WIRE_VA_STEP)
#define WIRE_CHANNEL_VA(c) (WIRE_VA_CHANNEL + (uint64_t)(c)*WIRE_VA_STEP)

/* How a process ends that calls port_exit(SVSM_EXIT(kind, code)): with code if it is done. */
#define WIRE_EXIT_KIND 0x80

struct wire_message {
    uint64_t label;
    uint64_t sequence; /* of the call, and of its answer; 0: the launcher answers for a dead peer */
    uint32_t client_generation;
    uint32_t server_generation;
    uint32_t length;
    uint32_t vcpu;
    uint64_t words[4];
};

/* Bytes of memory a channel shares. */
static inline uint64_t wire_memory_size(const struct svsm_start_channel *channel)
{
    uint64_t rings = (uint64_t)channel->ring_in + channel->ring_out;

    return channel->message_size + rings + (rings != 0 ? 4096 : 0);
}

#endif
