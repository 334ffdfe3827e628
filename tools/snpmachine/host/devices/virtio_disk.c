/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block device of virtio_disk.h (Virtio 1.2, sections 2.7, 4.2 and 5.2): one split queue;
 * read, write, flush. A request that cannot be done gets a status; a ring that makes no sense gets
 * "device needs reset", as section 2.1.1 has it. What a flush promises holds already: the memory is
 * the file's.
 */
#include "host/devices/virtio_disk.h"
#include "hardware/hardware.h"
#include "host/devices/virtio_mmio.h"

#define DEVICE_BLOCK 2u

#define FEATURE_SEGMENTS (1ull << 2)
#define FEATURE_FLUSH    (1ull << 9)
#define FEATURE_VERSION  (1ull << 32)
#define FEATURE_PLATFORM (1ull << 33) /* what makes SNP guests use shared buffers */
#define FEATURES         (FEATURE_SEGMENTS | FEATURE_FLUSH | FEATURE_VERSION | FEATURE_PLATFORM)

#define STATUS_DRIVER_OK   0x04u
#define STATUS_FEATURES_OK 0x08u
#define STATUS_NEEDS_RESET 0x40u

#define INTERRUPT_RING   1u
#define INTERRUPT_CONFIG 2u

#define DESCRIPTOR_MORE     1u
#define DESCRIPTOR_WRITE    2u /* the device writes */
#define DESCRIPTOR_INDIRECT 4u
#define RING_INDEX          2u
#define RING_ENTRIES        4u
#define NO_INTERRUPT        1u

enum request_type { READ = 0, WRITE = 1, FLUSH = 4 };
enum outcome { DONE = 0, FAILED = 1, UNSUPPORTED = 2 };

struct descriptor {
    uint64_t gpa;
    uint32_t size;
    uint16_t flags, next;
};
_Static_assert(sizeof(struct descriptor) == 16, "Virtio 1.2, 2.7.5");

struct header {
    uint32_t type, priority;
    uint64_t sector;
};
_Static_assert(sizeof(struct header) == 16, "Virtio 1.2, 5.2.6");

struct used {
    uint32_t head, size;
};

struct configuration {
    uint64_t sectors;
    uint32_t size_max, segments_max;
};

/* The bytes of some descriptors in a row; where one ends and the next begins means nothing. */
struct stream {
    const struct virtio_disk_part *part;
    unsigned count;
};

struct bytes {
    void *at;
    uint64_t size;
};

static uint64_t stream_size(const struct stream *stream)
{
    uint64_t size = 0;
    for (unsigned i = 0; i < stream->count; i++) {
        size += stream->part[i].size;
    }
    return size;
}

/* Moves bytes to or from the stream's byte "skip" on. false: it ends before, or is no memory that
 * host and guest share. */
static bool stream_move(const struct stream *stream, uint64_t skip, struct bytes bytes, bool write)
{
    for (unsigned i = 0; i < stream->count && bytes.size != 0; i++) {
        const struct virtio_disk_part *part = &stream->part[i];
        if (skip >= part->size) {
            skip -= part->size;
            continue;
        }
        uint64_t gpa = part->gpa + skip, piece = part->size - skip;
        piece = piece < bytes.size ? piece : bytes.size;
        skip = 0;
        if (!(write ? hw_write(gpa, bytes.at, piece) : hw_read(gpa, bytes.at, piece))) {
            return false;
        }
        bytes.at = (uint8_t *)bytes.at + piece;
        bytes.size -= piece;
    }
    return bytes.size == 0;
}

/* Reads the chain of descriptors from "head" on into disk->part, first what the device reads, then
 * what it writes. false: there is no such chain. */
static bool read_chain(struct virtio_disk *disk, uint16_t head, struct stream *out,
                       struct stream *in)
{
    struct descriptor d = {.flags = DESCRIPTOR_MORE, .next = head};
    *out = (struct stream){disk->part, 0};
    *in = *out;
    while ((d.flags & DESCRIPTOR_MORE) != 0) {
        if (out->count + in->count == disk->state.size || d.next >= disk->state.size ||
            !hw_read(disk->state.descriptors + d.next * sizeof d, &d, sizeof d)) {
            return false;
        }
        bool writes = (d.flags & DESCRIPTOR_WRITE) != 0;
        if ((d.flags & DESCRIPTOR_INDIRECT) != 0 || d.gpa + d.size < d.gpa ||
            (!writes && in->count != 0)) {
            return false;
        }
        disk->part[out->count + in->count] = (struct virtio_disk_part){d.gpa, d.size};
        out->count += !writes;
        in->count += writes;
        in->part = disk->part + out->count;
    }
    return true;
}

/* Whole sectors, all of them on the disk. */
static bool on_disk(const struct virtio_disk *disk, uint64_t sector, uint64_t size)
{
    return size % VIRTIO_DISK_SECTOR == 0 && sector <= disk->sectors &&
           size / VIRTIO_DISK_SECTOR <= disk->sectors - sector;
}

/* Reads fill "in" but for its last byte, writes take "out" behind the header. */
static enum outcome serve(const struct virtio_disk *disk, const struct header *header,
                          const struct stream *out, const struct stream *in)
{
    bool reads = header->type == READ;
    uint64_t size = reads ? stream_size(in) - 1 : stream_size(out) - sizeof *header;
    if (header->type == FLUSH) {
        return DONE;
    }
    if (!reads && header->type != WRITE) {
        return UNSUPPORTED;
    }
    if (!on_disk(disk, header->sector, size)) {
        return FAILED;
    }
    struct bytes bytes = {disk->bytes + header->sector * VIRTIO_DISK_SECTOR, size};
    bool moved =
        reads ? stream_move(in, 0, bytes, true) : stream_move(out, sizeof *header, bytes, false);
    return moved ? DONE : FAILED;
}

/* One request of the ring; false: it has no form, or no place for its answer. */
static bool serve_chain(struct virtio_disk *disk, uint16_t head)
{
    struct virtio_disk_state *state = &disk->state;
    struct stream out, in;
    struct header header;
    if (!read_chain(disk, head, &out, &in) || stream_size(&in) == 0 ||
        !stream_move(&out, 0, (struct bytes){&header, sizeof header}, false)) {
        return false;
    }
    uint8_t outcome = (uint8_t)serve(disk, &header, &out, &in);
    struct used used = {head, (uint32_t)stream_size(&in)};
    uint64_t place = state->device_ring + RING_ENTRIES + state->given % state->size * sizeof used;
    state->given++;
    return stream_move(&in, stream_size(&in) - 1, (struct bytes){&outcome, 1}, true) &&
           hw_write(place, &used, sizeof used) &&
           hw_write(state->device_ring + RING_INDEX, &state->given, sizeof state->given);
}

/* All requests there are now; those that come meanwhile come with a notification of their own. */
static bool serve_ring(struct virtio_disk *disk)
{
    struct virtio_disk_state *state = &disk->state;
    uint16_t available, head, flags;
    if (!hw_read(state->driver_ring + RING_INDEX, &available, sizeof available) ||
        (uint16_t)(available - state->taken) > state->size) {
        return false;
    }
    bool any = state->taken != available;
    while (state->taken != available) {
        uint64_t place = state->driver_ring + RING_ENTRIES;
        place += state->taken++ % state->size * sizeof head;
        if (!hw_read(place, &head, sizeof head) || !serve_chain(disk, head)) {
            return false;
        }
    }
    if (!hw_read(state->driver_ring, &flags, sizeof flags)) {
        return false;
    }
    state->interrupt |= any && (flags & NO_INTERRUPT) == 0 ? INTERRUPT_RING : 0;
    return true;
}

static void notify(struct virtio_disk *disk, uint64_t queue)
{
    bool runs = (disk->state.status & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET)) == STATUS_DRIVER_OK;
    if (runs && queue == 0 && disk->state.ready && !serve_ring(disk)) {
        disk->state.status |= STATUS_NEEDS_RESET;
        disk->state.interrupt |= INTERRUPT_CONFIG;
    }
}

static void set_status(struct virtio_disk_state *state, uint32_t value)
{
    if (value == 0) {
        *state = (struct virtio_disk_state){0};
        return;
    }
    if ((state->accepted & ~FEATURES) != 0 || (state->accepted & FEATURE_VERSION) == 0) {
        value &= ~STATUS_FEATURES_OK;
    }
    state->status = value | (state->status & STATUS_NEEDS_RESET);
}

static void set_ready(struct virtio_disk_state *state, bool ready)
{
    bool sound = state->size != 0 && state->size <= VIRTIO_DISK_QUEUE &&
                 (state->size & (state->size - 1)) == 0 && state->descriptors % 16 == 0 &&
                 state->driver_ring % 2 == 0 && state->device_ring % 4 == 0;
    state->taken = state->ready ? state->taken : 0;
    state->given = state->ready ? state->given : 0;
    state->ready = ready && sound;
}

static void set_half(uint64_t *word, bool high, uint32_t value)
{
    *word = high ? (*word & UINT32_MAX) | (uint64_t)value << 32 : (*word >> 32 << 32) | value;
}

static void queue_write(struct virtio_disk_state *state, uint64_t offset, uint32_t value)
{
    bool high = (offset & 4) != 0;
    if (offset == M_QUEUE_READY) {
        set_ready(state, value != 0);
    } else if (state->ready) {
        return;
    } else if (offset == M_QUEUE_SIZE) {
        state->size = value;
    } else if ((offset & ~4ull) == M_DESCRIPTORS) {
        set_half(&state->descriptors, high, value);
    } else if ((offset & ~4ull) == M_DRIVER_RING) {
        set_half(&state->driver_ring, high, value);
    } else if ((offset & ~4ull) == M_DEVICE_RING) {
        set_half(&state->device_ring, high, value);
    }
}

static void register_write(struct virtio_disk *disk, uint64_t offset, uint32_t value)
{
    struct virtio_disk_state *state = &disk->state;
    switch (offset) {
    case M_FEATURE_SELECT:
        state->feature_select = value;
        return;
    case M_ACCEPTED_SELECT:
        state->accepted_select = value;
        return;
    case M_ACCEPTED:
        if (state->accepted_select < 2) {
            set_half(&state->accepted, state->accepted_select == 1, value);
        }
        return;
    case M_QUEUE_SELECT:
        state->queue_select = value;
        return;
    case M_NOTIFY:
        notify(disk, value);
        return;
    case M_ACKNOWLEDGE:
        state->interrupt &= ~value;
        return;
    case M_STATUS:
        set_status(state, value);
        return;
    default:
        if (state->queue_select == 0) {
            queue_write(state, offset, value);
        }
    }
}

static uint64_t register_read(const struct virtio_disk_state *state, uint64_t offset)
{
    bool selected = state->queue_select == 0;
    switch (offset) {
    case M_MAGIC:
        return VIRTIO_MAGIC;
    case M_VERSION:
        return VIRTIO_VERSION;
    case M_DEVICE:
        return DEVICE_BLOCK;
    case M_VENDOR:
        return VIRTIO_VENDOR;
    case M_FEATURES:
        return state->feature_select < 2 ? FEATURES >> 32 * state->feature_select : 0;
    case M_QUEUE_MAX:
        return selected ? VIRTIO_DISK_QUEUE : 0;
    case M_QUEUE_READY:
        return selected && state->ready;
    case M_INTERRUPT:
        return state->interrupt;
    case M_STATUS:
        return state->status;
    case M_SHARED_SIZE:
    case M_SHARED_SIZE + 4:
        return UINT32_MAX;
    default:
        return 0;
    }
}

static uint64_t configuration_read(const struct virtio_disk *disk, uint64_t offset, unsigned size)
{
    struct configuration all = {.sectors = disk->sectors, .segments_max = VIRTIO_DISK_QUEUE - 2};
    uint64_t value = 0;
    if (offset <= sizeof all - size) {
        memcpy(&value, (const uint8_t *)&all + offset, size);
    }
    return value;
}

void virtio_disk_init(struct virtio_disk *disk, struct memory_range memory)
{
    *disk = (struct virtio_disk){.bytes = physical(memory.base),
                                 .sectors = memory.size / VIRTIO_DISK_SECTOR};
}

uint64_t virtio_disk_read(struct virtio_disk *disk, uint64_t offset, unsigned size)
{
    if (offset >= M_CONFIG) {
        return configuration_read(disk, offset - M_CONFIG, size);
    }
    spin_lock(&disk->lock);
    uint64_t value = register_read(&disk->state, offset);
    spin_unlock(&disk->lock);
    return value;
}

bool virtio_disk_write(struct virtio_disk *disk, uint64_t offset, uint64_t value)
{
    spin_lock(&disk->lock);
    register_write(disk, offset, (uint32_t)value);
    spin_unlock(&disk->lock);
    return offset == M_NOTIFY || offset == M_ACKNOWLEDGE || offset == M_STATUS;
}

bool virtio_disk_line(const struct virtio_disk *disk)
{
    return disk->state.interrupt != 0;
}
