/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap: random requests against a shadow of their contents, its limits, and every misuse that
 * must end the server, each with its own words.
 */
#include "ours.h"

#include <string.h>

#include <svsm/heap.h>

enum { ROOM = 64 * 1024, SLOTS = 64, HEADER = 16 };

static _Alignas(16) char room[ROOM];

struct held {
    unsigned char *memory;
    size_t length;
    unsigned char pattern;
};

static void check_held(const struct held *h)
{
    for (size_t i = 0; i < h->length; i++)
        assert_int_equal(h->memory[i], h->pattern);
}

static void hold(struct held *h, void *memory, size_t length)
{
    assert_int_equal((uintptr_t)memory % 16, 0);
    h->memory = memory;
    h->length = length;
    h->pattern = (unsigned char)random_below(256);
    memset(memory, h->pattern, length);
}

static void renew(struct held *h)
{
    size_t length = random_below(random_below(8) ? 300 : 9000);
    unsigned char *memory;

    if (h->memory == NULL) {
        memory = random_below(2) ? our_malloc(length) : our_calloc(length, 1);
        if (memory != NULL)
            hold(h, memory, length);
    } else if (random_below(3) == 0) {
        memory = our_realloc(h->memory, length + 1);
        if (memory == NULL)
            return;
        h->memory = memory;
        h->length = length < h->length ? length : h->length;
        check_held(h);
        hold(h, memory, length + 1);
    } else {
        our_free(h->memory);
        *h = (struct held){NULL, 0, 0};
    }
}

void test_heap_random(void **state)
{
    static struct held held[SLOTS];

    (void)state;
    heap_open(room, sizeof room, 0x1234567890abcdef);
    for (unsigned round = 0; round < 100000; round++) {
        struct held *h = &held[random_below(SLOTS)];

        check_held(h);
        renew(h);
        if (round % 64 == 0)
            assert_true(heap_is_whole());
    }
    assert_true(heap_stats().failures > 0 && heap_stats().peak > ROOM / 2);
    for (unsigned i = 0; i < SLOTS; i++)
        our_free(held[i].memory);
    assert_true(heap_is_whole());
    assert_int_equal(heap_stats().used, HEADER);
    assert_non_null(our_malloc(ROOM - 2 * HEADER));
}

static bool is_zero(const char *p, size_t length)
{
    while (length > 0 && p[length - 1] == 0)
        length--;
    return length == 0;
}

void test_heap_limits(void **state)
{
    char *a, *b;

    (void)state;
    heap_open(room + 3, 40, 1);
    assert_null(our_malloc(1));
    heap_open(room, sizeof room, 1);
    assert_null(our_malloc(ROOM));
    assert_null(our_malloc(SIZE_MAX));
    assert_null(our_malloc(SIZE_MAX - 15));
    assert_null(our_calloc(SIZE_MAX / 2, 4));
    assert_null(our_realloc(NULL, SIZE_MAX));
    a = our_malloc(0);
    b = our_malloc(0);
    assert_true(a != NULL && b != NULL && a != b);
    assert_null(our_realloc(a, 0));
    our_free(NULL);
    our_free(b);
    a = our_malloc(ROOM - 2 * HEADER);
    assert_non_null(a);
    assert_null(our_malloc(0));
    memset(a, 0x5a, ROOM - 2 * HEADER);
    assert_null(our_realloc(a, ROOM));
    assert_int_equal(a[ROOM - 2 * HEADER - 1], 0x5a);
    our_free(a);
    assert_int_equal(heap_stats().peak, ROOM);
    a = our_malloc(512);
    assert_true(is_zero(a + 16, 512 - 16));
}

void test_heap_misuse(void **state)
{
    char *a, *b, *c;

    (void)state;
    heap_open(room, sizeof room, 7);
    a = our_malloc(100);
    b = our_malloc(100);
    c = our_malloc(100);
    our_free(a);
    expect_panic((our_free(a), 0), "heap: freed twice");
    expect_panic(our_realloc(a, 10), "heap: freed twice");
    expect_panic((our_free(c + 16), 0), "heap: not from malloc, or its header was written over");
    expect_panic((our_free(c + 1), 0), "heap: this pointer is not from malloc");
    expect_panic((our_free(room + ROOM), 0), "heap: this pointer is not from malloc");
    expect_panic((our_free(&a), 0), "heap: this pointer is not from malloc");
    b[112]++; /* the first byte behind b: c's header */
    assert_false(heap_is_whole());
    expect_panic((our_free(b), 0), "heap: a block's header was written over");
    expect_panic((our_free(c), 0), "heap: not from malloc, or its header was written over");
    heap_open(room, sizeof room, 7);
    a = our_malloc(100);
    b = our_malloc(100);
    our_free(a);
    *(void **)a = b; /* a link of a free block */
    assert_false(heap_is_whole());
    expect_panic(our_malloc(90), "heap: a free block was written to");
}
