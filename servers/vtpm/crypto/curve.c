/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arithmetic on the curves: scalar multiplication by wolfCrypt, everything around it here.
 *
 * wolfCrypt's fixed-size code drops scalar bits above the field size without a word, and the TPM
 * adds the order to scalars to give them constant length; so scalars are reduced first, in constant
 * time. wolfCrypt does not ask whether a point is on its curve either.
 */
#include "curve.h"

#include "rand.h"

#include <wolfssl/wolfcrypt/sp.h>

enum { ORDER_BYTES_MAX = (638 + 7) / 8, EXTRA_BYTES = 8 };

void point_reset(EC_POINT *point)
{
    memset(point, 0, sizeof *point);
    mp_init(point_x(point));
    mp_init(point_y(point));
    mp_init(point_z(point));
    point->infinity = 1;
}

static int run_ladder(const EC_GROUP *group, EC_POINT *r, const EC_POINT *q, const mp_int *k)
{
    const ecc_point *base = q != NULL ? &q->p : &group->generator.p;

    switch (group->code) {
    case CURVE_P256:
        return q != NULL ? sp_ecc_mulmod_256(k, base, &r->p, 1, NULL)
                         : sp_ecc_mulmod_base_256(k, &r->p, 1, NULL);
    case CURVE_P384:
        return q != NULL ? sp_ecc_mulmod_384(k, base, &r->p, 1, NULL)
                         : sp_ecc_mulmod_base_384(k, &r->p, 1, NULL);
    default:
        return wc_ecc_mulmod_ex(k, (ecc_point *)(uintptr_t)base, &r->p,
                                (mp_int *)(uintptr_t)&group->a, (mp_int *)(uintptr_t)&group->p, 1,
                                NULL);
    }
}

int curve_multiply(const EC_GROUP *group, EC_POINT *r, const EC_POINT *q, const mp_int *k)
{
    mp_int scalar;
    EC_POINT result;
    int ok = 1;

    point_reset(&result);
    if (mp_init(&scalar) != MP_OKAY || !number_mod(&scalar, k, &group->order))
        return 0;
    if (!mp_iszero(&scalar) && (q == NULL || !q->infinity)) {
        ok = run_ladder(group, &result, q, &scalar) == MP_OKAY;
        result.infinity = mp_iszero(point_x(&result)) && mp_iszero(point_y(&result));
    }
    *r = result;
    crypto_wipe(&result, sizeof result);
    crypto_wipe(scalar.dp, (group->order.used + 1u) * sizeof(digit));
    return ok;
}

static int subtract(mp_int *r, const mp_int *a, const mp_int *b, const mp_int *p)
{
    mp_int sum;

    return mp_init(&sum) == MP_OKAY && mp_add(a, p, &sum) == MP_OKAY &&
           mp_sub(&sum, b, &sum) == MP_OKAY && number_mod(r, &sum, p);
}

/* (y2 - y1) / (x2 - x1), or the tangent's (3 x^2 + a) / 2 y for equal points. */
static int slope(mp_int *r, const EC_GROUP *group, const EC_POINT *p, const EC_POINT *q)
{
    const mp_int *m = &group->p;
    mp_int over, under, three;
    int ok = mp_init(&over) == MP_OKAY && mp_init(&under) == MP_OKAY && mp_init(&three) == MP_OKAY;

    if (ok && mp_cmp(point_x(p), point_x(q)) == MP_EQ)
        ok = mp_set(&three, 3) == MP_OKAY && number_mulmod(&over, point_x(p), point_x(p), m) &&
             number_mulmod(&over, &over, &three, m) && number_addmod(&over, &over, &group->a, m) &&
             number_addmod(&under, point_y(p), point_y(p), m);
    else if (ok)
        ok = subtract(&over, point_y(q), point_y(p), m) &&
             subtract(&under, point_x(q), point_x(p), m);
    return ok && number_inverse(&under, &under, m) && number_mulmod(r, &over, &under, m);
}

static int are_opposite(const EC_POINT *p, const EC_POINT *q)
{
    return mp_cmp(point_x(p), point_x(q)) == MP_EQ &&
           (mp_cmp(point_y(p), point_y(q)) != MP_EQ || mp_iszero(point_y(p)));
}

int curve_add(const EC_GROUP *group, EC_POINT *r, const EC_POINT *p, const EC_POINT *q)
{
    const mp_int *m = &group->p;
    EC_POINT sum;
    mp_int l, t;
    int ok;

    point_reset(&sum);
    if (p->infinity || q->infinity) {
        *r = p->infinity ? *q : *p;
        return 1;
    }
    if (are_opposite(p, q)) {
        *r = sum;
        return 1;
    }
    sum.infinity = 0;
    ok = mp_init(&l) == MP_OKAY && mp_init(&t) == MP_OKAY && slope(&l, group, p, q) &&
         number_mulmod(&t, &l, &l, m) && subtract(&t, &t, point_x(p), m) &&
         subtract(point_x(&sum), &t, point_x(q), m) && subtract(&t, point_x(p), point_x(&sum), m) &&
         number_mulmod(&t, &t, &l, m) && subtract(point_y(&sum), &t, point_y(p), m) &&
         mp_set(point_z(&sum), 1) == MP_OKAY;
    if (ok)
        *r = sum;
    return ok;
}

/* FIPS 186-5, A.2.1: 64 bits more than the order has, reduced. */
int curve_random_scalar(const EC_GROUP *group, mp_int *k)
{
    uint8_t bytes[ORDER_BYTES_MAX + EXTRA_BYTES];
    word32 length = (word32)(mp_count_bits(&group->order) + 7) / 8 + EXTRA_BYTES;
    mp_int range;
    int ok;

    if (length > sizeof bytes)
        return 0;
    crypto_must(wc_RNG_GenerateBlock(rand_generator(), bytes, length), __func__);
    ok = mp_init(&range) == MP_OKAY && mp_read_unsigned_bin(k, bytes, length) == MP_OKAY &&
         mp_sub_d(&group->order, 1, &range) == MP_OKAY && number_mod(k, k, &range) &&
         mp_add_d(k, 1, k) == MP_OKAY;
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}
