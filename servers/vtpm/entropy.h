/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entropy for the random generators, from one source and under test all the time.
 *
 * The source is the processor's (RDSEED or RDRAND, through libsvsm); no other is trusted. Its bytes
 * go through the repetition count and the adaptive proportion test of SP 800-90B, 4.4, and through
 * both once over 1,024 bytes before the first is used. A test that fails ends the source for good.
 */
#ifndef VTPM_ENTROPY_H
#define VTPM_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entropy_source {
    /* Fills out, or says it cannot. */
    bool (*read)(void *context, uint8_t *out, size_t length);
    void *context;
};

/* Takes the source into use; false if it fails its start-up test. */
bool entropy_open(const struct entropy_source *source);

/* False for good once the source failed. */
bool entropy_is_healthy(void);

/* Bytes that passed the tests, or false. */
bool entropy_read(uint8_t *out, size_t length);

#endif
