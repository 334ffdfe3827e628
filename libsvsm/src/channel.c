/* SPDX-License-Identifier: BSD-2-Clause */
/* Channels; see svsm/channel.h. What the start page says is init's word and believed. */
#include <svsm/channel.h>

#include <sel4/types.h>
#include <string.h>

#include "port.h"
#include "runtime.h"

/* The positions' page: each end's two are on a cache line of its own. */
struct positions {
    uint64_t client_reads, client_writes;
    uint64_t padding[6];
    uint64_t server_reads, server_writes;
};

/* Where the message lies in a channel's memory; start.h says why. */
static size_t message_offset(const struct svsm_start_channel *start)
{
    return start->ring_in + start->ring_out == 0 ? 0 : 4096;
}

static uint32_t peer_generation(const struct channel *channel)
{
    return __atomic_load_n(&channel->start->peer_generation, __ATOMIC_ACQUIRE);
}

/* What the peer knew is gone, and so is what was in the rings. */
static void channel_reset(struct channel *channel, uint32_t generation)
{
    uint32_t epoch = runtime->start->generation + generation;

    channel->generation = generation;
    ring_reset(&channel->in, epoch);
    ring_reset(&channel->out, epoch);
}

static void rings_open(struct channel *channel)
{
    const struct svsm_start_channel *start = channel->start;
    struct positions *positions = (struct positions *)start->memory;
    bool client = start->role == SVSM_ROLE_CLIENT;
    uint8_t *data = (uint8_t *)(start->memory + message_offset(start) + start->message_size);

    if (start->memory == 0 || start->ring_in + start->ring_out == 0) {
        return;
    }
    channel->in = (struct ring){
        .own = client ? &positions->client_reads : &positions->server_reads,
        .peer = client ? &positions->server_writes : &positions->client_writes,
        .data = client ? data : data + start->ring_out,
        .size = start->ring_in,
    };
    channel->out = (struct ring){
        .own = client ? &positions->client_writes : &positions->server_writes,
        .peer = client ? &positions->server_reads : &positions->client_reads,
        .data = client ? data + start->ring_in : data,
        .size = start->ring_out,
        .writer = true,
    };
}

void channels_open(void)
{
    runtime->channel_count = runtime->start->channel_count;
    for (uint32_t i = 0; i < runtime->channel_count; i++) {
        struct channel *channel = &runtime->channels[i];

        channel->start = &runtime->start->channels[i];
        channel->number = i;
        channel->endpoint = channel->start->endpoint;
        rings_open(channel);
        channel_reset(channel, peer_generation(channel));
        channel->noticed = channel->generation;
    }
}

struct channel *channel_find(const char *name)
{
    for (uint32_t i = 0; i < runtime->channel_count; i++) {
        if (strncmp(runtime->channels[i].start->name, name, SVSM_NAME_BYTES) == 0) {
            return &runtime->channels[i];
        }
    }
    return NULL;
}

enum svsm_status channel_check(struct channel *channel)
{
    uint32_t generation = peer_generation(channel);

    if (generation == channel->generation) {
        return SVSM_OK;
    }
    if (__atomic_load_n(&channel->start->peer_gone, __ATOMIC_ACQUIRE) != 0) {
        return SVSM_GONE;
    }
    channel_reset(channel, generation);
    return SVSM_RESTARTED;
}

/* The kernel answered in the server's place; seldom, so it may look twice. Of an end that has been
   reported there is no second report: the call came while the peer was away. */
static enum svsm_status kernel_answer(struct channel *channel, uint64_t error)
{
    enum svsm_status status = channel_check(channel);

    if (error == svsm_Busy) {
        return SVSM_PEER_BUSY;
    }
    if (status == SVSM_GONE || error != svsm_PeerRestarted) {
        return SVSM_GONE;
    }
    return status == SVSM_OK ? SVSM_AWAY : SVSM_RESTARTED;
}

/* No canary: the one array on its stack is four words that never leave registers. */
__attribute__((no_stack_protector)) enum svsm_status channel_call(struct channel *channel,
                                                                  struct message *message)
{
    enum svsm_status status;

    if (channel == NULL || channel->endpoint == 0) {
        return SVSM_NO_CHANNEL;
    }
    if (!channel_is_known(channel) && (status = channel_check(channel)) != SVSM_OK) {
        return status;
    }
    svsm_hook(SVSM_POINT_CALL, channel->number);
    port_call(channel, message);
    svsm_hook(SVSM_POINT_ANSWERED, channel->number);
    if ((message->label & SVSM_LABEL_KERNEL) != 0) {
        return kernel_answer(channel, message->label & ~SVSM_LABEL_KERNEL);
    }
    return message->label > UINT16_MAX ? SVSM_FAILED : (enum svsm_status)message->label;
}

enum svsm_status channel_notify(struct channel *channel)
{
    if (channel == NULL || channel->start->notification == 0) {
        return SVSM_NO_CHANNEL;
    }
    svsm_hook(SVSM_POINT_SIGNAL, channel->number);
    port_signal(channel);
    return SVSM_OK;
}

/* Before a ring operation: the channel is there, and its peer the one we know. */
static enum svsm_status ready(struct channel *channel)
{
    return channel == NULL ? SVSM_NO_CHANNEL : channel_check(channel);
}

enum svsm_status channel_write(struct channel *channel, const void *bytes, size_t length)
{
    enum svsm_status status = ready(channel);

    return status != SVSM_OK ? status : ring_write(&channel->out, bytes, length);
}

enum svsm_status channel_put(struct channel *channel, const void *bytes, uint32_t length)
{
    enum svsm_status status = ready(channel);

    return status != SVSM_OK ? status : ring_put(&channel->out, bytes, length);
}

/* A peer that was started while its bytes were copied may have overwritten them. */
enum svsm_status channel_read(struct channel *channel, void *bytes, size_t length)
{
    enum svsm_status status = ready(channel);

    if (status == SVSM_OK) {
        status = ring_read(&channel->in, bytes, length);
    }
    return status == SVSM_OK ? channel_check(channel) : status;
}

enum svsm_status channel_get(struct channel *channel, void *bytes, uint32_t most, uint32_t *length)
{
    enum svsm_status status = ready(channel);

    if (status == SVSM_OK) {
        status = ring_get(&channel->in, bytes, most, length);
    }
    return status == SVSM_OK ? channel_check(channel) : status;
}

uint32_t channel_room(struct channel *channel)
{
    return channel == NULL ? 0 : ring_room(&channel->out);
}

uint32_t channel_fill(struct channel *channel)
{
    return channel == NULL ? 0 : ring_fill(&channel->in);
}

void *channel_memory(struct channel *channel, size_t *size)
{
    if (channel == NULL || channel->start->memory == 0 || channel->start->message_size == 0) {
        *size = 0;
        return NULL;
    }
    *size = channel->start->message_size;
    return (uint8_t *)channel->start->memory + message_offset(channel->start);
}
