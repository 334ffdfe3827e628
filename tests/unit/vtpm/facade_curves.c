/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EC_* and ECDSA_* against OpenSSL on every curve libtpms knows: P-192 to P-521, SM2, BN-P256 and
 * BN-P638. Groups are made from their numbers, as libtpms makes them.
 */
#include "facade.h"

enum { CURVES = 8, ROUNDS = 4, SIGNATURES = 2, BN_U_BITS = 158 };

struct curve {
    const char *name;
    BIGNUM *p, *a, *b, *x, *y, *n, *one;
    BN_CTX *ctx;
    EC_GROUP *group[2]; /* OpenSSL's, the facade's */
};

static void load_named(struct curve *c, int nid)
{
    EC_GROUP *g = EC_GROUP_new_by_curve_name(nid);

    assert_non_null(g);
    EC_GROUP_get_curve(g, c->p, c->a, c->b, c->ctx);
    EC_POINT_get_affine_coordinates(g, EC_GROUP_get0_generator(g), c->x, c->y, c->ctx);
    BN_copy(c->n, EC_GROUP_get0_order(g));
    EC_GROUP_free(g);
}

/* 36 u^4 + 36 u^3 + k u^2 + 6 u + 1: the field for k = 24, the order for k = 18. */
static void bn_polynomial(BIGNUM *r, const BIGNUM *u, unsigned k, BN_CTX *ctx)
{
    const BN_ULONG factors[] = {36, k, 6, 1};

    BN_set_word(r, 36);
    for (unsigned i = 0; i < 4; i++) {
        BN_mul(r, r, u, ctx);
        BN_add_word(r, factors[i]);
    }
}

/* u = 2^158 - 2^128 - 2^68 + 1, b = 257, generator (-1, 16). */
static void load_bn638(struct curve *c)
{
    BIGNUM *u = BN_new(), *t = BN_new();

    BN_set_bit(u, BN_U_BITS);
    BN_set_bit(t, 128);
    BN_set_bit(t, 68);
    BN_sub(u, u, t);
    BN_add_word(u, 1);
    bn_polynomial(c->p, u, 24, c->ctx);
    bn_polynomial(c->n, u, 18, c->ctx);
    BN_zero(c->a);
    BN_set_word(c->b, 257);
    BN_copy(c->x, c->p);
    BN_sub_word(c->x, 1);
    BN_set_word(c->y, 16);
    BN_free(u);
    BN_free(t);
}

static void load_bn256(struct curve *c)
{
    BN_hex2bn(&c->p, "FFFFFFFFFFFCF0CD46E5F25EEE71A49F0CDC65FB12980A82D3292DDBAED33013");
    BN_hex2bn(&c->n, "FFFFFFFFFFFCF0CD46E5F25EEE71A49E0CDC65FB1299921AF62D536CD10B500D");
    BN_zero(c->a);
    BN_set_word(c->b, 3);
    BN_set_word(c->x, 1);
    BN_set_word(c->y, 2);
}

static EC_GROUP *facade_group(const struct curve *c)
{
    BIGNUM *v[] = {facade_of(c->p), facade_of(c->a), facade_of(c->b),  facade_of(c->x),
                   facade_of(c->y), facade_of(c->n), facade_of(c->one)};
    EC_GROUP *g = F(EC_GROUP_new_curve_GFp)(v[0], v[1], v[2], NULL);
    EC_POINT *generator = F(EC_POINT_new)(g);

    assert_int_equal(F(EC_POINT_set_affine_coordinates)(g, generator, v[3], v[4], NULL), 1);
    assert_int_equal(F(EC_GROUP_set_generator)(g, generator, v[5], v[6]), 1);
    F(EC_POINT_free)(generator);
    for (unsigned i = 0; i < 7; i++)
        F(BN_free)(v[i]);
    return g;
}

static void open_curve(struct curve *c, unsigned index)
{
    static const int nids[] = {NID_X9_62_prime192v1, NID_secp224r1, NID_X9_62_prime256v1,
                               NID_secp384r1,        NID_secp521r1, NID_sm2};
    BIGNUM **const numbers[] = {&c->p, &c->a, &c->b, &c->x, &c->y, &c->n, &c->one};
    EC_POINT *generator;

    for (unsigned i = 0; i < 7; i++)
        *numbers[i] = BN_new();
    c->ctx = BN_CTX_new();
    BN_one(c->one);
    if (index < 6)
        load_named(c, nids[index]);
    else if (index == 6)
        load_bn256(c);
    else
        load_bn638(c);
    c->group[0] = EC_GROUP_new_curve_GFp(c->p, c->a, c->b, c->ctx);
    generator = EC_POINT_new(c->group[0]);
    assert_int_equal(EC_POINT_set_affine_coordinates(c->group[0], generator, c->x, c->y, c->ctx),
                     1);
    assert_int_equal(EC_GROUP_set_generator(c->group[0], generator, c->n, c->one), 1);
    EC_POINT_free(generator);
    c->group[1] = facade_group(c);
}

static void close_curve(struct curve *c)
{
    BIGNUM *numbers[] = {c->p, c->a, c->b, c->x, c->y, c->n, c->one};

    for (unsigned i = 0; i < 7; i++)
        BN_free(numbers[i]);
    EC_GROUP_free(c->group[0]);
    F(EC_GROUP_free)(c->group[1]);
    BN_CTX_free(c->ctx);
}

/* Both libraries' points are the same, or both at infinity. */
static void same_point(const struct curve *c, const EC_POINT *openssl, const EC_POINT *facade)
{
    BIGNUM *x = BN_new(), *y = BN_new(), *fx = F(BN_new)(), *fy = F(BN_new)();
    int finite = !EC_POINT_is_at_infinity(c->group[0], openssl);

    same_int(finite, F(EC_POINT_get_affine_coordinates)(c->group[1], facade, fx, fy, NULL));
    if (finite) {
        EC_POINT_get_affine_coordinates(c->group[0], openssl, x, y, c->ctx);
        same_number(x, fx);
        same_number(y, fy);
    }
    BN_free(x);
    BN_free(y);
    F(BN_free)(fx);
    F(BN_free)(fy);
}

/* 0, 1, 2, n - 1, n, n + 1, 2 n, 2 n - 1, far above the order, or random. */
static BIGNUM *random_scalar(const struct curve *c)
{
    BIGNUM *k = BN_dup(c->n);
    struct operand o;

    switch (random_below(12)) {
    case 0:
        BN_set_word(k, random_below(4));
        break;
    case 1:
        BN_sub_word(k, 2);
        BN_add_word(k, random_below(5));
        break;
    case 2:
        BN_lshift1(k, k);
        BN_sub_word(k, random_below(2));
        break;
    case 3:
        BN_free(k);
        random_operand(&o, (unsigned)BN_num_bytes(c->n) + 16);
        return to_openssl(&o);
    default:
        BN_rand_range(k, c->n);
        if (random_below(2))
            BN_add(k, k, c->n);
    }
    return k;
}

struct pair {
    EC_POINT *o, *f;
};

static struct pair new_pair(const struct curve *c)
{
    return (struct pair){EC_POINT_new(c->group[0]), F(EC_POINT_new)(c->group[1])};
}

static void free_pair(struct pair p)
{
    EC_POINT_free(p.o);
    F(EC_POINT_clear_free)(p.f);
}

/*
 * r = n generator + m q in both libraries.
 *
 * style: the five parameters are those of the function compared
 */
static void multiply(const struct curve *c, struct pair r, const BIGNUM *n, struct pair q,
                     const BIGNUM *m)
{
    BIGNUM *fn = n != NULL ? facade_of(n) : NULL, *fm = m != NULL ? facade_of(m) : NULL;

    same_int(EC_POINT_mul(c->group[0], r.o, n, q.o, m, c->ctx),
             F(EC_POINT_mul)(c->group[1], r.f, fn, q.f, fm, NULL));
    same_point(c, r.o, r.f);
    F(BN_free)(fn);
    F(BN_free)(fm);
}

static void compare_products(const struct curve *c)
{
    struct pair p = new_pair(c), q = new_pair(c), r = new_pair(c), none = {NULL, NULL};
    BIGNUM *n = random_scalar(c), *m = random_scalar(c), *fm = facade_of(m), *fn = facade_of(n);

    multiply(c, p, n, none, NULL);
    multiply(c, q, NULL, p, m);
    multiply(c, r, n, q, m);
    multiply(c, r, n, p, n);
    same_int(EC_POINT_add(c->group[0], r.o, p.o, q.o, c->ctx),
             F(EC_POINT_add)(c->group[1], r.f, p.f, q.f, NULL));
    same_point(c, r.o, r.f);
    EC_POINT_add(c->group[0], r.o, q.o, q.o, c->ctx);
    F(EC_POINT_add)(c->group[1], r.f, q.f, q.f, NULL);
    same_point(c, r.o, r.f);
    EC_POINTs_mul(c->group[0], r.o, n, 2, (const EC_POINT *[]){p.o, q.o}, (const BIGNUM *[]){m, n},
                  c->ctx);
    F(EC_POINTs_mul)
    (c->group[1], r.f, fn, 2, (const EC_POINT *[]){p.f, q.f}, (const BIGNUM *[]){fm, fn}, NULL);
    same_point(c, r.o, r.f);
    multiply(c, r, NULL, none, NULL);
    BN_free(n);
    BN_free(m);
    F(BN_free)(fn);
    F(BN_free)(fm);
    free_pair(p);
    free_pair(q);
    free_pair(r);
}

/* P + (-P), P + infinity, infinity + infinity. */
static void compare_cancelling(const struct curve *c)
{
    struct pair p = new_pair(c), q = new_pair(c), zero = new_pair(c), none = {NULL, NULL};
    BIGNUM *k = BN_new(), *minus = BN_new();

    BN_rand_range(k, c->n);
    BN_sub(minus, c->n, k);
    multiply(c, p, k, none, NULL);
    multiply(c, q, minus, none, NULL);
    multiply(c, zero, c->n, none, NULL);
    EC_POINT_add(c->group[0], q.o, p.o, q.o, c->ctx);
    F(EC_POINT_add)(c->group[1], q.f, p.f, q.f, NULL);
    same_point(c, q.o, q.f);
    F(EC_POINT_add)(c->group[1], q.f, p.f, zero.f, NULL);
    same_point(c, p.o, q.f);
    F(EC_POINT_add)(c->group[1], q.f, zero.f, zero.f, NULL);
    same_point(c, zero.o, q.f);
    multiply(c, q, NULL, zero, k);
    BN_free(k);
    BN_free(minus);
    free_pair(p);
    free_pair(q);
    free_pair(zero);
}

void test_curves(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CURVES; i++) {
        struct curve c;

        open_curve(&c, i);
        for (unsigned k = 0; k < ROUNDS * facade_slow_scale; k++)
            compare_products(&c);
        compare_cancelling(&c);
        close_curve(&c);
    }
}

static void offer(const struct curve *c, const BIGNUM *x, const BIGNUM *y)
{
    struct pair p = new_pair(c);
    BIGNUM *fx = facade_of(x), *fy = facade_of(y);

    same_int(EC_POINT_set_affine_coordinates(c->group[0], p.o, x, y, c->ctx),
             F(EC_POINT_set_affine_coordinates)(c->group[1], p.f, fx, fy, NULL));
    if (F(EC_POINT_get_affine_coordinates)(c->group[1], p.f, fx, fy, NULL))
        same_number(x, fx);
    F(BN_free)(fx);
    F(BN_free)(fy);
    free_pair(p);
}

/* Random, zero, exchanged, wrong by a bit, the wrong root, and not reduced. */
static void offer_bad_points(const struct curve *c)
{
    BIGNUM *zero = BN_new(), *t = BN_new();

    offer(c, c->x, c->y);
    offer(c, c->y, c->x);
    offer(c, zero, zero);
    offer(c, c->x, zero);
    offer(c, zero, c->y);
    BN_add(t, c->x, c->one);
    offer(c, t, c->y);
    BN_sub(t, c->p, c->y);
    offer(c, c->x, t);
    offer(c, c->p, c->y);
    for (unsigned i = 0; i < 20 * facade_scale; i++) {
        struct operand o;

        random_operand(&o, (unsigned)BN_num_bytes(c->p));
        BN_free(t);
        t = to_openssl(&o);
        if (BN_cmp(t, c->p) < 0)
            offer(c, t, i % 2 ? c->y : t);
    }
    BN_free(zero);
    BN_free(t);
}

/* OpenSSL takes coordinates modulo p; a TPM must not take two encodings of one point. */
static void refuse_unreduced(const struct curve *c)
{
    EC_POINT *point = F(EC_POINT_new)(c->group[1]);
    BIGNUM *x = BN_new(), *fx, *fy = facade_of(c->y);

    BN_add(x, c->x, c->p);
    fx = facade_of(x);
    assert_int_equal(F(EC_POINT_set_affine_coordinates)(c->group[1], point, fx, fy, NULL), 0);
    assert_int_equal(F(EC_POINT_get_affine_coordinates)(c->group[1], point, fx, fy, NULL), 0);
    assert_int_equal(F(EC_POINT_get_affine_coordinates)(c->group[1], NULL, fx, fy, NULL), 0);
    assert_int_equal(F(EC_POINT_add)(c->group[1], point, NULL, point, NULL), 0);
    BN_free(x);
    F(BN_free)(fx);
    F(BN_free)(fy);
    F(EC_POINT_free)(point);
}

void test_points_off_curve(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CURVES; i++) {
        struct curve c;

        open_curve(&c, i);
        offer_bad_points(&c);
        refuse_unreduced(&c);
        close_curve(&c);
    }
}

struct keys {
    EC_KEY *o, *f;
};

static void make_keys(const struct curve *c, struct keys *k)
{
    struct pair q = new_pair(c), none = {NULL, NULL};
    const BIGNUM *fd;
    struct operand o;
    BIGNUM *d;

    k->o = EC_KEY_new();
    k->f = F(EC_KEY_new)();
    EC_KEY_set_group(k->o, c->group[0]);
    F(EC_KEY_set_group)(k->f, c->group[1]);
    assert_int_equal(F(EC_KEY_generate_key)(k->f), 1);
    fd = F(EC_KEY_get0_private_key)(k->f);
    o.length = F(BN_bn2bin)(fd, o.bytes);
    d = to_openssl(&o);
    assert_true(!BN_is_zero(d) && BN_cmp(d, c->n) < 0);
    multiply(c, q, d, none, NULL);
    EC_KEY_set_private_key(k->o, d);
    assert_int_equal(F(EC_KEY_set_private_key)(k->f, fd), 1);
    EC_KEY_set_public_key(k->o, q.o);
    assert_int_equal(F(EC_KEY_set_public_key)(k->f, q.f), 1);
    BN_free(d);
    free_pair(q);
}

/* The facade's copy of OpenSSL's signature, or the other way round. */
static ECDSA_SIG *sig_to_facade(const ECDSA_SIG *sig)
{
    ECDSA_SIG *r = F(ECDSA_SIG_new)();

    F(ECDSA_SIG_set0)(r, facade_of(ECDSA_SIG_get0_r(sig)), facade_of(ECDSA_SIG_get0_s(sig)));
    return r;
}

static ECDSA_SIG *sig_to_openssl(const ECDSA_SIG *sig)
{
    ECDSA_SIG *result = ECDSA_SIG_new();
    const BIGNUM *r, *s;
    struct operand o;
    BIGNUM *copy;

    F(ECDSA_SIG_get0)(sig, &r, &s);
    o.length = F(BN_bn2bin)(r, o.bytes);
    copy = to_openssl(&o);
    o.length = F(BN_bn2bin)(s, o.bytes);
    ECDSA_SIG_set0(result, copy, to_openssl(&o));
    return result;
}

/* The same verdict on a signature whose numbers were changed: 0, n, n - 1, 1, a flipped bit. */
static void compare_corrupted(const struct curve *c, const struct keys *k, const uint8_t *digest,
                              const ECDSA_SIG *good)
{
    for (int i = 0; i < 10; i++) {
        BIGNUM *v[2] = {BN_dup(ECDSA_SIG_get0_r(good)), BN_dup(ECDSA_SIG_get0_s(good))};
        BIGNUM *bad = v[i % 2];
        ECDSA_SIG *sig = ECDSA_SIG_new(), *fsig;

        if (i < 2)
            BN_zero(bad);
        else if (i < 6)
            BN_copy(bad, c->n);
        else if (i < 8)
            BN_one(bad);
        else
            BN_add_word(bad, 1);
        if (i >= 4 && i < 6)
            BN_sub_word(bad, 1);
        ECDSA_SIG_set0(sig, v[0], v[1]);
        fsig = sig_to_facade(sig);
        same_int(ECDSA_do_verify(digest, 32, sig, k->o) == 1,
                 F(ECDSA_do_verify)(digest, 32, fsig, k->f) == 1);
        ECDSA_SIG_free(sig);
        F(ECDSA_SIG_free)(fsig);
    }
}

static void compare_signatures(const struct curve *c, const struct keys *k)
{
    static const int sizes[] = {20, 32, 48, 64, 1, 0};
    uint8_t digest[64];
    int length = sizes[random_below(6)];
    ECDSA_SIG *ours, *theirs, *copy;

    random_bytes(digest, sizeof digest);
    ours = F(ECDSA_do_sign)(digest, length, k->f);
    assert_non_null(ours);
    copy = sig_to_openssl(ours);
    same_int(ECDSA_do_verify(digest, length, copy, k->o), 1);
    same_int(F(ECDSA_do_verify)(digest, length, ours, k->f), 1);
    ECDSA_SIG_free(copy);
    theirs = ECDSA_do_sign(digest, 32, k->o);
    copy = sig_to_facade(theirs);
    same_int(1, F(ECDSA_do_verify)(digest, 32, copy, k->f));
    compare_corrupted(c, k, digest, theirs);
    digest[3] ^= 8;
    same_int(0, F(ECDSA_do_verify)(digest, 32, copy, k->f));
    ECDSA_SIG_free(theirs);
    F(ECDSA_SIG_free)(copy);
    F(ECDSA_SIG_free)(ours);
}

void test_ecdsa(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CURVES; i++) {
        struct curve c;
        struct keys k;

        open_curve(&c, i);
        make_keys(&c, &k);
        for (unsigned n = 0; n < SIGNATURES * facade_slow_scale; n++)
            compare_signatures(&c, &k);
        EC_KEY_free(k.o);
        F(EC_KEY_free)(k.f);
        close_curve(&c);
    }
    F(EC_KEY_free)(NULL);
    F(EC_GROUP_free)(NULL);
    F(ECDSA_SIG_free)(NULL);
}
