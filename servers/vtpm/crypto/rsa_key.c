/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA keys: parts put in one by one, checked when wolfCrypt is to work with them.
 *
 * libtpms computes dP, dQ and qInv for the larger prime as P, but calls P the prime its object
 * holds: half of its keys arrive with the two mixed up. OpenSSL checks every result and silently
 * goes the slow way; wolfCrypt would return a wrong one, so the key is put right or refused here.
 * libtpms 0.9 hands over no primes at all; they follow from the exponents.
 */
#include "rsa_key.h"

#include "rand.h"

#include <openssl/core_names.h>

static const char *const part_name[RSA_PARTS] = {
    [RSA_N] = OSSL_PKEY_PARAM_RSA_N,          [RSA_E] = OSSL_PKEY_PARAM_RSA_E,
    [RSA_D] = OSSL_PKEY_PARAM_RSA_D,          [RSA_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
    [RSA_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,    [RSA_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
    [RSA_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2, [RSA_QINV] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

enum rsa_part rsa_part_named(const char *name)
{
    unsigned i = 0;

    while (i < RSA_PARTS && strcmp(part_name[i], name) != 0)
        i++;
    return (enum rsa_part)i;
}

/* wolfCrypt's place for a part. */
static mp_int *place_of(RsaKey *key, enum rsa_part part)
{
    mp_int *const places[RSA_PARTS] = {
        [RSA_N] = &key->n, [RSA_E] = &key->e,   [RSA_D] = &key->d,   [RSA_P] = &key->p,
        [RSA_Q] = &key->q, [RSA_DP] = &key->dP, [RSA_DQ] = &key->dQ, [RSA_QINV] = &key->u,
    };

    return places[part];
}

RSA *RSA_new(void)
{
    RSA *r = calloc(1, sizeof *r);

    if (r != NULL)
        r->references = 1;
    return r;
}

void RSA_free(RSA *r)
{
    if (r == NULL || --r->references > 0)
        return;
    for (unsigned i = 0; i < RSA_PARTS; i++)
        BN_clear_free(r->part[i]);
    free(r);
}

void rsa_close(RsaKey *key)
{
    if (key == NULL)
        return;
    wc_FreeRsaKey(key);
    crypto_free(key, sizeof *key);
}

static RsaKey *open_empty(int type)
{
    RsaKey *key = malloc(sizeof *key);

    if (key == NULL || wc_InitRsaKey(key, NULL) != 0) {
        free(key);
        return NULL;
    }
    key->type = type;
    if (wc_RsaSetRNG(key, rand_generator()) != 0) {
        rsa_close(key);
        return NULL;
    }
    return key;
}

static int fill(RsaKey *key, const RSA *rsa, enum rsa_part part)
{
    return rsa->part[part] != NULL && mp_copy(&rsa->part[part]->n, place_of(key, part)) == MP_OKAY;
}

RsaKey *rsa_open_public(const RSA *rsa)
{
    RsaKey *key = rsa != NULL ? open_empty(RSA_PUBLIC) : NULL;

    if (key != NULL && fill(key, rsa, RSA_N) && fill(key, rsa, RSA_E))
        return key;
    rsa_close(key);
    return NULL;
}

/* e dP = 1 modulo p - 1 and qInv q = 1 modulo p. */
static int crt_fits(const RsaKey *key)
{
    mp_int t;
    int ok = mp_init(&t) == MP_OKAY && mp_sub_d(&key->p, 1, &t) == MP_OKAY && !mp_iszero(&t) &&
             number_mulmod(&t, &key->e, &key->dP, &t) && mp_isone(&t) &&
             number_mulmod(&t, &key->u, &key->q, &key->p) && mp_isone(&t);

    crypto_wipe(t.dp, (key->n.used + 1u) * sizeof(digit));
    return ok;
}

static void exchange_primes(RsaKey *key)
{
    mp_int t = key->p;

    key->p = key->q;
    key->q = t;
    crypto_wipe(&t, sizeof t);
}

/* e dP = 1 modulo p - 1, so p divides 2^(e dP) - 2, and q does not. */
static int find_primes(RsaKey *key)
{
    mp_int two, x;
    int ok = mp_init(&two) == MP_OKAY && mp_init(&x) == MP_OKAY && mp_set(&two, 2) == MP_OKAY &&
             mp_mul(&key->e, &key->dP, &x) == MP_OKAY &&
             mp_exptmod(&two, &x, &key->n, &x) == MP_OKAY && mp_add(&x, &key->n, &x) == MP_OKAY &&
             mp_sub(&x, &two, &x) == MP_OKAY && number_mod(&x, &x, &key->n) &&
             number_gcd(&key->p, &key->n, &x) && number_divide(&key->q, NULL, &key->n, &key->p);

    crypto_wipe(x.dp, (key->n.used + 1u) * sizeof(digit));
    return ok;
}

static int fill_private(RsaKey *key, const RSA *rsa)
{
    static const enum rsa_part always[] = {RSA_N, RSA_E, RSA_D, RSA_DP, RSA_DQ, RSA_QINV};
    int ok = 1;

    for (size_t i = 0; ok && i < sizeof always / sizeof always[0]; i++)
        ok = fill(key, rsa, always[i]);
    if (!ok)
        return 0;
    if (rsa->part[RSA_P] == NULL && rsa->part[RSA_Q] == NULL)
        ok = find_primes(key);
    else
        ok = fill(key, rsa, RSA_P) && fill(key, rsa, RSA_Q);
    if (ok && !crt_fits(key)) {
        exchange_primes(key);
        ok = crt_fits(key);
    }
    return ok;
}

RsaKey *rsa_open_private(const RSA *rsa)
{
    RsaKey *key = rsa != NULL ? open_empty(RSA_PRIVATE) : NULL;

    if (key != NULL && fill_private(key, rsa))
        return key;
    rsa_close(key);
    return NULL;
}

RSA *rsa_generate(unsigned bits, long exponent)
{
    RSA *rsa = RSA_new();
    RsaKey *key = rsa != NULL ? open_empty(RSA_PRIVATE) : NULL;
    int ok = key != NULL && wc_MakeRsaKey(key, (int)bits, exponent, rand_generator()) == 0;

    for (unsigned i = 0; ok && i < RSA_PARTS; i++) {
        rsa->part[i] = BN_new();
        ok = rsa->part[i] != NULL &&
             mp_copy(place_of(key, (enum rsa_part)i), &rsa->part[i]->n) == MP_OKAY;
    }
    rsa_close(key);
    if (!ok) {
        RSA_free(rsa);
        return NULL;
    }
    return rsa;
}

int rsa_is_below_modulus(const RSA *rsa, const uint8_t *number, size_t length)
{
    uint8_t modulus[RSA_BYTES_MAX];
    unsigned borrow = 0;

    if (rsa->part[RSA_N] == NULL || length > sizeof modulus ||
        mp_to_unsigned_bin_len(&rsa->part[RSA_N]->n, modulus, (int)length) != MP_OKAY)
        return 0;
    for (size_t i = length; i-- > 0;)
        borrow = ((unsigned)number[i] - modulus[i] - borrow) >> 8 & 1;
    return (int)borrow;
}
