/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of every size with a peer that publishes anything, another thing at each look: each
 * operation copies only inside the ring and inside the caller's buffer, exactly what its status
 * says, and leaves this end's position in range; a position that the peer cannot have makes it
 * corrupt. Copies are stubs that check their ranges, so buffers need no content.
 *
 * parts: 4
 * options: --unwind 2 --unsigned-overflow-check --no-malloc-may-fail
 */
#include <stdlib.h>
#include <string.h>

static void copy_checked(const void *to, const void *from, size_t length);
#define memcpy(to, from, length) copy_checked(to, from, length)
#include <ring.c>
#undef memcpy

#include "proof.h"

static uint64_t own_position, peer_position;
static const uint8_t *ring_base, *user_base;
static size_t ring_size, user_size, copied_data;

static void copy_checked(const void *to, const void *from, size_t length)
{
    const uint8_t *a = to, *b = from;
    bool to_ring = __CPROVER_same_object(to, ring_base);
    const uint8_t *inside = to_ring ? a : b, *user = to_ring ? b : a;

    ASSERT(length == 0 || __CPROVER_same_object(inside, ring_base), "one side is the ring");
    ASSERT((size_t)__CPROVER_POINTER_OFFSET(inside) <= ring_size, "begins inside the ring");
    ASSERT(length <= ring_size - (size_t)__CPROVER_POINTER_OFFSET(inside), "ends inside the ring");
    if (__CPROVER_same_object(user, user_base)) {
        size_t at = (size_t)__CPROVER_POINTER_OFFSET(user);

        ASSERT(at <= user_size && length <= user_size - at, "inside the caller's buffer");
        copied_data += length;
    } else {
        ASSERT(length <= sizeof(uint32_t), "else it is a record's length");
        if (!to_ring && length != 0) { /* which the peer wrote */
            __CPROVER_havoc_slice((void *)to, length);
        }
    }
    peer_position = nondet_u64(); /* it goes on meanwhile */
}

static struct ring arbitrary(bool writer)
{
    struct ring ring = {.own = &own_position, .peer = &peer_position, .writer = writer};

    ring.size = nondet_u32();
    ASSUME(ring.size >= 1 && ring.size <= RING_BYTES_MOST);
    ring.index = nondet_u32();
    ASSUME(ring.index < 2 * ring.size);
    ring.epoch = nondet_u32();
    ring_size = ring.size;
    ring.data = malloc(ring_size);
    ring_base = ring.data;
    user_size = nondet_u64();
    ASSUME(user_size <= UINT64_C(1) << 40);
    user_base = malloc(user_size);
    peer_position = nondet_u64();
    return ring;
}

/* What every operation leaves; `moved` is how far this end has gone. */
static void whole(const struct ring *before, const struct ring *after, uint64_t moved)
{
    ASSERT(after->index < 2 * after->size, "the position is in range");
    ASSERT(after->index == before->index + moved ||
               after->index + 2 * (uint64_t)before->size == before->index + moved,
           "moved so far");
    ASSERT(moved <= before->size, "by no more than the ring holds");
    ASSERT(moved == 0 || own_position == ((uint64_t)after->epoch << 32 | after->index),
           "and said so");
    ASSERT(after->size == before->size && after->data == before->data, "the rest is as it was");
}

static void prove_bytes(bool writer)
{
    struct ring ring = arbitrary(writer), before = ring;
    uint64_t seen = peer_position;
    uint32_t index = (uint32_t)(seen >> 32) == ring.epoch ? (uint32_t)seen : 0;
    uint64_t ahead = writer ? ring.index : index, behind = writer ? index : ring.index;
    uint64_t circle = 2 * (uint64_t)ring.size;
    uint64_t used = ahead >= behind ? ahead - behind : index < circle ? ahead + circle - behind : 0;
    enum svsm_status status = writer ? ring_write(&ring, user_base, user_size)
                                     : ring_read(&ring, (void *)user_base, user_size);

    whole(&before, &ring, status == SVSM_OK ? user_size : 0);
    ASSERT(copied_data == (status == SVSM_OK ? user_size : 0), "all of it or nothing");
    ASSERT((status == SVSM_CORRUPT) == (index >= circle || used > before.size),
           "corrupt is what the peer cannot have written");
    ASSERT(ring.corrupt == (status == SVSM_CORRUPT), "and is remembered");
    ASSERT(status != SVSM_OK || user_size <= (writer ? before.size - used : used),
           "there was room");
    REACHED(status == SVSM_OK && user_size > 1 && ring.index < before.index);
    REACHED(status == SVSM_FULL || status == SVSM_EMPTY);
    REACHED(status == SVSM_CORRUPT && index < circle);
    REACHED(status == SVSM_TOO_LARGE);
}

static void prove_put(void)
{
    struct ring ring = arbitrary(true), before = ring;
    enum svsm_status status;

    ASSUME(user_size <= UINT32_MAX);
    status = ring_put(&ring, user_base, (uint32_t)user_size);
    whole(&before, &ring, status == SVSM_OK ? user_size + 4 : 0);
    ASSERT(copied_data == (status == SVSM_OK ? user_size : 0), "all of it or nothing");
    REACHED(status == SVSM_OK && ring.index < before.index);
}

static void prove_get(void)
{
    struct ring ring = arbitrary(false), before = ring;
    uint32_t length = 0;
    enum svsm_status status;

    ASSUME(user_size <= UINT32_MAX);
    status = ring_get(&ring, (void *)user_base, (uint32_t)user_size, &length);
    whole(&before, &ring, status == SVSM_OK ? (uint64_t)length + 4 : 0);
    ASSERT(status != SVSM_OK || length <= user_size, "no more than asked for");
    ASSERT(copied_data == length, "as long as it says");
    REACHED(status == SVSM_OK && length > 0 && ring.index < before.index);
    REACHED(status == SVSM_CORRUPT);
    REACHED(status == SVSM_EMPTY);
}

void harness(void)
{
    switch (PART) {
    case 0:
        prove_bytes(true);
        break;
    case 1:
        prove_bytes(false);
        break;
    case 2:
        prove_put();
        break;
    default:
        prove_get();
    }
}
