/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cryptography of the secure processor, in its own byte orders, over wolfCrypt.
 *
 * Keys and signatures use the firmware's form: numbers of P-384 as 72 bytes, least significant
 * first. A function that returns bool says whether the input was good; everything else cannot fail.
 */
#ifndef SNPMACHINE_PSP_CRYPTO_H
#define SNPMACHINE_PSP_CRYPTO_H

#include "igvm/measure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA384_SIZE 48u
#define AES_KEY     32u
#define GCM_TAG     16u
#define P384_SIZE   48u

/* ECDSA signature: r and s. */
struct crypto_signature {
    uint8_t r[72], s[72];
    uint8_t reserved[368];
};
_Static_assert(sizeof(struct crypto_signature) == 512, "as in a report");

#define CRYPTO_CURVE_P384 2u

struct crypto_public_key {
    uint32_t curve;
    uint8_t x[72], y[72];
    uint8_t reserved[880];
};
_Static_assert(sizeof(struct crypto_public_key) == 0x404, "as in an ID authentication page");

struct crypto_bytes {
    const void *bytes;
    size_t size;
};

void crypto_sha384(struct crypto_bytes message, uint8_t digest[SHA384_SIZE]);

/* The same hash in the form in which igvm/ wants it; "state" is its context. */
struct crypto_hash {
    uint64_t opaque[64];
};
struct igvm_hash crypto_igvm_hash(struct crypto_hash *state);

/* What the program around this provides: wolfCrypt refused what it must be able to do. */
_Noreturn void crypto_broken(int status);

/* HKDF with SHA-384. */
void crypto_derive(struct crypto_bytes secret, struct crypto_bytes info, uint8_t key[AES_KEY]);

/* AES-256-GCM with the message sequence number as its nonce. */
struct crypto_message {
    const uint8_t *key; /* AES_KEY bytes */
    uint64_t sequence;
    struct crypto_bytes header; /* authenticated, not encrypted */
    size_t size;
};
void crypto_seal(const struct crypto_message *message, const uint8_t *plain, uint8_t *cipher,
                 uint8_t tag[GCM_TAG]);
bool crypto_open(const struct crypto_message *message, const uint8_t *cipher, uint8_t *plain,
                 const uint8_t tag[GCM_TAG]);

/* SHA-384 and ECDSA. The nonce follows from key and message (RFC 6979). */
void crypto_sign(const uint8_t key[P384_SIZE], struct crypto_bytes message,
                 struct crypto_signature *signature);
bool crypto_verify(const struct crypto_public_key *key, struct crypto_bytes message,
                   const struct crypto_signature *signature);

#endif
