/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BN_*: numbers, as libtpms uses them to get in and out of the curves and of RSA.
 *
 * All numbers are treated as secret, so BN_FLG_CONSTTIME changes nothing; only how many digits a
 * number has shows in the time. Negative results are refused.
 */
#include "number.h"

BIGNUM *number_new(unsigned digits)
{
    size_t size = offsetof(BIGNUM, n) + MP_INT_SIZEOF(digits);
    BIGNUM *b = malloc(size);

    if (b == NULL)
        return NULL;
    memset(b, 0, size);
    if (mp_init_size(&b->n, digits) != MP_OKAY) {
        free(b);
        return NULL;
    }
    return b;
}

/* wolfCrypt's addition and subtraction want a digit to spare. */
BIGNUM *number_copy_of(const mp_int *n)
{
    BIGNUM *r = number_new(n->used + 2u);

    if (r != NULL && mp_copy(n, &r->n) != MP_OKAY) {
        BN_clear_free(r);
        return NULL;
    }
    return r;
}

BIGNUM *BN_new(void)
{
    return number_new(SP_INT_DIGITS);
}

void BN_clear_free(BIGNUM *a)
{
    if (a != NULL)
        crypto_free(a, offsetof(BIGNUM, n) + MP_INT_SIZEOF(a->n.size));
}

void BN_free(BIGNUM *a)
{
    BN_clear_free(a);
}

BIGNUM *BN_dup(const BIGNUM *a)
{
    return a == NULL ? NULL : number_copy_of(&a->n);
}

BIGNUM *BN_copy(BIGNUM *to, const BIGNUM *from)
{
    if (to == NULL || from == NULL || mp_copy(&from->n, &to->n) != MP_OKAY)
        return NULL;
    return to;
}

void BN_set_flags(BIGNUM *b, int n)
{
    (void)b;
    (void)n;
}

const BIGNUM *BN_value_one(void)
{
    static const BIGNUM one = {.n = {.used = 1, .size = 1, .dp = {1}}};

    return &one;
}

BIGNUM *BN_bin2bn(const unsigned char *s, int len, BIGNUM *ret)
{
    BIGNUM *r = ret != NULL ? ret : BN_new();

    if (r != NULL && len >= 0 && mp_read_unsigned_bin(&r->n, s, (word32)len) == MP_OKAY)
        return r;
    if (ret == NULL)
        BN_clear_free(r);
    return NULL;
}

int BN_num_bits(const BIGNUM *a)
{
    return mp_count_bits(&a->n);
}

int BN_bn2bin(const BIGNUM *a, unsigned char *to)
{
    int n = mp_unsigned_bin_size(&a->n);

    return mp_to_unsigned_bin_len(&a->n, to, n) == MP_OKAY ? n : -1;
}

int BN_set_word(BIGNUM *a, BN_ULONG w)
{
    return mp_set(&a->n, w) == MP_OKAY;
}

int BN_is_zero(const BIGNUM *a)
{
    return mp_iszero(&a->n);
}

/* A missing number comes after all others: libtpms looks for free places in its cache that way. */
int BN_cmp(const BIGNUM *a, const BIGNUM *b)
{
    if (a == NULL || b == NULL)
        return a != NULL ? -1 : b != NULL;
    return number_compare(&a->n, &b->n);
}

int BN_sub(BIGNUM *r, const BIGNUM *a, const BIGNUM *b)
{
    return number_compare(&a->n, &b->n) >= 0 && mp_sub(&a->n, &b->n, &r->n) == MP_OKAY;
}

int BN_add_word(BIGNUM *a, BN_ULONG w)
{
    return mp_add_d(&a->n, w, &a->n) == MP_OKAY;
}

int BN_mul(BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx)
{
    (void)ctx;
    return mp_mul(&a->n, &b->n, &r->n) == MP_OKAY;
}

/* style: the five parameters are OpenSSL's */
int BN_div(BIGNUM *q, BIGNUM *r, const BIGNUM *a, const BIGNUM *d, BN_CTX *ctx)
{
    (void)ctx;
    return number_divide(q != NULL ? &q->n : NULL, r != NULL ? &r->n : NULL, &a->n, &d->n);
}

int BN_gcd(BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx)
{
    (void)ctx;
    return number_gcd(&r->n, &a->n, &b->n);
}

/*
 * wolfCrypt looks at the base's size before it reduces it and misses its fixed-size code then, so
 * it is reduced here. An exponent of one digit is a public one.
 *
 * style: the five parameters are OpenSSL's
 */
int BN_mod_exp(BIGNUM *r, const BIGNUM *a, const BIGNUM *e, const BIGNUM *m, BN_CTX *ctx)
{
    mp_int base, power;
    int ok;

    (void)ctx;
    if (mp_init(&base) != MP_OKAY || mp_init(&power) != MP_OKAY || !number_mod(&base, &a->n, &m->n))
        return 0;
    if (e->n.used <= 1)
        ok = mp_exptmod_nct(&base, &e->n, &m->n, &power) == MP_OKAY;
    else
        ok = mp_exptmod(&base, &e->n, &m->n, &power) == MP_OKAY;
    ok = ok && mp_copy(&power, &r->n) == MP_OKAY;
    crypto_wipe(base.dp, (m->n.used + 1u) * sizeof(digit));
    crypto_wipe(power.dp, (m->n.used + 1u) * sizeof(digit));
    return ok;
}

BIGNUM *BN_mod_inverse(BIGNUM *ret, const BIGNUM *a, const BIGNUM *m, BN_CTX *ctx)
{
    BIGNUM *r = ret != NULL ? ret : BN_new();

    (void)ctx;
    if (r != NULL && number_inverse(&r->n, &a->n, &m->n))
        return r;
    if (ret == NULL)
        BN_clear_free(r);
    return NULL;
}
