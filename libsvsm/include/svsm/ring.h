/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of bytes in memory shared with a peer that may write there what it likes.
 *
 * One end writes, the other reads. Each end's own position lives in private memory and is only
 * published; the peer's position is read once for each operation, checked, and then used. So the
 * worst a peer can do is to send wrong bytes or to be told SVSM_CORRUPT: no operation reads or
 * writes outside the ring, and none waits or loops. A ring found corrupt stays so until
 * ring_reset().
 *
 * A position is epoch << 32 | index with index below twice the size. The epoch is the sum of both
 * ends' generations, so it grows with every restart of either; a position of another epoch than
 * one's own counts as index 0: that end has not joined yet, or not left yet.
 */
#ifndef SVSM_RING_H
#define SVSM_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <svsm/status.h>

#define RING_BYTES_MOST (UINT32_C(1) << 30)

/* Private to each end. */
struct ring {
    uint64_t *own;        /* shared: this end's position, only written here */
    const uint64_t *peer; /* shared: the other end's, only read here */
    uint8_t *data;        /* shared */
    uint32_t size;        /* bytes of data; 0: there is no ring, every operation says NO_CHANNEL */
    uint32_t index;       /* this end's position */
    uint32_t epoch;
    bool writer;
    bool corrupt;
};

/* Begins anew with nothing in it. */
void ring_reset(struct ring *ring, uint32_t epoch);

/* Bytes that could be written, or read, now; 0 if corrupt. */
uint32_t ring_room(struct ring *ring);
uint32_t ring_fill(struct ring *ring);

/* All of it or nothing: SVSM_FULL, SVSM_EMPTY; SVSM_TOO_LARGE when it exceeds the size. */
enum svsm_status ring_write(struct ring *ring, const void *bytes, size_t length);
enum svsm_status ring_read(struct ring *ring, void *bytes, size_t length);

/* A record of known length: its length in four bytes and its bytes. What is longer than `most`
   makes ring_get() say SVSM_CORRUPT: interfaces fix how long a record may be. */
enum svsm_status ring_put(struct ring *ring, const void *bytes, uint32_t length);
enum svsm_status ring_get(struct ring *ring, void *bytes, uint32_t most, uint32_t *length);

#endif
