/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RSA_* functions by which libtpms 0.9 builds and takes apart keys; 0.10 uses EVP_PKEY only.
 */
#include "rsa_key.h"

/* A missing number leaves what is there; a given one is taken over. */
static void put(RSA *r, enum rsa_part part, BIGNUM *b)
{
    if (b == NULL)
        return;
    BN_clear_free(r->part[part]);
    r->part[part] = b;
}

int RSA_set0_key(RSA *r, BIGNUM *n, BIGNUM *e, BIGNUM *d)
{
    put(r, RSA_N, n);
    put(r, RSA_E, e);
    put(r, RSA_D, d);
    return 1;
}

int RSA_set0_crt_params(RSA *r, BIGNUM *dmp1, BIGNUM *dmq1, BIGNUM *iqmp)
{
    put(r, RSA_DP, dmp1);
    put(r, RSA_DQ, dmq1);
    put(r, RSA_QINV, iqmp);
    return 1;
}

void RSA_get0_key(const RSA *r, const BIGNUM **n, const BIGNUM **e, const BIGNUM **d)
{
    if (n != NULL)
        *n = r->part[RSA_N];
    if (e != NULL)
        *e = r->part[RSA_E];
    if (d != NULL)
        *d = r->part[RSA_D];
}

void RSA_get0_factors(const RSA *r, const BIGNUM **p, const BIGNUM **q)
{
    if (p != NULL)
        *p = r->part[RSA_P];
    if (q != NULL)
        *q = r->part[RSA_Q];
}

void RSA_set_flags(RSA *r, int flags)
{
    (void)r;
    (void)flags;
}

int RSA_generate_key_ex(RSA *rsa, int bits, BIGNUM *e, BN_GENCB *cb)
{
    RSA *fresh;

    (void)cb;
    if (bits <= 0 || e->n.used != 1 || e->n.dp[0] > INT32_MAX)
        return 0;
    fresh = rsa_generate((unsigned)bits, (long)e->n.dp[0]);
    if (fresh == NULL)
        return 0;
    for (unsigned i = 0; i < RSA_PARTS; i++) {
        put(rsa, (enum rsa_part)i, fresh->part[i]);
        fresh->part[i] = NULL;
    }
    RSA_free(fresh);
    return 1;
}
