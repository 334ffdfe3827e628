/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings: what goes in comes out, at every position; what a peer writes does no harm. The data and
 * the positions lie in allocations of their exact size, so that ASan sees a step outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <stdatomic.h>

#include <cmocka.h>

#include <svsm/ring.h>

#define EPOCH 2u

struct pair {
    struct ring writer, reader;
    uint64_t *positions; /* the writer's, the reader's */
    uint8_t *data;
};

static struct pair pair_make(uint32_t size)
{
    struct pair p = {.positions = calloc(2, sizeof(uint64_t)), .data = malloc(size)};

    p.writer = (struct ring){
        .own = &p.positions[0], .peer = &p.positions[1], .data = p.data, .size = size};
    p.writer.writer = true;
    p.reader = (struct ring){
        .own = &p.positions[1], .peer = &p.positions[0], .data = p.data, .size = size};
    ring_reset(&p.writer, EPOCH);
    ring_reset(&p.reader, EPOCH);
    return p;
}

static void pair_free(struct pair *p)
{
    free(p->positions);
    free(p->data);
}

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % limit;
}

/* Every size to 17, every position, every amount in the ring, every length. */
static void check_step(struct pair *p, uint32_t used, uint32_t length)
{
    uint32_t size = p->writer.size;
    uint8_t bytes[32], back[32];

    for (uint32_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(7 * i + used + length);
    }
    assert_int_equal(ring_write(&p->writer, bytes, used), SVSM_OK);
    assert_int_equal(ring_fill(&p->reader), used);
    assert_int_equal(ring_room(&p->writer), size - used);
    assert_int_equal(ring_write(&p->writer, bytes + used, length), length > size ? SVSM_TOO_LARGE
                                                                   : length > size - used
                                                                       ? SVSM_FULL
                                                                       : SVSM_OK);
    if (length > size - used) {
        length = 0;
    }
    assert_int_equal(ring_read(&p->reader, back, used + length + 1),
                     used + length + 1 > size ? SVSM_TOO_LARGE : SVSM_EMPTY);
    assert_int_equal(ring_read(&p->reader, back, used + length), SVSM_OK);
    assert_memory_equal(back, bytes, used + length);
    assert_int_equal(ring_fill(&p->reader), 0);
}

static void test_every_step(void **state)
{
    (void)state;
    for (uint32_t size = 1; size <= 9; size++) {
        struct pair p = pair_make(size);

        for (uint32_t used = 0; used <= size; used++) {
            for (uint32_t length = 0; length <= size + 1; length++) {
                for (uint32_t turn = 0; turn < 2 * size + 3; turn++) {
                    check_step(&p, used, length);
                }
            }
        }
        pair_free(&p);
    }
}

static void test_random_stream(void **state)
{
    uint8_t next_in = 0, next_out = 0, bytes[300];
    struct pair p = pair_make(257);

    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        uint32_t length = random_below(259);
        uint32_t room = ring_room(&p.writer), fill = ring_fill(&p.reader);

        assert_int_equal(room + fill, 257);
        if (random_below(2) == 0) {
            for (uint32_t k = 0; k < length; k++) {
                bytes[k] = (uint8_t)(next_in + k);
            }
            if (ring_write(&p.writer, bytes, length) == SVSM_OK) {
                next_in = (uint8_t)(next_in + length);
                assert_true(length <= room);
            }
        } else if (ring_read(&p.reader, bytes, length) == SVSM_OK) {
            assert_true(length <= fill);
            for (uint32_t k = 0; k < length; k++) {
                assert_int_equal(bytes[k], next_out++);
            }
        }
    }
    pair_free(&p);
}

static void test_records(void **state)
{
    struct pair p = pair_make(100);
    uint32_t length = 99;
    uint8_t bytes[128];

    (void)state;
    assert_int_equal(ring_get(&p.reader, bytes, 128, &length), SVSM_EMPTY);
    assert_int_equal(ring_put(&p.writer, "hello", 5), SVSM_OK);
    assert_int_equal(ring_put(&p.writer, "", 0), SVSM_OK);
    assert_int_equal(ring_put(&p.writer, bytes, 97), SVSM_TOO_LARGE);
    assert_int_equal(ring_put(&p.writer, bytes, UINT32_MAX), SVSM_TOO_LARGE);
    assert_int_equal(ring_put(&p.writer, bytes, 84), SVSM_FULL);
    assert_int_equal(ring_get(&p.reader, bytes, 5, &length), SVSM_OK);
    assert_int_equal(length, 5);
    assert_memory_equal(bytes, "hello", 5);
    assert_int_equal(ring_get(&p.reader, bytes, 0, &length), SVSM_OK);
    assert_int_equal(length, 0);
    assert_int_equal(ring_fill(&p.reader), 0);
    pair_free(&p);
}

/* A record that claims more than the ring holds, more than the reader takes, or is cut short. */
static void test_lying_records(void **state)
{
    static const struct {
        uint32_t claim, bytes, most;
    } lies[] = {{5, 4, 64}, {UINT32_MAX, 4, UINT32_MAX}, {33, 33, 32}, {UINT32_MAX - 3, 60, 64}};
    uint8_t bytes[128] = {0};
    uint32_t length = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        struct pair p = pair_make(100);

        ring_write(&p.writer, &lies[i].claim, 4);
        ring_write(&p.writer, bytes, lies[i].bytes);
        assert_int_equal(ring_get(&p.reader, bytes, lies[i].most, &length), SVSM_CORRUPT);
        assert_int_equal(ring_read(&p.reader, bytes, 1), SVSM_CORRUPT);
        pair_free(&p);
    }
    for (uint32_t cut = 1; cut < 4; cut++) {
        struct pair p = pair_make(100);

        ring_write(&p.writer, bytes, cut);
        assert_int_equal(ring_get(&p.reader, bytes, 64, &length), SVSM_CORRUPT);
        pair_free(&p);
    }
}

/* Each position a peer can publish, against what it may be. */
static void check_position(uint32_t index, uint32_t own, bool writer)
{
    struct pair p = pair_make(8);
    struct ring *ring = writer ? &p.writer : &p.reader;
    uint32_t used = writer ? (own + 16 - index) % 16 : (index + 16 - own) % 16;
    bool good = index < 16 && used <= 8;

    ring->index = own;
    p.positions[writer] = (uint64_t)EPOCH << 32 | index;
    if (good) {
        assert_int_equal(writer ? 8 - ring_room(ring) : ring_fill(ring), used);
    } else {
        uint8_t byte = 0;

        assert_int_equal(writer ? ring_write(ring, &byte, 1) : ring_read(ring, &byte, 1),
                         SVSM_CORRUPT);
        p.positions[writer] = (uint64_t)EPOCH << 32 | own;
        assert_int_equal(writer ? ring_write(ring, &byte, 1) : ring_read(ring, &byte, 1),
                         SVSM_CORRUPT); /* once corrupt, always */
        ring_reset(ring, EPOCH + 1);
        assert_int_equal(writer ? ring_write(ring, &byte, 1) : ring_read(ring, &byte, 1),
                         writer ? SVSM_OK : SVSM_EMPTY);
    }
    pair_free(&p);
}

static void test_positions(void **state)
{
    static const uint32_t wild[] = {17, 255, 1u << 30, 1u << 31, UINT32_MAX - 1, UINT32_MAX};

    (void)state;
    for (uint32_t own = 0; own < 16; own++) {
        for (uint32_t index = 0; index < 17; index++) {
            check_position(index, own, false);
            check_position(index, own, true);
        }
        for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
            check_position(wild[i], own, false);
            check_position(wild[i], own, true);
        }
    }
}

/* After a restart of one end nothing of the old epoch is believed, whichever end sees it first. */
static void test_epochs(void **state)
{
    struct pair p = pair_make(64);
    uint8_t bytes[64] = "before";

    (void)state;
    ring_write(&p.writer, bytes, 40);
    ring_read(&p.reader, bytes, 30);
    ring_reset(&p.reader, EPOCH + 1);
    assert_int_equal(ring_fill(&p.reader), 0);
    ring_write(&p.writer, bytes, 5);
    assert_int_equal(ring_fill(&p.reader), 0);
    ring_reset(&p.writer, EPOCH + 1);
    assert_int_equal(ring_room(&p.writer), 64);
    assert_int_equal(ring_write(&p.writer, "after", 5), SVSM_OK);
    assert_int_equal(ring_read(&p.reader, bytes, 5), SVSM_OK);
    assert_memory_equal(bytes, "after", 5);
    pair_free(&p);
}

static void test_no_ring(void **state)
{
    struct ring none = {.size = 0}, writer = {.size = 0, .writer = true};
    uint8_t byte = 0;

    (void)state;
    ring_reset(&none, 1);
    assert_int_equal(ring_read(&none, &byte, 1), SVSM_NO_CHANNEL);
    assert_int_equal(ring_write(&none, &byte, 1), SVSM_NO_CHANNEL);
    assert_int_equal(ring_write(&writer, &byte, 0), SVSM_NO_CHANNEL);
    assert_int_equal(ring_fill(&none), 0);
}

struct hostile {
    _Atomic uint64_t *position;
    _Atomic uint8_t *data;
    uint32_t size;
    atomic_bool over;
};

/* Publishes positions from nearly right to wild, and changes bytes under the reader's hands. */
static void *hostile_peer(void *argument)
{
    struct hostile *h = argument;
    uint64_t random = 88172645463325252u;

    while (!atomic_load(&h->over)) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        atomic_store(h->position,
                     (random & 7) == 0 ? random : (uint64_t)EPOCH << 32 | random % (3 * h->size));
        atomic_store(&h->data[random % h->size], (uint8_t)(random >> 40));
    }
    return NULL;
}

static unsigned hostile_round(struct ring *ring, uint8_t *bytes)
{
    uint32_t length = 0;
    enum svsm_status status;

    if (ring->writer) {
        length = random_below(70);
        status =
            random_below(2) == 0 ? ring_write(ring, bytes, length) : ring_put(ring, bytes, length);
    } else if (random_below(2) == 0) {
        status = ring_read(ring, bytes, random_below(65));
    } else {
        status = ring_get(ring, bytes, 64, &length);
        assert_true(status != SVSM_OK || length <= 60);
    }
    assert_true(ring->index < 2 * ring->size);
    assert_true(status == SVSM_OK || status == SVSM_CORRUPT || status == SVSM_EMPTY ||
                status == SVSM_FULL || status == SVSM_TOO_LARGE);
    if (status == SVSM_CORRUPT) {
        ring_reset(ring, EPOCH);
    }
    return status == SVSM_OK;
}

static void check_hostile(bool writer)
{
    struct pair p = pair_make(64);
    struct ring *ring = writer ? &p.writer : &p.reader;
    struct hostile h = {.position = (_Atomic uint64_t *)&p.positions[writer],
                        .data = (_Atomic uint8_t *)p.data,
                        .size = 64};
    uint8_t *bytes = calloc(1, 70);
    unsigned good = 0;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, hostile_peer, &h), 0);
    for (unsigned i = 0; i < 300000; i++) {
        good += hostile_round(ring, bytes);
    }
    atomic_store(&h.over, true);
    pthread_join(thread, NULL);
    print_message("hostile peer of a %s: %u operations went through\n",
                  writer ? "writer" : "reader", good);
    free(bytes);
    pair_free(&p);
}

static void test_hostile(void **state)
{
    (void)state;
    check_hostile(false);
    check_hostile(true);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step), cmocka_unit_test(test_random_stream),
        cmocka_unit_test(test_records),    cmocka_unit_test(test_lying_records),
        cmocka_unit_test(test_positions),  cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_no_ring),    cmocka_unit_test(test_hostile),
    };

    random_state = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    print_message("seed %llu\n", (unsigned long long)random_state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
