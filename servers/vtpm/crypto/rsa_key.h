/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An RSA key: up to eight numbers, shared by reference, and wolfCrypt's key made of them for one
 * operation.
 */
#ifndef VTPM_CRYPTO_RSA_KEY_H
#define VTPM_CRYPTO_RSA_KEY_H

#include "number.h"

#include <wolfssl/wolfcrypt/rsa.h>

#include <openssl/rsa.h>

enum rsa_part { RSA_N, RSA_E, RSA_D, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QINV, RSA_PARTS };

enum { RSA_BYTES_MAX = SP_INT_BITS / 8 };

struct rsa_st {
    int references;
    BIGNUM *part[RSA_PARTS];
};

/* By OpenSSL's parameter name; RSA_PARTS for an unknown one. */
enum rsa_part rsa_part_named(const char *name);

/* A fresh key of so many bits, or NULL. */
RSA *rsa_generate(unsigned bits, long exponent);

/* wolfCrypt's key for a public or a private operation, or NULL; rsa_close ends it. */
RsaKey *rsa_open_public(const RSA *rsa);
RsaKey *rsa_open_private(const RSA *rsa);
void rsa_close(RsaKey *key);

/* The number is smaller than the modulus, in constant time. */
int rsa_is_below_modulus(const RSA *rsa, const uint8_t *number, size_t length);

#endif
