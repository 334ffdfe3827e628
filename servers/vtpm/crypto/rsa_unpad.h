/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two encryption paddings of RFC 8017, taken off in constant time: nothing but "good" or "bad"
 * and a good message's length shows, not where a bad padding went wrong.
 */
#ifndef VTPM_CRYPTO_RSA_UNPAD_H
#define VTPM_CRYPTO_RSA_UNPAD_H

#include "md.h"

/* A decrypted block, as long as the modulus; it is changed in place. */
struct rsa_block {
    uint8_t *bytes;
    size_t length;
};

/* Where the message begins (the block's length for an empty one); 0 when the padding is bad. */
size_t rsa_unpad_oaep(struct rsa_block block, const EVP_MD *md, const uint8_t *label,
                      size_t label_length);
size_t rsa_unpad_pkcs1(struct rsa_block block);

#endif
