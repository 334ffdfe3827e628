/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wolfCrypt's SHA-384 behind struct igvm_hash. Its calls fail on NULL pointers and on hardware
 * accelerators; the settings have none of the latter, so results are not looked at.
 */
#include "igvm/sha384.h"

#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/wolfcrypt/sha512.h>

_Static_assert(sizeof(wc_Sha384) <= sizeof(struct igvm_sha384), "room for wolfCrypt's state");

static void start(void *context)
{
    (void)wc_InitSha384(context);
}

static void update(void *context, const void *bytes, size_t size)
{
    (void)wc_Sha384Update(context, bytes, (word32)size);
}

static void finish(void *context, uint8_t digest[IGVM_DIGEST_SIZE])
{
    (void)wc_Sha384Final(context, digest);
}

struct igvm_hash igvm_sha384_hash(struct igvm_sha384 *sha384)
{
    return (struct igvm_hash){sha384, start, update, finish};
}
