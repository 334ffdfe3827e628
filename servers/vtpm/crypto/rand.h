/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The facade's one random generator: wolfCrypt's Hash-DRBG, seeded by crypto_seed.
 *
 * It never reports failure to its callers: without entropy crypto_fail ends the command.
 */
#ifndef VTPM_CRYPTO_RAND_H
#define VTPM_CRYPTO_RAND_H

#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/wolfcrypt/random.h>

WC_RNG *rand_generator(void);

#endif
