/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels: all that a server has to do with others.
 *
 * A channel has two ends. Its client calls and waits for the answer; both may signal; both may
 * share memory, in which each direction has a ring. An end knows the other only by the name its own
 * manifest entry gives the channel. No operation waits for anything but the answer of a call, which
 * comes from the peer, or from the kernel or init when the peer is no longer there.
 *
 * Each end of a peer is reported exactly once, as SVSM_RESTARTED: by the call that was in progress,
 * or by the first operation afterwards, which does nothing else. The rings are empty then, and
 * whoever is the peer next knows nothing of what was said before. Until that one runs, calls come
 * back as SVSM_AWAY, not carried out; when there will be no other, as SVSM_GONE. (A living peer
 * that means harm can make SVSM_AWAY come back too, as it can answer anything.)
 *
 * To write a server: name its calls in an interface (interface.h), write a handler for each, and
 * let main() end with server_run(). All of this is for one thread.
 */
#ifndef SVSM_CHANNEL_H
#define SVSM_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <svsm/ring.h>
#include <svsm/start.h>
#include <svsm/status.h>

#define SVSM_WORDS 4u

struct message {
    uint64_t label;  /* a call: its number; an answer: an enum svsm_status */
    uint32_t length; /* words that count; the others are 0 */
    uint32_t vcpu;   /* who calls, on a guest channel */
    uint64_t words[SVSM_WORDS];
};

struct channel {
    const struct svsm_start_channel *start;
    uint32_t number;
    uint32_t endpoint;   /* slot; 0 for all but a client */
    uint32_t generation; /* the peer's, as far as operations have reported it */
    uint32_t noticed;    /* and as far as the service has been told */
    struct ring out, in;
    void *private; /* the server's own, untouched here */
};

/* The channel of this name, NULL if the manifest gives none. */
struct channel *channel_find(const char *name);

/* Calls and replaces the message by the answer; returns its status. */
enum svsm_status channel_call(struct channel *channel, struct message *message);

/* Wakes the peer, whose service is told as soon as it waits; signals do not count. */
enum svsm_status channel_notify(struct channel *channel);

/* SVSM_RESTARTED once after a restart of the peer, else SVSM_OK. The operations below do this. */
enum svsm_status channel_check(struct channel *channel);

/* The rings; see ring.h. */
enum svsm_status channel_write(struct channel *channel, const void *bytes, size_t length);
enum svsm_status channel_read(struct channel *channel, void *bytes, size_t length);
enum svsm_status channel_put(struct channel *channel, const void *bytes, uint32_t length);
enum svsm_status channel_get(struct channel *channel, void *bytes, uint32_t most, uint32_t *length);
uint32_t channel_room(struct channel *channel);
uint32_t channel_fill(struct channel *channel);

/* The memory itself, for interfaces that lay it out another way than as rings. */
void *channel_memory(struct channel *channel, size_t *size);

/*
 * What a server does on one channel. `call` answers a message: what it returns is the answer's
 * label, and the message then holds the answer's words; interface.h makes it from handlers. On a
 * guest channel the label is the SVSM call's result code. Every member but the name may be NULL.
 */
struct service {
    const char *channel;
    uint64_t (*call)(struct channel *channel, const void *handlers, struct message *message);
    const void *handlers;
    void (*notified)(struct channel *channel);
    void (*restarted)(struct channel *channel); /* before anything else the new peer says */
    void (*interrupt)(unsigned window);         /* of the first service alone */
};

/* Makes the message an answer without words, counts it as refused, and returns the status. */
uint64_t message_refuse(struct message *message, enum svsm_status status);

/* Serves for ever. A channel in no row answers SVSM_NO_CHANNEL. */
_Noreturn void server_run(const struct service *services, unsigned count);

/* The page this server was started with. */
const struct svsm_start *server_start(void);

/* What else the manifest gives this server, by name; NULL: it does not. */
const struct svsm_start_window *window_find(const char *name);
const struct svsm_start_host_call *host_call_find(const char *name);

/* Looks how deep stack and heap have been and writes it into the server's own page. The message
   loop does so whenever the number of answers has doubled, and an ending server before it ends. */
void svsm_measure(void);

/* Ends this server: the text becomes its last words. */
_Noreturn void svsm_panic(const char *text);
_Noreturn void svsm_exit(int status);

#endif
