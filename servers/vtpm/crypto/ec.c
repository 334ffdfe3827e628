/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EC_GROUP_*, EC_POINT_* and EC_KEY_*.
 *
 * A point comes in through EC_POINT_set_affine_coordinates only, which refuses what is not on the
 * curve; a point that was refused is at infinity and no function hands out its coordinates.
 */
#include "ec.h"

/* The curve wolfCrypt has code of its own for, if it is one. */
static enum curve_code code_for(const EC_GROUP *group)
{
    static const struct {
        int bits;
        ecc_curve_id id;
        enum curve_code code;
    } known[] = {{256, ECC_SECP256R1, CURVE_P256}, {384, ECC_SECP384R1, CURVE_P384}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const ecc_set_type *set = wc_ecc_get_curve_params(wc_ecc_get_curve_idx(known[i].id));
        mp_int p, a, b;

        if (set == NULL || mp_count_bits(&group->p) != known[i].bits || mp_init(&p) != MP_OKAY ||
            mp_init(&a) != MP_OKAY || mp_init(&b) != MP_OKAY)
            continue;
        if (mp_read_radix(&p, set->prime, MP_RADIX_HEX) == MP_OKAY &&
            mp_read_radix(&a, set->Af, MP_RADIX_HEX) == MP_OKAY &&
            mp_read_radix(&b, set->Bf, MP_RADIX_HEX) == MP_OKAY && mp_cmp(&p, &group->p) == MP_EQ &&
            mp_cmp(&a, &group->a) == MP_EQ && mp_cmp(&b, &group->b) == MP_EQ)
            return known[i].code;
    }
    return CURVE_GENERAL;
}

EC_GROUP *EC_GROUP_new_curve_GFp(const BIGNUM *p, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx)
{
    EC_GROUP *group = calloc(1, sizeof *group);

    (void)ctx;
    if (group == NULL)
        return NULL;
    group->references = 1;
    point_reset(&group->generator);
    if (mp_init(&group->p) != MP_OKAY || mp_init(&group->a) != MP_OKAY ||
        mp_init(&group->b) != MP_OKAY || mp_init(&group->order) != MP_OKAY || !mp_isodd(&p->n) ||
        mp_copy(&p->n, &group->p) != MP_OKAY || !number_mod(&group->a, &a->n, &p->n) ||
        !number_mod(&group->b, &b->n, &p->n)) {
        free(group);
        return NULL;
    }
    return group;
}

int EC_GROUP_set_generator(EC_GROUP *group, const EC_POINT *generator, const BIGNUM *order,
                           const BIGNUM *cofactor)
{
    (void)cofactor;
    if (generator->infinity || mp_iszero(&order->n) || mp_copy(&order->n, &group->order) != MP_OKAY)
        return 0;
    group->generator = *generator;
    group->code = code_for(group);
    return 1;
}

void EC_GROUP_free(EC_GROUP *group)
{
    if (group != NULL && --group->references == 0)
        free(group);
}

EC_POINT *EC_POINT_new(const EC_GROUP *group)
{
    EC_POINT *point = group != NULL ? malloc(sizeof *point) : NULL;

    if (point != NULL)
        point_reset(point);
    return point;
}

void EC_POINT_clear_free(EC_POINT *point)
{
    crypto_free(point, sizeof *point);
}

void EC_POINT_free(EC_POINT *point)
{
    EC_POINT_clear_free(point);
}

static int is_on_curve(const EC_GROUP *group, const EC_POINT *point)
{
    const mp_int *x = point_x(point), *y = point_y(point), *p = &group->p;
    mp_int left, right;

    return mp_cmp(x, p) == MP_LT && mp_cmp(y, p) == MP_LT && mp_init(&left) == MP_OKAY &&
           mp_init(&right) == MP_OKAY && number_mulmod(&right, x, x, p) &&
           number_addmod(&right, &right, &group->a, p) && number_mulmod(&right, &right, x, p) &&
           number_addmod(&right, &right, &group->b, p) && number_mulmod(&left, y, y, p) &&
           mp_cmp(&left, &right) == MP_EQ;
}

/* style: the five parameters are OpenSSL's */
int EC_POINT_set_affine_coordinates(const EC_GROUP *group, EC_POINT *p, const BIGNUM *x,
                                    const BIGNUM *y, BN_CTX *ctx)
{
    (void)ctx;
    point_reset(p);
    if (mp_copy(&x->n, point_x(p)) == MP_OKAY && mp_copy(&y->n, point_y(p)) == MP_OKAY &&
        mp_set(point_z(p), 1) == MP_OKAY && is_on_curve(group, p)) {
        p->infinity = 0;
        return 1;
    }
    point_reset(p);
    return 0;
}

/* style: the five parameters are OpenSSL's */
int EC_POINT_get_affine_coordinates(const EC_GROUP *group, const EC_POINT *p, BIGNUM *x, BIGNUM *y,
                                    BN_CTX *ctx)
{
    (void)group;
    (void)ctx;
    if (p == NULL || p->infinity)
        return 0;
    return (x == NULL || mp_copy(point_x(p), &x->n) == MP_OKAY) &&
           (y == NULL || mp_copy(point_y(p), &y->n) == MP_OKAY);
}

/* style: the five parameters are OpenSSL's */
int EC_POINT_add(const EC_GROUP *group, EC_POINT *r, const EC_POINT *a, const EC_POINT *b,
                 BN_CTX *ctx)
{
    (void)ctx;
    return a != NULL && b != NULL && curve_add(group, r, a, b);
}

/*
 * r = n generator + m q; either half may be missing, a half without its scalar is.
 *
 * style: the six parameters are OpenSSL's
 */
int EC_POINT_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n, const EC_POINT *q,
                 const BIGNUM *m, BN_CTX *ctx)
{
    int second = q != NULL && m != NULL, ok;
    EC_POINT other;

    (void)ctx;
    if (n == NULL && !second) {
        point_reset(r);
        return 1;
    }
    if (n == NULL)
        return curve_multiply(group, r, q, &m->n);
    if (!second)
        return curve_multiply(group, r, NULL, &n->n);
    ok = curve_multiply(group, &other, q, &m->n) && curve_multiply(group, r, NULL, &n->n) &&
         curve_add(group, r, r, &other);
    crypto_wipe(&other, sizeof other);
    return ok;
}

/*
 * libtpms 0.9 asks for sums of two points this way.
 *
 * style: the seven parameters are OpenSSL's
 */
int EC_POINTs_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n, size_t num,
                  const EC_POINT *p[], const BIGNUM *m[], BN_CTX *ctx)
{
    EC_POINT sum, term;
    int ok;

    point_reset(&sum);
    ok = EC_POINT_mul(group, &sum, n, NULL, NULL, ctx);
    for (size_t i = 0; ok && i < num; i++)
        ok = curve_multiply(group, &term, p[i], &m[i]->n) && curve_add(group, &sum, &sum, &term);
    if (ok)
        *r = sum;
    crypto_wipe(&sum, sizeof sum);
    crypto_wipe(&term, sizeof term);
    return ok;
}

EC_KEY *EC_KEY_new(void)
{
    return calloc(1, sizeof(EC_KEY));
}

void EC_KEY_free(EC_KEY *key)
{
    if (key == NULL)
        return;
    EC_GROUP_free(key->group);
    BN_clear_free(key->private_key);
    EC_POINT_clear_free(key->public_key);
    free(key);
}

int EC_KEY_set_group(EC_KEY *key, const EC_GROUP *group)
{
    EC_GROUP *shared = (EC_GROUP *)(uintptr_t)group;

    shared->references++;
    EC_GROUP_free(key->group);
    key->group = shared;
    return 1;
}

int EC_KEY_set_private_key(EC_KEY *key, const BIGNUM *prv)
{
    BIGNUM *copy = number_new(SP_INT_DIGITS);

    if (copy == NULL || !number_mod(&copy->n, &prv->n, &key->group->order)) {
        BN_clear_free(copy);
        return 0;
    }
    BN_clear_free(key->private_key);
    key->private_key = copy;
    return 1;
}

int EC_KEY_set_public_key(EC_KEY *key, const EC_POINT *pub)
{
    EC_POINT *copy = EC_POINT_new(key->group);

    if (copy == NULL)
        return 0;
    *copy = *pub;
    EC_POINT_clear_free(key->public_key);
    key->public_key = copy;
    return 1;
}

const BIGNUM *EC_KEY_get0_private_key(const EC_KEY *key)
{
    return key->private_key;
}

/* The public point is computed by libtpms itself. */
int EC_KEY_generate_key(EC_KEY *key)
{
    BIGNUM *k;

    if (key->group == NULL || (k = BN_new()) == NULL)
        return 0;
    if (!curve_random_scalar(key->group, &k->n)) {
        BN_clear_free(k);
        return 0;
    }
    BN_clear_free(key->private_key);
    key->private_key = k;
    return 1;
}
