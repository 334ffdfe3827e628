/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVP_PKEY (an RSA key, shared by reference) and EVP_PKEY_CTX (one operation and its options).
 */
#ifndef VTPM_CRYPTO_PKEY_H
#define VTPM_CRYPTO_PKEY_H

#include "md.h"
#include "rsa_key.h"

enum pkey_operation {
    PKEY_NONE,
    PKEY_KEYGEN,
    PKEY_FROMDATA,
    PKEY_SIGN,
    PKEY_VERIFY,
    PKEY_ENCRYPT,
    PKEY_DECRYPT,
};

struct evp_pkey_st {
    int references;
    RSA *rsa;
};

struct evp_pkey_ctx_st {
    EVP_PKEY *pkey;
    enum pkey_operation operation;
    int padding, salt_length;
    const EVP_MD *md, *oaep_md;
    uint8_t *label;
    int label_length;
    unsigned bits;
    long exponent;
};

#endif
