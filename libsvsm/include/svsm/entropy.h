/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entropy for random generators, from one source and under test all the time.
 *
 * A server's source is the processor (entropy_processor); no other is trusted. The source's bytes
 * go through the repetition count and the adaptive proportion test of SP 800-90B, 4.4, and through
 * both once over 1,024 bytes before the first is used. A test that fails ends the source for good.
 */
#ifndef SVSM_ENTROPY_H
#define SVSM_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entropy_source {
    /* Fills out, or says it cannot. */
    bool (*read)(void *context, uint8_t *out, size_t length);
    void *context;
};

/* The processor's own: each word from RDSEED, from RDRAND when RDSEED stays empty. */
extern const struct entropy_source entropy_processor;

/* Takes the source into use; false if it fails its start-up test. */
bool entropy_open(const struct entropy_source *source);

/* False for good once the source failed. */
bool entropy_is_healthy(void);

/* Bytes that passed the tests, or false. */
bool entropy_read(uint8_t *out, size_t length);

/* One untested word of the processor's, for canaries and the heap's secret; false: there is none.
 */
bool processor_random(uint64_t *word);

#endif
