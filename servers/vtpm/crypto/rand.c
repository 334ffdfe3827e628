/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAND_bytes. A failure here must not come back as an error: libtpms would then make its seeds
 * from rand() and the time.
 */
#include "rand.h"

#include "number.h"

#include <openssl/rand.h>

WC_RNG *rand_generator(void)
{
    static WC_RNG generator;
    static int ready;

    if (!ready) {
        crypto_must(wc_InitRng(&generator), __func__);
        ready = 1;
    }
    return &generator;
}

int RAND_bytes(unsigned char *out, int n)
{
    if (n < 0)
        crypto_fail(__func__);
    crypto_must(wc_RNG_GenerateBlock(rand_generator(), out, (word32)n), __func__);
    return 1;
}
