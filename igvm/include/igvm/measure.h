/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Launch digests: what SEV-SNP (LD) and TDX (MRTD) make of a series of page events.
 *
 * igvm_snp_extend is the secure processor's own rule for one page; tools feed it from
 * igvm/launch.h, a machine that plays the processor feeds it from its launch commands. SHA-384
 * comes from the caller. No memory is allocated and nothing is printed.
 */
#ifndef IGVM_MEASURE_H
#define IGVM_MEASURE_H

#include "igvm/launch.h"

#define IGVM_DIGEST_SIZE 48u

/* SHA-384, whoever computes it; "context" is handed back as it is. */
struct igvm_hash {
    void *context;
    void (*start)(void *context);
    void (*update)(void *context, const void *bytes, size_t size);
    void (*finish)(void *context, uint8_t digest[IGVM_DIGEST_SIZE]);
};

/* digest = SHA384(PAGE_INFO of the event); a launch begins with 48 zero bytes. */
void igvm_snp_extend(uint8_t digest[IGVM_DIGEST_SIZE], const struct igvm_event *event,
                     const struct igvm_hash *hash);

/* A whole MRTD is one hash: hash->start, this for every event, hash->finish. */
void igvm_tdx_extend(const struct igvm_event *event, const struct igvm_hash *hash);

#endif
