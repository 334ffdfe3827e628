/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A script of ring operations, some of a peer that cheats, and of messages to an interface.
 *
 * The oracle: as long as nobody cheated, what comes out of a ring is what went in, in order, and
 * room and fill are what a queue beside it says. After that, every operation ends with a status,
 * this end's position stays in range, buffers behind their length and memory around the ring stay
 * as they were (ASan sees the allocations), and reset makes the ring work again. A handler runs
 * only for a call that exists, with as many words as it has, each within its type.
 */
#include <stdlib.h>
#include <string.h>

#include <svsm/interface/echo.h>

#define EPOCH 5u
#define MOST  96u

struct input {
    const uint8_t *bytes;
    size_t left;
};

struct world {
    struct ring writer, reader;
    uint64_t *positions;
    uint8_t *data;
    uint8_t queue[MOST]; /* what is in the ring, while nobody has cheated */
    uint32_t queued;
    bool cheated;
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static unsigned handled;

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static uint64_t take(struct input *in, unsigned count)
{
    uint64_t value = 0;

    while (count-- != 0 && in->left != 0) {
        value = value << 8 | *in->bytes++;
        in->left--;
    }
    return value;
}

static void start(struct world *w)
{
    ring_reset(&w->writer, EPOCH);
    ring_reset(&w->reader, EPOCH);
    w->queued = 0;
    w->cheated = false;
}

static void write_some(struct world *w, struct input *in)
{
    uint32_t length = (uint32_t)take(in, 1) % (MOST + 8), room = ring_room(&w->writer);
    uint8_t *bytes = malloc(length + 1);
    enum svsm_status status;

    memset(bytes, (int)take(in, 1), length);
    status = ring_write(&w->writer, bytes, length);
    if (!w->cheated) {
        require(room == w->writer.size - w->queued);
        require(status == (length > w->writer.size ? SVSM_TOO_LARGE
                           : length > room         ? SVSM_FULL
                                                   : SVSM_OK));
        if (status == SVSM_OK) {
            memcpy(w->queue + w->queued, bytes, length);
            w->queued += length;
        }
    }
    free(bytes);
}

static void leave_queue(struct world *w, const uint8_t *bytes, uint32_t length)
{
    require(length <= w->queued && memcmp(bytes, w->queue, length) == 0);
    memmove(w->queue, w->queue + length, w->queued - length);
    w->queued -= length;
}

static void read_some(struct world *w, struct input *in)
{
    uint32_t length = (uint32_t)take(in, 1) % (MOST + 8);
    uint8_t *bytes = malloc(length + 1);
    enum svsm_status status = ring_read(&w->reader, bytes, length);

    if (!w->cheated) {
        require(status == (length > w->reader.size ? SVSM_TOO_LARGE
                           : length > w->queued    ? SVSM_EMPTY
                                                   : SVSM_OK));
        if (status == SVSM_OK) {
            leave_queue(w, bytes, length);
        }
    }
    free(bytes);
}

static void get_record(struct world *w, struct input *in)
{
    uint32_t most = (uint32_t)take(in, 1) % (MOST + 8), length = 0, before = w->reader.index;
    uint8_t *bytes = malloc(most + 1);
    enum svsm_status status = ring_get(&w->reader, bytes, most, &length);

    require(status != SVSM_OK || length <= most);
    require(status == SVSM_OK || w->reader.index == before);
    if (!w->cheated && status == SVSM_OK) {
        uint8_t head[4];

        memcpy(head, &length, sizeof(head));
        leave_queue(w, head, sizeof(head));
        leave_queue(w, bytes, length);
    } else if (!w->cheated && status == SVSM_CORRUPT) {
        start(w);
    }
    free(bytes);
}

static void put_record(struct world *w, struct input *in)
{
    uint32_t length = (uint32_t)take(in, 1) % (MOST + 8);
    uint8_t *bytes = calloc(1, length + 1);

    if (ring_put(&w->writer, bytes, length) == SVSM_OK && !w->cheated) {
        memcpy(w->queue + w->queued, &length, sizeof(length));
        memcpy(w->queue + w->queued + sizeof(length), bytes, length);
        w->queued += length + (uint32_t)sizeof(length);
    }
    free(bytes);
}

/* Either end's position, wild or of the right epoch. */
static void cheat(struct world *w, struct input *in)
{
    unsigned which = (unsigned)take(in, 1);
    uint64_t value = take(in, 8);

    w->positions[which & 1] = (which & 2) != 0 ? value : (uint64_t)EPOCH << 32 | (value & 0xff);
    w->cheated = true;
}

static void step(struct world *w, struct input *in)
{
    static void (*const steps[])(struct world *, struct input *) = {
        write_some, read_some, put_record, get_record, write_some, read_some, cheat};
    unsigned which = (unsigned)take(in, 1) & 7;

    if (which == 7) {
        start(w);
    } else {
        steps[which](w, in);
    }
    require(w->writer.index < 2 * w->writer.size && w->reader.index < 2 * w->reader.size);
}

static void rings(struct input *in)
{
    uint32_t size = (uint32_t)take(in, 1) % MOST + 1;
    struct world w = {.positions = calloc(2, sizeof(uint64_t)), .data = malloc(size)};

    w.writer = (struct ring){
        .own = &w.positions[0], .peer = &w.positions[1], .data = w.data, .size = size};
    w.writer.writer = true;
    w.reader = (struct ring){
        .own = &w.positions[1], .peer = &w.positions[0], .data = w.data, .size = size};
    start(&w);
    while (in->left != 0) {
        step(&w, in);
    }
    free(w.positions);
    free(w.data);
}

uint64_t message_refuse(struct message *message, enum svsm_status status)
{
    message->length = 0;
    return status;
}

enum svsm_status channel_call(struct channel *channel, struct message *message)
{
    (void)channel;
    (void)message;
    return SVSM_NO_CHANNEL;
}

static enum svsm_status add(struct channel *from, const struct echo_add_in *in,
                            struct echo_add_out *out)
{
    (void)from;
    handled++;
    out->sum = in->left ^ in->right;
    return SVSM_OK;
}

static enum svsm_status count(struct channel *from, const struct echo_count_in *in,
                              struct echo_count_out *out)
{
    (void)from;
    (void)in;
    handled++;
    out->calls = 1;
    return SVSM_OK;
}

static void messages(struct input *in)
{
    static const struct echo_handlers handlers = {.add = add, .count = count};

    while (in->left != 0) {
        struct message m = {.label = take(in, 1), .length = (uint32_t)take(in, 1) & 7};
        unsigned before = handled;
        bool adds, counts;

        for (unsigned i = 0; i < SVSM_WORDS; i++) {
            m.words[i] = take(in, (unsigned)take(in, 1) & 7);
        }
        adds =
            m.label == 1 && m.length == 2 && m.words[0] <= UINT32_MAX && m.words[1] <= UINT32_MAX;
        counts = m.label == 4 && m.length == 0;
        require((echo_serve(NULL, &handlers, &m) == SVSM_OK) == (adds || counts));
        require(handled - before == (adds || counts));
        require(m.length == (adds || counts));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input in = {bytes, size};

    if (take(&in, 1) % 4 == 0) {
        messages(&in);
    } else {
        rings(&in);
    }
    return 0;
}
