/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EC_KEY: a group with a private scalar, a public point, or both; each the key's own copy.
 */
#ifndef VTPM_CRYPTO_EC_H
#define VTPM_CRYPTO_EC_H

#include "curve.h"

struct ec_key_st {
    EC_GROUP *group;
    BIGNUM *private_key;
    EC_POINT *public_key;
};

#endif
