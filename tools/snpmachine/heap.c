/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * malloc for library code: powers of two from 32 bytes on, each block headed by its class. Blocks
 * above half a page are whole pages and are kept in their class when freed.
 */
#include "machine.h"

#define CLASSES     20u
#define SMALLEST    5u /* 2^5 bytes, header included */
#define HEADER_SIZE 16u

struct block {
    uint64_t class;
    struct block *next;
};

_Static_assert(sizeof(struct block) == HEADER_SIZE, "the header keeps blocks 16-byte aligned");

static struct spinlock lock;
static struct block *free_blocks[CLASSES];

static void refill(unsigned class)
{
    uint64_t size = 1ull << (class + SMALLEST);
    if (size >= PAGE_SIZE) {
        free_blocks[class] = memory_pages(size / PAGE_SIZE);
        return;
    }
    uint8_t *page = memory_page();
    for (uint64_t at = 0; at < PAGE_SIZE; at += size) {
        struct block *block = (struct block *)(void *)(page + at);
        block->next = free_blocks[class];
        free_blocks[class] = block;
    }
}

void *memory_alloc(size_t size)
{
    unsigned class = 0;
    while (class < CLASSES && (1ull << (class + SMALLEST)) < size + HEADER_SIZE)
        class ++;
    if (class == CLASSES)
        return NULL;
    spin_lock(&lock);
    if (!free_blocks[class])
        refill(class);
    struct block *block = free_blocks[class];
    free_blocks[class] = block->next;
    spin_unlock(&lock);
    block->class = class;
    return memset(block + 1, 0, (1ull << (class + SMALLEST)) - HEADER_SIZE);
}

void memory_free(void *pointer)
{
    if (!pointer)
        return;
    struct block *block = (struct block *)pointer - 1;
    spin_lock(&lock);
    block->next = free_blocks[block->class];
    free_blocks[block->class] = block;
    spin_unlock(&lock);
}
