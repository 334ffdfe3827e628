/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fuzzing guest's parts. Each processor has random numbers, memory and a record of what that
 * memory must be like, all of its own; one piece of memory is everybody's, and nothing is known of
 * it but that nobody writes there. The rest is nobody's and must never change.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "bare.h"

#define OWN_RANGES UINT64_C(4)
#define OWN_PAGES  (OWN_RANGES * 512)
#define OWN_SIZE   (OWN_RANGES * LARGE)
#define OWN_MOST   UINT64_C(4)       /* processors that have memory of their own */
#define SMALL      (OWN_PAGES - 512) /* pages changed one by one; the last range changes whole */

#define LISTS      (SPARE + OWN_MOST * OWN_SIZE) /* a page that all write lists to */
#define RACE       (LISTS + 4 * LARGE)
#define RACE_SIZE  (2 * LARGE)
#define MEMORY_END (UINT64_C(96) << 20)
#define AREAS      4u /* pages a processor's calling area moves between */

enum kind {
    KIND_OWN,
    KIND_RACE,
    KIND_LISTS,
    KIND_REMAP,
    KIND_CREATE,
    KIND_DELETE,
    KIND_PLAIN,
    KIND_NOISE,
    KINDS
};

struct fuzz {
    uint64_t random;
    uint64_t base;            /* of its own memory */
    uint8_t valid[OWN_PAGES]; /* what the SVSM must think of it */
    uint32_t tags[OWN_PAGES]; /* what the processor has filled its valid pages with; 0: zeros */
    enum kind kind;           /* of the turn */
    uint64_t calls[KINDS], refused, retried, changed;
};

/* How many processors there are. */
extern unsigned fuzz_processors;

uint64_t fuzz_random(struct fuzz *fuzz, uint64_t bound);
/* A word that might hurt: addresses at the borders of everything, or any bits. */
uint64_t fuzz_word(struct fuzz *fuzz);
/* A page that everybody changes. */
uint64_t fuzz_race_page(struct fuzz *fuzz);
/* A page that no call may touch: the SVSM's, saved state, this processor's calling area, none. */
uint64_t fuzz_foreign_page(struct fuzz *fuzz);

/* Makes the call and counts it; the result is one that the protocol has, and only what the call
   defines has changed. */
uint64_t fuzz_call(struct fuzz *fuzz, struct svsm_call *call);
/* The same; the result must be this one, or BUSY where another processor may be at work. */
void fuzz_expect(struct fuzz *fuzz, struct svsm_call call, uint64_t result, const char *what);
void fuzz_expect_or_busy(struct fuzz *fuzz, struct svsm_call call, uint64_t result,
                         const char *what);

/* Changes to its own memory, all of which it can tell the results of. */
void own_start(struct fuzz *fuzz, unsigned processor);
void own_turn(struct fuzz *fuzz);
void own_check(const struct fuzz *fuzz);
/* A page of its own in this state, if it has one at hand; else 0. */
uint64_t own_page(struct fuzz *fuzz, bool valid);
/* That a page of its own holds what it must. */
void own_look(const struct fuzz *fuzz, uint64_t gpa);

/* Calling areas and processors: what must be refused, and areas that move. */
void remap_turn(struct fuzz *fuzz);
void create_turn(struct fuzz *fuzz);
void delete_turn(struct fuzz *fuzz);

/* Calls that change nothing. */
void plain_turn(struct fuzz *fuzz);

/* Everybody's memory, lists that all write to, any call with any words. */
void race_turn(struct fuzz *fuzz);
void lists_turn(struct fuzz *fuzz);
void noise_turn(struct fuzz *fuzz);

#endif
