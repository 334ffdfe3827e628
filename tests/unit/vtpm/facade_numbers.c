/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BN_* and BN_CTX_* against OpenSSL. Results that would be negative are the facade's to refuse.
 */
#include "facade.h"

enum { ROUNDS = 500, HALF = OPERAND_MAX / 2 };

struct numbers {
    BIGNUM *a, *b, *r, *q;
};

struct both {
    struct numbers o, f; /* OpenSSL's and the facade's */
    BN_CTX *ctx;
};

static void set_up(struct both *t, const struct operand *a, const struct operand *b)
{
    t->o = (struct numbers){to_openssl(a), to_openssl(b), BN_new(), BN_new()};
    t->f = (struct numbers){to_facade(a), to_facade(b), F(BN_new)(), F(BN_new)()};
    t->ctx = BN_CTX_new();
    assert_non_null(t->f.q);
}

static void tear_down(struct both *t)
{
    BIGNUM *openssl[] = {t->o.a, t->o.b, t->o.r, t->o.q};
    BIGNUM *facade[] = {t->f.a, t->f.b, t->f.r, t->f.q};

    for (unsigned i = 0; i < 4; i++) {
        BN_free(openssl[i]);
        F(BN_free)(facade[i]);
    }
    BN_CTX_free(t->ctx);
}

static void compare_simple(struct both *t)
{
    BIGNUM *copy = F(BN_dup)(t->f.a);
    BN_ULONG w = random_word();

    same_number(t->o.a, copy);
    same_int(BN_cmp(t->o.a, t->o.b), F(BN_cmp)(t->f.a, t->f.b));
    same_int(BN_is_zero(t->o.a), F(BN_is_zero)(t->f.a));
    same_int(BN_num_bits(t->o.a), F(BN_num_bits)(t->f.a));
    assert_ptr_equal(F(BN_copy)(t->f.r, t->f.a), t->f.r);
    BN_copy(t->o.r, t->o.a);
    same_int(BN_add_word(t->o.r, w), F(BN_add_word)(t->f.r, w));
    same_number(t->o.r, t->f.r);
    same_int(BN_set_word(t->o.r, w), F(BN_set_word)(t->f.r, w));
    same_number(t->o.r, t->f.r);
    F(BN_set_flags)(copy, BN_FLG_CONSTTIME);
    F(BN_clear_free)(copy);
}

static void compare_products(struct both *t)
{
    same_int(BN_mul(t->o.r, t->o.a, t->o.b, t->ctx), F(BN_mul)(t->f.r, t->f.a, t->f.b, NULL));
    same_number(t->o.r, t->f.r);
    if (BN_cmp(t->o.a, t->o.b) >= 0) {
        same_int(BN_sub(t->o.r, t->o.a, t->o.b), F(BN_sub)(t->f.r, t->f.a, t->f.b));
        same_number(t->o.r, t->f.r);
    } else {
        assert_int_equal(F(BN_sub)(t->f.r, t->f.a, t->f.b), 0);
    }
    same_int(BN_gcd(t->o.r, t->o.a, t->o.b, t->ctx), F(BN_gcd)(t->f.r, t->f.a, t->f.b, NULL));
    same_number(t->o.r, t->f.r);
}

static void compare_quotients(struct both *t)
{
    int ok = BN_div(t->o.q, t->o.r, t->o.a, t->o.b, t->ctx);

    same_int(ok, F(BN_div)(t->f.q, t->f.r, t->f.a, t->f.b, NULL));
    if (ok) {
        same_number(t->o.q, t->f.q);
        same_number(t->o.r, t->f.r);
    }
}

static void compare_inverses(struct both *t)
{
    int ok = BN_mod_inverse(t->o.r, t->o.a, t->o.b, t->ctx) != NULL;

    same_int(ok, F(BN_mod_inverse)(t->f.r, t->f.a, t->f.b, NULL) != NULL);
    if (ok)
        same_number(t->o.r, t->f.r);
}

static void compare_powers(struct both *t, const struct operand *exponent)
{
    BIGNUM *e = to_openssl(exponent), *fe = to_facade(exponent);
    int ok = BN_mod_exp(t->o.r, t->o.a, e, t->o.b, t->ctx);

    /* OpenSSL raises to the power of zero without looking at the modulus, be it zero. */
    ok = ok && !BN_is_zero(t->o.b);
    same_int(ok, F(BN_mod_exp)(t->f.r, t->f.a, fe, t->f.b, NULL));
    if (ok)
        same_number(t->o.r, t->f.r);
    BN_free(e);
    F(BN_free)(fe);
}

/* A dividend that makes the first estimate of a quotient digit too large now and then. */
static void hard_dividend(struct operand *a, const struct operand *b)
{
    *a = *b;
    for (int i = 8; i < b->length && i < 16; i++)
        a->bytes[i] = 0xff;
    if (a->length < HALF) {
        a->length += 16;
        memset(a->bytes + a->length - 16, 0xff, 16);
    }
}

void test_numbers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROUNDS * facade_scale; i++) {
        struct operand a, b, e;
        struct both t;
        unsigned limit = i % 4 == 0 ? OPERAND_MAX : 64;

        random_operand(&a, limit);
        random_operand(&b, limit);
        if (i % 8 == 1)
            hard_dividend(&a, &b);
        if (i % 16 == 2)
            b = a;
        set_up(&t, &a, &b);
        compare_simple(&t);
        compare_products(&t);
        compare_quotients(&t);
        compare_inverses(&t);
        if (i % 16 == 0) {
            random_operand(&e, i % 32 == 0 ? 8 : limit);
            compare_powers(&t, &e);
        }
        tear_down(&t);
    }
}

/* What RSA keys are made with: primes, e, p - 1 and q - 1. */
static void compare_rsa_exponent(int bits)
{
    BIGNUM *p = BN_new(), *q = BN_new(), *one = BN_new();
    struct operand a, b;
    struct both t;

    assert_true(BN_generate_prime_ex(p, bits, 0, NULL, NULL, NULL));
    assert_true(BN_generate_prime_ex(q, bits, 0, NULL, NULL, NULL));
    BN_one(one);
    BN_sub(p, p, one);
    BN_sub(q, q, one);
    from_openssl(&a, p);
    from_openssl(&b, q);
    set_up(&t, &a, &b);
    compare_products(&t);
    BN_set_word(t.o.a, 65537);
    F(BN_set_word)(t.f.a, 65537);
    compare_inverses(&t);
    BN_mul(t.o.b, p, q, t.ctx);
    F(BN_free)(t.f.b);
    t.f.b = facade_of(t.o.b);
    compare_inverses(&t);
    tear_down(&t);
    BN_free(p);
    BN_free(q);
    BN_free(one);
}

static void check_context(void)
{
    BN_CTX *ctx = F(BN_CTX_new)();

    F(BN_CTX_start)(ctx);
    assert_non_null(F(BN_CTX_get)(ctx));
    F(BN_CTX_start)(ctx);
    assert_non_null(F(BN_CTX_get)(ctx));
    assert_true(F(BN_is_zero)(F(BN_CTX_get)(ctx)));
    F(BN_CTX_end)(ctx);
    assert_non_null(F(BN_CTX_get)(ctx));
    F(BN_CTX_end)(ctx);
    F(BN_CTX_start)(ctx);
    assert_non_null(F(BN_CTX_get)(ctx));
    F(BN_CTX_free)(ctx);
    F(BN_CTX_free)(NULL);
}

void test_number_edges(void **state)
{
    static uint8_t long_number[2 * OPERAND_MAX + 16] = {1};
    BIGNUM *a = F(BN_new)();

    (void)state;
    check_context();
    for (int bits = 256; bits <= 1536; bits += 256)
        compare_rsa_exponent(bits);
    same_number(BN_value_one(), F(BN_value_one)());
    same_int(BN_cmp(NULL, NULL), F(BN_cmp)(NULL, NULL));
    same_int(BN_cmp(BN_value_one(), NULL), F(BN_cmp)(a, NULL));
    same_int(BN_cmp(NULL, BN_value_one()), F(BN_cmp)(NULL, a));
    assert_null(F(BN_bin2bn)(long_number, sizeof long_number, NULL));
    assert_null(F(BN_bin2bn)(long_number, -1, a));
    assert_null(F(BN_dup)(NULL));
    assert_null(F(BN_copy)(a, NULL));
    F(BN_clear_free)(a);
    F(BN_free)(NULL);
}
