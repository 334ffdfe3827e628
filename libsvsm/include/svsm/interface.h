/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces, declared once: from one table come both ends' structs, stubs and checks.
 *
 *   #define CLOCK_CALLS(CALL) CALL(clock, read, 1) CALL(clock, set, 2)
 *   #define clock_read_fields(FIELD)
 *   #define clock_read_results(FIELD) FIELD(u64, nanoseconds) FIELD(u8, source)
 *   #define clock_set_fields(FIELD) FIELD(u64, nanoseconds)
 *   #define clock_set_results(FIELD)
 *   SVSM_INTERFACE(clock, CLOCK_CALLS)
 *
 * makes, for each call, struct clock_read_in and clock_read_out, and
 *
 *   enum svsm_status clock_read(struct channel *, const struct clock_read_in *,
 *                               struct clock_read_out *);           what a client calls
 *   struct clock_handlers { ... read ... set ... };                 what a server fills in
 *   clock_serve(), the `call` of a struct service.
 *
 * A call has at most four fields and four results, of u8, u16, u32, u64 or flag; each travels as a
 * word, and a stub takes NULL for the half that has none. A message with another number of words,
 * or with a word its type cannot hold, reaches no handler (SVSM_MALFORMED); an answer of that kind
 * makes the client's call SVSM_CORRUPT. Bulk data goes through the channel's rings or its message
 * memory, its length as a field. Call numbers are 1 to 255, and a number once given is never given
 * again. See svsm/interface/ for real ones.
 */
#ifndef SVSM_INTERFACE_H
#define SVSM_INTERFACE_H

#include <svsm/channel.h>

#define SVSM_CALLS 255u

typedef uint8_t svsm_u8;
typedef uint16_t svsm_u16;
typedef uint32_t svsm_u32;
typedef uint64_t svsm_u64;
typedef bool svsm_flag;

#define SVSM_MOST_u8   UINT8_MAX
#define SVSM_MOST_u16  UINT16_MAX
#define SVSM_MOST_u32  UINT32_MAX
#define SVSM_MOST_u64  UINT64_MAX
#define SVSM_MOST_flag 1u

/* What one field becomes in each place. */
#define SVSM_MEMBER(type, name) svsm_##type name;
#define SVSM_COUNT(type, name)  +1u
#define SVSM_ENCODE(type, name) message->words[at++] = from->name;
#define SVSM_CHECK(type, name)                                                                     \
    good = good && (message->words[at++] & ~(uint64_t)SVSM_MOST_##type) == 0;
#define SVSM_DECODE(type, name) to->name = (svsm_##type)message->words[at++];
#define SVSM_FIELDS(FIELDS)     (0u FIELDS(SVSM_COUNT))

/* One half of a call: a struct, how it becomes a message, and how it comes out of one. */
#define SVSM_HALF(half, FIELDS)                                                                    \
    struct half {                                                                                  \
        FIELDS(SVSM_MEMBER)                                                                        \
    };                                                                                             \
    _Static_assert(SVSM_FIELDS(FIELDS) <= SVSM_WORDS, #half " has too many fields");               \
    static inline void half##_encode(struct message *message, const struct half *from)             \
    {                                                                                              \
        unsigned at = 0;                                                                           \
                                                                                                   \
        (void)from;                                                                                \
        FIELDS(SVSM_ENCODE)                                                                        \
        message->length = at;                                                                      \
        for (; at < SVSM_WORDS; at++)                                                              \
            message->words[at] = 0;                                                                \
    }                                                                                              \
    static inline bool half##_decode(const struct message *message, struct half *to)               \
    {                                                                                              \
        bool good = message->length == SVSM_FIELDS(FIELDS);                                        \
        unsigned at = 0;                                                                           \
                                                                                                   \
        FIELDS(SVSM_CHECK)                                                                         \
        at = 0;                                                                                    \
        (void)at;                                                                                  \
        (void)to;                                                                                  \
        FIELDS(SVSM_DECODE)                                                                        \
        return good;                                                                               \
    }

#define SVSM_CALL_HALVES(interface, call, number)                                                  \
    SVSM_HALF(interface##_##call##_in, interface##_##call##_fields)                                \
    SVSM_HALF(interface##_##call##_out, interface##_##call##_results)                              \
    _Static_assert((number) >= 1 && (number) <= SVSM_CALLS, "number of " #call);

#define SVSM_CALL_STUB(interface, call, number)                                                    \
    static inline enum svsm_status interface##_##call(struct channel *channel,                     \
                                                      const struct interface##_##call##_in *in,    \
                                                      struct interface##_##call##_out *out)        \
    {                                                                                              \
        struct message message;                                                                    \
        enum svsm_status status;                                                                   \
                                                                                                   \
        message.label = (number);                                                                  \
        interface##_##call##_in_encode(&message, in);                                              \
        status = channel_call(channel, &message);                                                  \
        if (status == SVSM_OK && !interface##_##call##_out_decode(&message, out)) {                \
            status = SVSM_CORRUPT;                                                                 \
        }                                                                                          \
        return status;                                                                             \
    }

#define SVSM_CALL_HANDLER(interface, call, number)                                                 \
    enum svsm_status (*call)(struct channel * from, const struct interface##_##call##_in *in,      \
                             struct interface##_##call##_out *out);

/* One call at the server: decode, handle, encode. A handler that fails has no results. */
#define SVSM_CALL_SERVE(interface, call, number)                                                   \
    static inline uint64_t interface##_##call##_serve(struct channel *channel, const void *rows,   \
                                                      struct message *message)                     \
    {                                                                                              \
        const struct interface##_handlers *handlers = rows;                                        \
        struct interface##_##call##_in in;                                                         \
        struct interface##_##call##_out out = {};                                                  \
        enum svsm_status status = SVSM_UNKNOWN_CALL;                                               \
                                                                                                   \
        if (!interface##_##call##_in_decode(message, &in)) {                                       \
            return message_refuse(message, SVSM_MALFORMED);                                        \
        }                                                                                          \
        message->length = 0;                                                                       \
        if (handlers->call != NULL) {                                                              \
            status = handlers->call(channel, &in, &out);                                           \
        }                                                                                          \
        if (status == SVSM_OK) {                                                                   \
            interface##_##call##_out_encode(message, &out);                                        \
        }                                                                                          \
        return status;                                                                             \
    }

#define SVSM_CALL_ROW(interface, call, number) [number] = interface##_##call##_serve,

#define SVSM_INTERFACE(interface, CALLS)                                                           \
    CALLS(SVSM_CALL_HALVES)                                                                        \
    CALLS(SVSM_CALL_STUB)                                                                          \
    struct interface##_handlers {                                                                  \
        CALLS(SVSM_CALL_HANDLER)                                                                   \
    };                                                                                             \
    CALLS(SVSM_CALL_SERVE)                                                                         \
    static inline uint64_t interface##_serve(struct channel *channel, const void *rows,            \
                                             struct message *message)                              \
    {                                                                                              \
        static uint64_t (*const calls[])(struct channel *, const void *,                           \
                                         struct message *) = {CALLS(SVSM_CALL_ROW)};               \
                                                                                                   \
        if (message->label >= sizeof(calls) / sizeof(calls[0]) || calls[message->label] == NULL) { \
            return message_refuse(message, SVSM_UNKNOWN_CALL);                                     \
        }                                                                                          \
        return calls[message->label](channel, rows, message);                                      \
    }

#endif
