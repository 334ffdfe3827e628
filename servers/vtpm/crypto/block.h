/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block ciphers under the facade: AES, Camellia and triple DES, keyed for one direction.
 */
#ifndef VTPM_CRYPTO_BLOCK_H
#define VTPM_CRYPTO_BLOCK_H

#include "number.h"

#include <wolfssl/version.h>
#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/camellia.h>
#include <wolfssl/wolfcrypt/des3.h>

/* Before version 5.8 the type has no prefix. */
#if LIBWOLFSSL_VERSION_HEX < 0x05008000
typedef Camellia wc_Camellia;
#endif

enum block_cipher { BLOCK_AES, BLOCK_CAMELLIA, BLOCK_DES3 };
enum { BLOCK_SIZE_MAX = 16 };

struct block {
    enum block_cipher cipher;
    int inverse;
    union {
        Aes aes;
        wc_Camellia camellia;
        Des3 des;
    } key;
};

/* 1, or 0 for a key length the cipher does not have. */
int block_set_key(struct block *b, const uint8_t *key, unsigned length);

/* One block; in and out may be the same. */
void block_run(struct block *b, const uint8_t *in, uint8_t *out);

#endif
