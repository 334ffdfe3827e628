/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ECDSA_*: signatures over any of the curves, FIPS 186-5, 6.4.
 *
 * Everything that meets the nonce or the private key is in constant time: the scalar product, the
 * inverse and the products modulo the order.
 */
#include "ec.h"

#include <openssl/ecdsa.h>

enum { ATTEMPTS = 10 };

struct ECDSA_SIG_st {
    BIGNUM *r, *s;
};

ECDSA_SIG *ECDSA_SIG_new(void)
{
    return calloc(1, sizeof(ECDSA_SIG));
}

void ECDSA_SIG_free(ECDSA_SIG *sig)
{
    if (sig == NULL)
        return;
    BN_clear_free(sig->r);
    BN_clear_free(sig->s);
    free(sig);
}

void ECDSA_SIG_get0(const ECDSA_SIG *sig, const BIGNUM **pr, const BIGNUM **ps)
{
    if (pr != NULL)
        *pr = sig->r;
    if (ps != NULL)
        *ps = sig->s;
}

/* Takes the numbers over. */
int ECDSA_SIG_set0(ECDSA_SIG *sig, BIGNUM *r, BIGNUM *s)
{
    if (r == NULL || s == NULL)
        return 0;
    BN_clear_free(sig->r);
    BN_clear_free(sig->s);
    sig->r = r;
    sig->s = s;
    return 1;
}

/* As many leading bits of the digest as the order has. */
static int read_digest(mp_int *e, const uint8_t *digest, int length, const mp_int *order)
{
    int bits = mp_count_bits(order), bytes = (bits + 7) / 8;

    if (length < 0)
        return 0;
    if (length > bytes)
        length = bytes;
    if (mp_init(e) != MP_OKAY || mp_read_unsigned_bin(e, digest, (word32)length) != MP_OKAY)
        return 0;
    return length * 8 <= bits || mp_rshb(e, length * 8 - bits) == MP_OKAY;
}

/* r = x of k G modulo the order, s = (e + r d) / k. */
static int sign_once(const EC_KEY *key, const mp_int *e, mp_int *r, mp_int *s)
{
    const EC_GROUP *group = key->group;
    const mp_int *order = &group->order;
    EC_POINT point;
    mp_int k;
    int ok = mp_init(&k) == MP_OKAY && curve_random_scalar(group, &k) &&
             curve_multiply(group, &point, NULL, &k) && !point.infinity &&
             number_mod(r, point_x(&point), order) &&
             number_mulmod(s, r, &key->private_key->n, order) && number_addmod(s, s, e, order) &&
             number_inverse(&k, &k, order) && number_mulmod(s, s, &k, order);

    crypto_wipe(&point, sizeof point);
    crypto_wipe(k.dp, (order->used + 1u) * sizeof(digit));
    return ok && !mp_iszero(r) && !mp_iszero(s);
}

ECDSA_SIG *ECDSA_do_sign(const unsigned char *dgst, int dgst_len, EC_KEY *key)
{
    ECDSA_SIG *sig;
    mp_int e;
    int ok;

    if (key->group == NULL || key->private_key == NULL || mp_iszero(&key->private_key->n))
        return NULL;
    sig = ECDSA_SIG_new();
    ok = sig != NULL && (sig->r = BN_new()) != NULL && (sig->s = BN_new()) != NULL &&
         read_digest(&e, dgst, dgst_len, &key->group->order);
    if (ok) {
        ok = 0;
        for (int i = 0; i < ATTEMPTS && !ok; i++)
            ok = sign_once(key, &e, &sig->r->n, &sig->s->n);
    }
    if (!ok) {
        ECDSA_SIG_free(sig);
        return NULL;
    }
    return sig;
}

static int in_range(const mp_int *a, const mp_int *order)
{
    return !mp_iszero(a) && mp_cmp(a, order) == MP_LT;
}

/* 1 good, 0 bad, -1 could not be computed. */
int ECDSA_do_verify(const unsigned char *dgst, int dgst_len, const ECDSA_SIG *sig, EC_KEY *key)
{
    const EC_GROUP *group = key->group;
    mp_int e, w;
    BIGNUM u1, u2;
    EC_POINT point;

    if (group == NULL || key->public_key == NULL || key->public_key->infinity || sig->r == NULL ||
        sig->s == NULL || !read_digest(&e, dgst, dgst_len, &group->order))
        return -1;
    if (!in_range(&sig->r->n, &group->order) || !in_range(&sig->s->n, &group->order))
        return 0;
    if (mp_init(&w) != MP_OKAY || mp_init(&u1.n) != MP_OKAY || mp_init(&u2.n) != MP_OKAY ||
        !number_inverse(&w, &sig->s->n, &group->order) ||
        !number_mulmod(&u1.n, &e, &w, &group->order) ||
        !number_mulmod(&u2.n, &sig->r->n, &w, &group->order) ||
        !EC_POINT_mul(group, &point, &u1, key->public_key, &u2, NULL))
        return -1;
    return !point.infinity && number_mod(&w, point_x(&point), &group->order) &&
           mp_cmp(&w, &sig->r->n) == MP_EQ;
}
