/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap: blocks side by side over the whole of it, each behind a sealed header.
 *
 * Free blocks are never neighbours; they hang in lists by the power of two of their size, with a
 * bit for each list that is not empty. A request takes the first block that fits from its own list,
 * or any from the next list that has one. The last header stands alone and is always in use.
 */
#include <stdlib.h>
#include <string.h>

#include <svsm/channel.h>
#include <svsm/heap.h>

enum {
    GRANULE = 16,
    LISTS = 32,
    SMALLEST = 2, /* granules: a header and the links of a free block */
};

enum condition { FREE = 0x46, USED = 0x55 };

struct block {
    uint32_t size;   /* in granules, with this header */
    uint32_t before; /* of the block in front; 0 for the first */
    uint64_t seal;
};

struct free_block {
    struct block block;
    struct free_block *next, *previous;
};

_Static_assert(sizeof(struct block) == GRANULE, "payloads are aligned as malloc promises");
_Static_assert(sizeof(struct free_block) == SMALLEST * GRANULE, "links fit the smallest block");

static struct {
    struct block *first, *last; /* last: the header at the end */
    uint64_t secret;
    uint32_t filled; /* bit n: lists[n] is not empty */
    struct free_block *lists[LISTS];
    struct heap_stats stats;
} heap;

static uint64_t seal_of(const struct block *b, enum condition condition)
{
    uint64_t x = ((uintptr_t)b ^ heap.secret) * UINT64_C(0x9e3779b97f4a7c15);

    x ^= (uint64_t)b->before << 32 | b->size;
    x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9) + (uint64_t)condition;
    return x ^ x >> 32 ^ heap.secret;
}

static void seal(struct block *b, enum condition condition)
{
    b->seal = seal_of(b, condition);
}

static bool is_in_heap(const void *p)
{
    return (uintptr_t)p >= (uintptr_t)heap.first && (uintptr_t)p <= (uintptr_t)heap.last &&
           (uintptr_t)p % GRANULE == 0;
}

static bool is_free(const struct block *b)
{
    return b->seal == seal_of(b, FREE);
}

/* Whether the block is free; the end of the server if its header is not one of ours. */
static bool check(const struct block *b)
{
    bool free = is_free(b);

    if (!free && b->seal != seal_of(b, USED))
        svsm_panic("heap: a block's header was written over");
    return free;
}

static struct block *after(const struct block *b)
{
    return (struct block *)((uintptr_t)b + (uintptr_t)b->size * GRANULE);
}

static struct block *before(const struct block *b)
{
    return (struct block *)((uintptr_t)b - (uintptr_t)b->before * GRANULE);
}

static unsigned list_of(uint32_t granules)
{
    return 31 - (unsigned)__builtin_clz(granules);
}

static void list_add(struct block *b)
{
    struct free_block *f = (struct free_block *)b;
    unsigned n = list_of(b->size);

    seal(b, FREE);
    f->previous = NULL;
    f->next = heap.lists[n];
    if (f->next != NULL)
        f->next->previous = f;
    heap.lists[n] = f;
    heap.filled |= UINT32_C(1) << n;
}

/* A free block's links lie in memory a stray write may have reached: each is checked both ways. */
static bool has_good_links(const struct free_block *f)
{
    const struct free_block *next = f->next, *previous = f->previous;

    if (previous == NULL && heap.lists[list_of(f->block.size)] != f)
        return false;
    if (previous != NULL && (!is_in_heap(previous) || previous->next != f))
        return false;
    return next == NULL || (is_in_heap(next) && next->previous == f);
}

static void list_remove(struct block *b)
{
    struct free_block *f = (struct free_block *)b;
    unsigned n = list_of(b->size);

    if (!has_good_links(f))
        svsm_panic("heap: a free block was written to");
    if (f->next != NULL)
        f->next->previous = f->previous;
    if (f->previous != NULL)
        f->previous->next = f->next;
    else
        heap.lists[n] = f->next;
    if (heap.lists[n] == NULL)
        heap.filled &= ~(UINT32_C(1) << n);
    f->next = f->previous = NULL;
}

void heap_open(void *memory, size_t size, uint64_t secret)
{
    uintptr_t begin = ((uintptr_t)memory + GRANULE - 1) & ~(uintptr_t)(GRANULE - 1);
    size_t granules = ((uintptr_t)memory + size - begin) / GRANULE;

    memset(&heap, 0, sizeof heap);
    if (size < (SMALLEST + 2) * GRANULE || granules > UINT32_MAX)
        return;
    heap.secret = secret;
    heap.stats.size = granules * GRANULE;
    heap.stats.used = heap.stats.peak = sizeof(struct block);
    heap.first = (struct block *)begin;
    *heap.first = (struct block){.size = (uint32_t)granules - 1, .before = 0};
    heap.last = after(heap.first);
    *heap.last = (struct block){.size = 1, .before = heap.first->size};
    seal(heap.last, USED);
    list_add(heap.first);
}

/* Makes b smaller and a free block of the rest, if the rest is worth a block. */
static void split(struct block *b, uint32_t granules)
{
    struct block *rest;

    if (b->size - granules < SMALLEST)
        return;
    rest = (struct block *)((uintptr_t)b + (uintptr_t)granules * GRANULE);
    *rest = (struct block){.size = b->size - granules, .before = granules};
    b->size = granules;
    after(rest)->before = rest->size;
    seal(after(rest), USED);
    list_add(rest);
}

static void count_used(struct block *b)
{
    seal(b, USED);
    heap.stats.used += (size_t)b->size * GRANULE;
    if (heap.stats.used > heap.stats.peak)
        heap.stats.peak = heap.stats.used;
}

static struct block *find(uint32_t granules)
{
    unsigned n = list_of(granules);
    uint32_t larger = n == LISTS - 1 ? 0 : heap.filled >> (n + 1) << (n + 1);

    for (struct free_block *f = heap.lists[n]; f != NULL; f = f->next) {
        if (!is_in_heap(f) || !check(&f->block))
            svsm_panic("heap: a free block was written to");
        if (f->block.size >= granules)
            return &f->block;
    }
    if (larger == 0)
        return NULL;
    return &heap.lists[__builtin_ctz(larger)]->block;
}

/* The granules a request takes; 0 for one that no heap can hold. */
static uint32_t granules_for(size_t bytes)
{
    size_t granules;

    if (heap.first == NULL || bytes > heap.stats.size)
        return 0;
    granules = (bytes + sizeof(struct block) + GRANULE - 1) / GRANULE;
    return granules < SMALLEST ? SMALLEST : (uint32_t)granules;
}

void *malloc(size_t bytes)
{
    uint32_t granules = granules_for(bytes);
    struct block *b = granules > 0 ? find(granules) : NULL;

    heap.stats.allocations++;
    if (b == NULL) {
        heap.stats.failures++;
        return NULL;
    }
    if (!check(b))
        svsm_panic("heap: a free block was written to");
    list_remove(b);
    split(b, granules);
    count_used(b);
    return b + 1;
}

void *calloc(size_t count, size_t bytes)
{
    void *memory;

    if (bytes > 0 && count > SIZE_MAX / bytes) {
        heap.stats.failures++;
        return NULL;
    }
    memory = malloc(count * bytes);
    if (memory != NULL)
        memset(memory, 0, count * bytes);
    return memory;
}

/* The used block of a pointer; the end of the server if there is none. */
static struct block *block_of(void *memory)
{
    struct block *b = (struct block *)memory - 1;

    if (!is_in_heap(b) || b >= heap.last)
        svsm_panic("heap: this pointer is not from malloc");
    if (is_free(b))
        svsm_panic("heap: freed twice");
    if (b->seal != seal_of(b, USED))
        svsm_panic("heap: not from malloc, or its header was written over");
    return b;
}

/* Takes the neighbour behind b into b if it is free. b's seal is the caller's to renew. */
static void join(struct block *b)
{
    struct block *next = after(b);

    if (!check(next))
        return;
    list_remove(next);
    b->size += next->size;
    memset(next, 0, sizeof *next);
    after(b)->before = b->size;
    seal(after(b), USED);
}

void free(void *memory)
{
    struct block *b;

    if (memory == NULL)
        return;
    b = block_of(memory);
    heap.stats.used -= (size_t)b->size * GRANULE;
    memset(memory, 0, (size_t)(b->size - 1) * GRANULE);
    join(b);
    if (b->before != 0 && check(before(b))) {
        struct block *front = before(b);

        list_remove(front);
        front->size += b->size;
        memset(b, 0, sizeof *b);
        b = front;
    }
    after(b)->before = b->size;
    seal(after(b), USED);
    list_add(b);
}

/* In place, if the block or it and its neighbour have the room. */
static bool resize(struct block *b, uint32_t granules)
{
    uint32_t old = b->size;

    if (granules > old) {
        if (!check(after(b)) || old + after(b)->size < granules)
            return false;
        join(b);
    }
    heap.stats.used -= (size_t)old * GRANULE;
    split(b, granules);
    count_used(b);
    return true;
}

void *realloc(void *old, size_t bytes)
{
    struct block *b;
    uint32_t granules = granules_for(bytes);
    void *fresh;

    if (old == NULL)
        return malloc(bytes);
    b = block_of(old);
    if (bytes == 0) {
        free(old);
        return NULL;
    }
    if (granules > b->size && resize(b, granules))
        return old;
    if (granules != 0 && granules <= b->size)
        return old;
    fresh = malloc(bytes);
    if (fresh != NULL) {
        memcpy(fresh, old, (size_t)(b->size - 1) * GRANULE);
        free(old);
    }
    return fresh;
}

struct heap_stats heap_stats(void)
{
    return heap.stats;
}

static bool lists_are_whole(uint32_t free_blocks)
{
    for (unsigned n = 0; n < LISTS; n++) {
        if ((heap.lists[n] != NULL) != (heap.filled >> n & 1))
            return false;
        for (struct free_block *f = heap.lists[n]; f != NULL; f = f->next, free_blocks--)
            if (!is_in_heap(f) || free_blocks == 0 || !is_free(&f->block) ||
                list_of(f->block.size) != n || !has_good_links(f))
                return false;
    }
    return free_blocks == 0;
}

bool heap_is_whole(void)
{
    uint32_t size_before = 0, free_blocks = 0;
    bool free_before = false;

    for (struct block *b = heap.first; b != NULL && b != heap.last; b = after(b)) {
        bool free = is_free(b);

        if (!is_in_heap(b) || b->size < SMALLEST || b->before != size_before ||
            (free && free_before) || (!free && b->seal != seal_of(b, USED)))
            return false;
        free_blocks += free;
        free_before = free;
        size_before = b->size;
    }
    return lists_are_whole(free_blocks);
}
