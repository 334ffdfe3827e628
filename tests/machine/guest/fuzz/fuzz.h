/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fuzzing guest's parts. Each processor has random numbers, memory and a record of what that
 * memory must be like, all of its own; one piece of memory is everybody's, and nothing is known of
 * it. A third is nobody's and must never change.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "bare.h"

#define OWN_RANGES UINT64_C(4)
#define OWN_PAGES  (OWN_RANGES * 512)
#define OWN_SIZE   (OWN_RANGES * LARGE)
#define RACE       (SPARE + UINT64_C(40) * 1024 * 1024)
#define RACE_SIZE  (2 * LARGE)
#define CANARY     (RACE + RACE_SIZE)
#define CANARY_END (CANARY + 2 * LARGE)
#define AREAS      4u /* pages a processor's calling area moves between */

struct fuzz {
    uint64_t random;
    uint64_t base;            /* of its own memory */
    uint8_t valid[OWN_PAGES]; /* what the SVSM must think of it */
    uint32_t tags[OWN_PAGES]; /* what the processor has written to its valid pages; 0: zeros */
    uint64_t calls, refused, retried;
};

uint64_t fuzz_random(struct fuzz *fuzz, uint64_t bound);
/* A word that might hurt: addresses at the borders of everything, or any bits. */
uint64_t fuzz_word(struct fuzz *fuzz);

/* Changes to its own memory, all of which it can tell the results of. */
void own_start(struct fuzz *fuzz, unsigned processor);
void own_turn(struct fuzz *fuzz);
void own_check(const struct fuzz *fuzz);

/* Any call with any words. */
void wild_turn(struct fuzz *fuzz);

#endif
