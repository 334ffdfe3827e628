/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Curves y^2 = x^3 + a x + b over a prime field, and points on them in affine coordinates.
 *
 * A point is either at infinity or was found on its curve when it came in; curve_multiply and
 * curve_add keep it so. Scalars may be any size; they are reduced here.
 */
#ifndef VTPM_CRYPTO_CURVE_H
#define VTPM_CRYPTO_CURVE_H

#include "number.h"

#include <wolfssl/wolfcrypt/ecc.h>

#include <openssl/ec.h>

struct ec_point_st {
    ecc_point p; /* its z is 1 */
    int infinity;
};

/* P-256 and P-384 have fixed-size code in wolfCrypt; the others share the general ladder. */
enum curve_code { CURVE_GENERAL, CURVE_P256, CURVE_P384 };

struct ec_group_st {
    int references;
    enum curve_code code;
    mp_int p, a, b, order;
    EC_POINT generator;
};

static inline mp_int *point_x(const EC_POINT *point)
{
    return (mp_int *)(uintptr_t)point->p.x;
}

static inline mp_int *point_y(const EC_POINT *point)
{
    return (mp_int *)(uintptr_t)point->p.y;
}

static inline mp_int *point_z(const EC_POINT *point)
{
    return (mp_int *)(uintptr_t)point->p.z;
}

/* At infinity. */
void point_reset(EC_POINT *point);

/* r = k q; without q, k times the generator. Returns 1, or 0 when wolfCrypt fails. */
int curve_multiply(const EC_GROUP *group, EC_POINT *r, const EC_POINT *q, const mp_int *k);

int curve_add(const EC_GROUP *group, EC_POINT *r, const EC_POINT *p, const EC_POINT *q);

/* Uniform in [1, order - 1]. */
int curve_random_scalar(const EC_GROUP *group, mp_int *k);

#endif
