/* SPDX-License-Identifier: BSD-2-Clause */
/* Rings whose other end is hostile; see svsm/ring.h. */
#include <svsm/ring.h>

#include <string.h>

/* What was copied out of shared memory is not fetched a second time. */
static inline void settled(void)
{
    __asm__ volatile("" ::: "memory");
}

static void publish(struct ring *ring)
{
    __atomic_store_n(ring->own, (uint64_t)ring->epoch << 32 | ring->index, __ATOMIC_RELEASE);
}

/* How far `ahead` is before `behind`; both are below twice the size. */
static uint32_t distance(uint32_t ahead, uint32_t behind, uint32_t size)
{
    return ahead >= behind ? ahead - behind : ahead + (2 * size - behind);
}

/* Bytes in the ring, after one look at the peer's position. */
static enum svsm_status ring_used(struct ring *ring, uint32_t *used)
{
    uint64_t position;
    uint32_t index;

    if (ring->size == 0) {
        return SVSM_NO_CHANNEL;
    }
    position = __atomic_load_n(ring->peer, __ATOMIC_ACQUIRE);
    index = (uint32_t)(position >> 32) == ring->epoch ? (uint32_t)position : 0;
    if (ring->corrupt || index >= 2 * ring->size) {
        ring->corrupt = true;
        return SVSM_CORRUPT;
    }
    *used = ring->writer ? distance(ring->index, index, ring->size)
                         : distance(index, ring->index, ring->size);
    if (*used > ring->size) {
        ring->corrupt = true;
        return SVSM_CORRUPT;
    }
    return SVSM_OK;
}

void ring_reset(struct ring *ring, uint32_t epoch)
{
    if (ring->size != 0) {
        ring->index = 0;
        ring->epoch = epoch;
        ring->corrupt = false;
        publish(ring);
    }
}

uint32_t ring_room(struct ring *ring)
{
    uint32_t used;

    return ring_used(ring, &used) == SVSM_OK ? ring->size - used : 0;
}

uint32_t ring_fill(struct ring *ring)
{
    uint32_t used;

    return ring_used(ring, &used) == SVSM_OK ? used : 0;
}

/* The place of a position in the data. */
static uint32_t place(const struct ring *ring, uint32_t index)
{
    return index >= ring->size ? index - ring->size : index;
}

static uint32_t after(const struct ring *ring, uint32_t index, uint32_t length)
{
    uint32_t next = index + length;

    return next >= 2 * ring->size ? next - 2 * ring->size : next;
}

/* Copies at a position of this end's choice; length is at most the size. */
static void copy_in(struct ring *ring, uint32_t index, const uint8_t *bytes, uint32_t length)
{
    uint32_t at = place(ring, index);
    uint32_t first = length < ring->size - at ? length : ring->size - at;

    memcpy(ring->data + at, bytes, first);
    memcpy(ring->data, bytes + first, length - first);
}

static void copy_out(const struct ring *ring, uint32_t index, uint8_t *bytes, uint32_t length)
{
    uint32_t at = place(ring, index);
    uint32_t first = length < ring->size - at ? length : ring->size - at;

    memcpy(bytes, ring->data + at, first);
    memcpy(bytes + first, ring->data, length - first);
    settled();
}

static void advance(struct ring *ring, uint32_t length)
{
    ring->index = after(ring, ring->index, length);
    publish(ring);
}

/* Whether `length` bytes can be written now, or read. */
static enum svsm_status ring_admit(struct ring *ring, size_t length)
{
    uint32_t used;
    enum svsm_status status = ring_used(ring, &used);

    if (status != SVSM_OK) {
        return status;
    }
    if (length > ring->size) {
        return SVSM_TOO_LARGE;
    }
    if (ring->writer) {
        return length > ring->size - used ? SVSM_FULL : SVSM_OK;
    }
    return length > used ? SVSM_EMPTY : SVSM_OK;
}

enum svsm_status ring_write(struct ring *ring, const void *bytes, size_t length)
{
    enum svsm_status status = ring->writer ? ring_admit(ring, length) : SVSM_NO_CHANNEL;

    if (status == SVSM_OK) {
        copy_in(ring, ring->index, bytes, (uint32_t)length);
        advance(ring, (uint32_t)length);
    }
    return status;
}

enum svsm_status ring_read(struct ring *ring, void *bytes, size_t length)
{
    enum svsm_status status = ring->writer ? SVSM_NO_CHANNEL : ring_admit(ring, length);

    if (status == SVSM_OK) {
        copy_out(ring, ring->index, bytes, (uint32_t)length);
        advance(ring, (uint32_t)length);
    }
    return status;
}

enum svsm_status ring_put(struct ring *ring, const void *bytes, uint32_t length)
{
    enum svsm_status status =
        ring->writer ? ring_admit(ring, (size_t)length + sizeof(length)) : SVSM_NO_CHANNEL;

    if (status == SVSM_OK) {
        copy_in(ring, ring->index, (const uint8_t *)&length, sizeof(length));
        copy_in(ring, after(ring, ring->index, sizeof(length)), bytes, length);
        advance(ring, length + (uint32_t)sizeof(length));
    }
    return status;
}

enum svsm_status ring_get(struct ring *ring, void *bytes, uint32_t most, uint32_t *length)
{
    enum svsm_status status = SVSM_NO_CHANNEL;
    uint32_t used, claimed;

    if (ring->writer || (status = ring_used(ring, &used)) != SVSM_OK) {
        return status;
    }
    if (used == 0) {
        return SVSM_EMPTY;
    }
    if (used >= sizeof(claimed)) {
        copy_out(ring, ring->index, (uint8_t *)&claimed, sizeof(claimed));
    }
    if (used < sizeof(claimed) || claimed > most || claimed > used - sizeof(claimed)) {
        ring->corrupt = true;
        return SVSM_CORRUPT;
    }
    copy_out(ring, after(ring, ring->index, sizeof(claimed)), bytes, claimed);
    advance(ring, claimed + (uint32_t)sizeof(claimed));
    *length = claimed;
    return SVSM_OK;
}
