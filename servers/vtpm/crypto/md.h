/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVP_MD: the names of the hashes for the RSA paddings and the KDF.
 */
#ifndef VTPM_CRYPTO_MD_H
#define VTPM_CRYPTO_MD_H

#include "number.h"

#include <wolfssl/wolfcrypt/hash.h>

#include <openssl/evp.h>

enum { MD_HEAD_MAX = 20 };

struct evp_md_st {
    const char *name;
    enum wc_HashType type;
    int size;
    int mgf;
    uint8_t head_length;
    uint8_t head[MD_HEAD_MAX]; /* of the DigestInfo in a PKCS #1 v1.5 signature */
};

#endif
