/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message loop: a server waits, answers what it is called for, and sees what it is signalled.
 *
 * A caller gets exactly one answer to each call; what is malformed gets one too. Nothing that
 * arrives can make the loop end, apart from the kernel's refusal to let this server receive.
 */
#include <svsm/channel.h>

#include <sel4/types.h>
#include <string.h>

#include "port.h"
#include "runtime.h"

#define INTERRUPT_SHIFT 32u

static const struct service *services[SVSM_CHANNELS]; /* by number of the channel */

_Noreturn static void lacks_channel(const char *name)
{
    static const char what[] = "the manifest gives this server no channel ";
    char text[sizeof(what) + SVSM_NAME_BYTES] = {0};
    size_t length = strlen(name);

    memcpy(text, what, sizeof(what) - 1);
    memcpy(text + sizeof(what) - 1, name, length < SVSM_NAME_BYTES ? length : SVSM_NAME_BYTES);
    svsm_panic(text);
}

static void services_open(const struct service *rows, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct channel *channel = channel_find(rows[i].channel);

        if (channel == NULL) {
            lacks_channel(rows[i].channel);
        }
        services[channel->number] = &rows[i];
    }
}

__attribute__((noinline)) static void new_peer(struct channel *channel,
                                               const struct service *service, uint32_t generation)
{
    channel->noticed = generation;
    if (channel_check(channel) != SVSM_GONE && service->restarted != NULL) {
        service->restarted(channel);
    }
}

/* Tells the service once of each new peer, also of one that an operation has met before. */
static inline void notice(struct channel *channel, const struct service *service)
{
    uint32_t generation = __atomic_load_n(&channel->start->peer_generation, __ATOMIC_ACQUIRE);

    if (generation != channel->noticed) {
        new_peer(channel, service, generation);
    }
}

uint64_t message_refuse(struct message *message, enum svsm_status status)
{
    runtime->block.refused++;
    message->length = 0;
    return status;
}

/* Answers the call in place. */
static uint64_t serve(uint64_t badge, struct message *message)
{
    uint32_t number = SVSM_BADGE_CHANNEL(badge);
    struct channel *channel = &runtime->channels[number];
    const struct service *service;

    if (number >= runtime->channel_count) {
        return message_refuse(message, SVSM_NO_CHANNEL);
    }
    service = services[number];
    if (service == NULL || service->call == NULL) {
        return message_refuse(message, SVSM_NO_CHANNEL);
    }
    notice(channel, service);
    message->vcpu = SVSM_BADGE_VCPU(badge);
    return service->call(channel, service->handlers, message);
}

static void notified_by(uint32_t number)
{
    const struct service *service = number < runtime->channel_count ? services[number] : NULL;

    if (service != NULL) {
        notice(&runtime->channels[number], service);
        if (service->notified != NULL) {
            service->notified(&runtime->channels[number]);
        }
    }
}

/* Bits of signals: of channels, and of windows' interrupts. */
static void notified(const struct service *first, uint64_t bits)
{
    runtime->block.signals++;
    svsm_hook(SVSM_POINT_NOTIFIED, 0);
    for (; bits != 0; bits &= bits - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(bits);

        if (bit < SVSM_CHANNELS) {
            notified_by(bit);
        } else if (bit - INTERRUPT_SHIFT < SVSM_WINDOWS && first->interrupt != NULL) {
            first->interrupt(bit - INTERRUPT_SHIFT);
        }
    }
}

/* Now and then: whenever the number of calls has doubled. */
static inline void measure_at(uint64_t calls)
{
    if ((calls & (calls - 1)) == 0) {
        svsm_measure();
    }
}

/* Whether there is an answer to give. */
static bool handle(const struct service *first, uint64_t badge, struct message *message)
{
    if ((badge & SVSM_BADGE_CALL) == 0) {
        if ((message->label & SVSM_LABEL_KERNEL) != 0) {
            port_exit(SVSM_EXIT(SVSM_EXIT_RECEIVE, message->label & UINT16_MAX));
        }
        notified(first, badge);
        return false;
    }
    svsm_hook(SVSM_POINT_RECEIVED, SVSM_BADGE_CHANNEL(badge));
    runtime->block.calls++;
    message->label = serve(badge, message);
    measure_at(++runtime->block.answers);
    svsm_hook(SVSM_POINT_HANDLED, SVSM_BADGE_CHANNEL(badge));
    return true;
}

void server_run(const struct service *rows, unsigned count)
{
    static const struct service none;
    const struct service *first = count != 0 ? rows : &none;
    struct message message = {0};
    uint64_t badge;

    services_open(rows, count);
    svsm_measure();
    badge = port_receive(&message);
    for (;;) {
        if (handle(first, badge, &message)) {
            badge = port_answer(&message);
        } else {
            badge = port_receive(&message);
        }
    }
}
