/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVP_CIPHER: which block cipher in which mode.
 */
#ifndef VTPM_CRYPTO_CIPHER_H
#define VTPM_CRYPTO_CIPHER_H

#include "block.h"

#include <openssl/des.h>
#include <openssl/evp.h>

enum cipher_mode { CIPHER_ECB, CIPHER_CBC, CIPHER_CFB, CIPHER_OFB, CIPHER_CTR };

struct evp_cipher_st {
    enum block_cipher cipher;
    enum cipher_mode mode;
    uint8_t key_size, block_size;
};

#endif
