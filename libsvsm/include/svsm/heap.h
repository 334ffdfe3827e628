/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's heap: malloc and its kin over one piece of memory that never grows.
 *
 * Each block carries a seal over its place, size and condition, made with a secret. free and
 * realloc check the seals of the block and of its neighbours before they believe anything: a double
 * free, a pointer that never came from malloc, or a header written over ends the server
 * (svsm_panic). Freed memory is cleared. Running out gives NULL. One thread.
 */
#ifndef SVSM_HEAP_H
#define SVSM_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_stats {
    size_t size; /* of the whole heap */
    size_t used; /* now, headers included */
    size_t peak; /* the most there ever was */
    uint64_t allocations;
    uint64_t failures; /* requests answered with NULL for want of room */
};

/* Takes the memory as it is; before the first call malloc gives NULL. */
void heap_open(void *memory, size_t size, uint64_t secret);

struct heap_stats heap_stats(void);

/* Walks all blocks: whether each seal, neighbour and list is right. */
bool heap_is_whole(void);

#endif
