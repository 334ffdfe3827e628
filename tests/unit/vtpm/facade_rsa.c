/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA through EVP_PKEY_* (as libtpms 0.10 uses it) and RSA_* (0.9) against OpenSSL: what one side
 * encrypts or signs the other decrypts or verifies, and both refuse the same.
 */
#include "facade.h"

enum { PARTS = 8, BYTES_MAX = OPERAND_MAX, KEYS = 3, ROUNDS = 2 };

static const char *const names[PARTS] = {
    OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};
static const char *const hash_names[] = {"sha1", "sha256", "sha384", "sha512"};

struct key {
    EVP_PKEY *o, *f;
    BIGNUM *part[PARTS];
    size_t bytes;
};

/* The facade's key of the first count parts; exchanged: with p and q in each other's place. */
static EVP_PKEY *facade_key(BIGNUM *const *part, int count, int exchanged)
{
    OSSL_PARAM_BLD *builder = F(OSSL_PARAM_BLD_new)();
    EVP_PKEY_CTX *ctx = F(EVP_PKEY_CTX_new_from_name)(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    OSSL_PARAM *list;

    for (int i = 0; i < count; i++) {
        int at = exchanged && (i == 3 || i == 4) ? 7 - i : i;
        BIGNUM *b = facade_of(part[at]);

        assert_int_equal(F(OSSL_PARAM_BLD_push_BN)(builder, names[i], b), 1);
        F(BN_free)(b);
    }
    list = F(OSSL_PARAM_BLD_to_param)(builder);
    F(EVP_PKEY_fromdata_init)(ctx);
    F(EVP_PKEY_fromdata)(ctx, &key, EVP_PKEY_KEYPAIR, list);
    F(OSSL_PARAM_free)(list);
    F(OSSL_PARAM_BLD_free)(builder);
    F(EVP_PKEY_CTX_free)(ctx);
    return key;
}

static void make_key(struct key *k, unsigned index)
{
    static const unsigned bits[KEYS] = {2048, 1024, 3072};

    memset(k, 0, sizeof *k);
    k->o = EVP_RSA_gen(bits[index]);
    k->bytes = bits[index] / 8;
    for (int i = 0; i < PARTS; i++)
        assert_int_equal(EVP_PKEY_get_bn_param(k->o, names[i], &k->part[i]), 1);
    k->f = facade_key(k->part, PARTS, (int)(index % 2));
    assert_non_null(k->f);
}

static void free_key(struct key *k)
{
    for (int i = 0; i < PARTS; i++)
        BN_free(k->part[i]);
    EVP_PKEY_free(k->o);
    F(EVP_PKEY_free)(k->f);
}

struct text {
    uint8_t bytes[BYTES_MAX];
    size_t length;
};

struct option {
    int padding;
    unsigned hash;
    const char *label;
};

static void set_openssl(EVP_PKEY_CTX *x, const struct option *o)
{
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(x, o->padding), 1);
    if (o->padding != RSA_PKCS1_OAEP_PADDING)
        return;
    EVP_PKEY_CTX_set_rsa_oaep_md(x, EVP_get_digestbyname(hash_names[o->hash]));
    EVP_PKEY_CTX_set0_rsa_oaep_label(x, OPENSSL_strdup(o->label), (int)strlen(o->label));
}

static char *copy_of(const char *text)
{
    char *copy = malloc(strlen(text) + 1);

    assert_non_null(copy);
    return strcpy(copy, text);
}

static void set_facade(EVP_PKEY_CTX *x, const struct option *o)
{
    assert_int_equal(F(EVP_PKEY_CTX_set_rsa_padding)(x, o->padding), 1);
    if (o->padding != RSA_PKCS1_OAEP_PADDING)
        return;
    F(EVP_PKEY_CTX_set_rsa_oaep_md)(x, F(EVP_get_digestbyname)(hash_names[o->hash]));
    F(EVP_PKEY_CTX_set0_rsa_oaep_label)(x, copy_of(o->label), (int)strlen(o->label));
}

static int cipher_openssl(const struct key *k, const struct option *o, int decrypt, struct text *t)
{
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(k->o, NULL);
    struct text in = *t;
    int ok;

    t->length = BYTES_MAX;
    decrypt ? EVP_PKEY_decrypt_init(x) : EVP_PKEY_encrypt_init(x);
    set_openssl(x, o);
    ok = (decrypt ? EVP_PKEY_decrypt : EVP_PKEY_encrypt)(x, t->bytes, &t->length, in.bytes,
                                                         in.length);
    EVP_PKEY_CTX_free(x);
    return ok == 1;
}

static int cipher_facade(EVP_PKEY *key, const struct option *o, int decrypt, struct text *t)
{
    EVP_PKEY_CTX *x = F(EVP_PKEY_CTX_new)(key, NULL);
    struct text in = *t;
    int ok;

    t->length = BYTES_MAX;
    decrypt ? F(EVP_PKEY_decrypt_init)(x) : F(EVP_PKEY_encrypt_init)(x);
    set_facade(x, o);
    ok = (decrypt ? F(EVP_PKEY_decrypt) : F(EVP_PKEY_encrypt))(x, t->bytes, &t->length, in.bytes,
                                                               in.length);
    F(EVP_PKEY_CTX_free)(x);
    return ok == 1;
}

/* What one side encrypts the other decrypts; then garbage and a wrong label. 0 if both refuse. */
static int compare_padded(const struct key *k, const struct option *o, size_t length)
{
    struct option other = {o->padding, o->hash, "other"};
    struct text plain = {.length = length}, sealed, a, b;
    int ok;

    random_bytes(plain.bytes, sizeof plain.bytes);
    a = b = plain;
    ok = cipher_openssl(k, o, 0, &a);
    same_int(ok, cipher_facade(k->f, o, 0, &b));
    if (!ok)
        return 0;
    assert_int_equal(b.length, k->bytes);
    sealed = b;
    same_int(1, cipher_facade(k->f, o, 1, &a));
    same_int(1, cipher_openssl(k, o, 1, &b));
    assert_int_equal(a.length, length);
    same_bytes(a.bytes, plain.bytes, length);
    same_bytes(b.bytes, plain.bytes, length);
    if (o->padding == RSA_PKCS1_OAEP_PADDING) {
        a = sealed;
        same_int(0, cipher_facade(k->f, &other, 1, &a));
    }
    a = b = sealed;
    a.bytes[k->bytes - 1] ^= 1;
    b.bytes[k->bytes - 1] ^= 1;
    if (o->padding == RSA_PKCS1_OAEP_PADDING)
        same_int(cipher_openssl(k, o, 1, &a), cipher_facade(k->f, o, 1, &b));
    b = sealed;
    b.length++;
    assert_int_equal(cipher_facade(k->f, o, 1, &b), 0);
    return 1;
}

/* The longest message each padding (OAEP by hash, PKCS #1 v1.5) has room for; one, two bytes more.
 */
static void compare_longest(const struct key *k)
{
    static const size_t overhead[] = {42, 66, 98, 130, 11};

    for (unsigned i = 0; i < 5; i++) {
        struct option o = {i < 4 ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING, i % 4, ""};

        for (size_t over = 0; over < 3 && overhead[i] <= k->bytes; over++)
            assert_int_equal(compare_padded(k, &o, k->bytes - overhead[i] + over), over == 0);
    }
}

/* 0, 1, n - 1, n, all ones, too short, too long, random. */
static void compare_raw(const struct key *k)
{
    const struct option raw = {RSA_NO_PADDING, 0, ""};

    for (int i = 0; i < 8; i++)
        for (int decrypt = 0; decrypt < 2; decrypt++) {
            struct text a = {.length = k->bytes}, b;

            random_bytes(a.bytes, sizeof a.bytes);
            a.bytes[0] &= 0x7f;
            if (i < 2)
                memset(a.bytes, 0, k->bytes);
            if (i == 2 || i == 3)
                BN_bn2binpad(k->part[0], a.bytes, (int)k->bytes);
            if (i == 4)
                memset(a.bytes, 0xff, k->bytes);
            if (i == 5)
                a.length--;
            if (i == 1 || i == 3)
                a.bytes[k->bytes - 1] ^= 1;
            b = a;
            same_int(cipher_openssl(k, &raw, decrypt, &a), cipher_facade(k->f, &raw, decrypt, &b));
            if (i < 4 && i != 2)
                same_bytes(a.bytes, b.bytes, k->bytes);
        }
}

void test_rsa_cipher(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KEYS; i++) {
        struct key k;

        make_key(&k, i);
        compare_raw(&k);
        compare_longest(&k);
        for (unsigned n = 0; n < ROUNDS + facade_scale / 8; n++)
            for (unsigned h = 0; h < 4; h++) {
                struct option oaep = {RSA_PKCS1_OAEP_PADDING, h, n % 2 ? "label" : ""};
                struct option pkcs1 = {RSA_PKCS1_PADDING, h, ""};

                compare_padded(&k, &oaep, n == 0 ? 0 : random_below(70));
                compare_padded(&k, &pkcs1, n == 0 ? 0 : random_below((uint32_t)k.bytes));
            }
        free_key(&k);
    }
}

struct signing {
    int padding, salt;
    unsigned hash;
    uint8_t digest[64];
    size_t size;
};

static int sign_openssl(const struct key *k, const struct signing *s, struct text *sig, int check)
{
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(k->o, NULL);
    int ok;

    check ? EVP_PKEY_verify_init(x) : EVP_PKEY_sign_init(x);
    EVP_PKEY_CTX_set_rsa_padding(x, s->padding);
    EVP_PKEY_CTX_set_signature_md(x, EVP_get_digestbyname(hash_names[s->hash]));
    if (s->padding == RSA_PKCS1_PSS_PADDING)
        EVP_PKEY_CTX_set_rsa_pss_saltlen(x, s->salt);
    if (check) {
        ok = EVP_PKEY_verify(x, sig->bytes, sig->length, s->digest, s->size);
    } else {
        sig->length = BYTES_MAX;
        ok = EVP_PKEY_sign(x, sig->bytes, &sig->length, s->digest, s->size);
    }
    EVP_PKEY_CTX_free(x);
    return ok == 1;
}

static int sign_facade(EVP_PKEY *key, const struct signing *s, struct text *sig, int check)
{
    EVP_PKEY_CTX *x = F(EVP_PKEY_CTX_new)(key, NULL);
    int ok;

    check ? F(EVP_PKEY_verify_init)(x) : F(EVP_PKEY_sign_init)(x);
    F(EVP_PKEY_CTX_set_rsa_padding)(x, s->padding);
    F(EVP_PKEY_CTX_set_signature_md)(x, F(EVP_get_digestbyname)(hash_names[s->hash]));
    if (s->padding == RSA_PKCS1_PSS_PADDING)
        F(EVP_PKEY_CTX_set_rsa_pss_saltlen)(x, s->salt);
    if (check) {
        ok = F(EVP_PKEY_verify)(x, sig->bytes, sig->length, s->digest, s->size);
    } else {
        sig->length = BYTES_MAX;
        ok = F(EVP_PKEY_sign)(x, sig->bytes, &sig->length, s->digest, s->size);
    }
    F(EVP_PKEY_CTX_free)(x);
    return ok == 1;
}

static void compare_signing(const struct key *k, const struct signing *s)
{
    struct text a, b;
    struct signing other = *s;
    int ok = sign_openssl(k, s, &a, 0);

    same_int(ok, sign_facade(k->f, s, &b, 0));
    if (!ok)
        return;
    assert_int_equal(a.length, b.length);
    if (s->padding == RSA_PKCS1_PADDING)
        same_bytes(a.bytes, b.bytes, a.length);
    same_int(1, sign_facade(k->f, s, &a, 1));
    same_int(1, sign_openssl(k, s, &b, 1));
    other.digest[s->size / 2] ^= 1;
    same_int(0, sign_facade(k->f, &other, &a, 1));
    for (int i = 0; i < 4; i++) {
        b = a;
        if (i == 0)
            b.bytes[random_below((uint32_t)b.length)] ^= 4;
        else if (i < 3)
            memset(b.bytes, i == 1 ? 0 : 0xff, b.length);
        else
            b.length--;
        same_int(sign_openssl(k, s, &b, 1), sign_facade(k->f, s, &b, 1));
    }
}

void test_rsa_sign(void **state)
{
    static const int salts[] = {RSA_PSS_SALTLEN_DIGEST, RSA_PSS_SALTLEN_AUTO, 0, 10};

    (void)state;
    for (unsigned i = 0; i < KEYS; i++) {
        struct key k;

        make_key(&k, i);
        for (unsigned n = 0; n < 2 * ROUNDS + facade_scale / 8; n++)
            for (unsigned h = 0; h < 4; h++) {
                struct signing s = {RSA_PKCS1_PADDING, salts[n % 4], h, {0}, 0};

                s.size = (size_t)F(EVP_MD_get_size)(F(EVP_get_digestbyname)(hash_names[h]));
                random_bytes(s.digest, sizeof s.digest);
                compare_signing(&k, &s);
                s.padding = RSA_PKCS1_PSS_PADDING;
                compare_signing(&k, &s);
            }
        free_key(&k);
    }
}

/* A key made by the facade works in OpenSSL, which checks that its parts belong together. */
static void check_generated(EVP_PKEY *f, unsigned bits)
{
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL), *check;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *part[PARTS];
    OSSL_PARAM *list;
    EVP_PKEY *o = NULL;

    for (int i = 0; i < PARTS; i++) {
        BIGNUM *b = NULL;
        struct operand v;

        assert_int_equal(F(EVP_PKEY_get_bn_param)(f, names[i], &b), 1);
        v.length = F(BN_bn2bin)(b, v.bytes);
        part[i] = to_openssl(&v);
        OSSL_PARAM_BLD_push_BN(builder, names[i], part[i]);
        F(BN_free)(b);
    }
    list = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_fromdata_init(x);
    assert_int_equal(EVP_PKEY_fromdata(x, &o, EVP_PKEY_KEYPAIR, list), 1);
    assert_int_equal(EVP_PKEY_get_bits(o), (int)bits);
    check = EVP_PKEY_CTX_new(o, NULL);
    same_int(EVP_PKEY_check(check), 1);
    EVP_PKEY_CTX_free(check);
    EVP_PKEY_CTX_free(x);
    EVP_PKEY_free(o);
    OSSL_PARAM_free(list);
    OSSL_PARAM_BLD_free(builder);
    for (int i = 0; i < PARTS; i++)
        BN_free(part[i]);
}

static EVP_PKEY *generate(unsigned bits)
{
    EVP_PKEY_CTX *x = F(EVP_PKEY_CTX_new_from_name)(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *builder = F(OSSL_PARAM_BLD_new)();
    BIGNUM *e = F(BN_new)();
    EVP_PKEY *key = NULL;
    OSSL_PARAM *list;

    F(BN_set_word)(e, 65537);
    F(OSSL_PARAM_BLD_push_uint)(builder, OSSL_PKEY_PARAM_RSA_BITS, bits);
    F(OSSL_PARAM_BLD_push_BN)(builder, OSSL_PKEY_PARAM_RSA_E, e);
    list = F(OSSL_PARAM_BLD_to_param)(builder);
    assert_int_equal(F(EVP_PKEY_keygen_init)(x), 1);
    assert_int_equal(F(EVP_PKEY_CTX_set_params)(x, list), 1);
    F(EVP_PKEY_generate)(x, &key);
    F(OSSL_PARAM_free)(list);
    F(OSSL_PARAM_BLD_free)(builder);
    F(BN_free)(e);
    F(EVP_PKEY_CTX_free)(x);
    return key;
}

/* As libtpms 0.9 does it: numbers handed over one by one, no primes for the private operation. */
static void check_legacy(const struct key *k)
{
    RSA *rsa = F(RSA_new)(), *same;
    EVP_PKEY *f = F(EVP_PKEY_new)();
    const BIGNUM *n, *e, *d, *p, *q;
    const struct option raw = {RSA_NO_PADDING, 0, ""};
    struct text t = {.length = k->bytes}, u;

    F(RSA_set0_key)(rsa, facade_of(k->part[0]), facade_of(k->part[1]), facade_of(k->part[2]));
    F(RSA_set0_crt_params)
    (rsa, facade_of(k->part[5]), facade_of(k->part[6]), facade_of(k->part[7]));
    F(RSA_set_flags)(rsa, 0);
    assert_int_equal(F(EVP_PKEY_assign)(f, EVP_PKEY_RSA, rsa), 1);
    assert_int_equal(F(EVP_PKEY_assign)(f, EVP_PKEY_EC, rsa), 0);
    same = F(EVP_PKEY_get1_RSA)(f);
    assert_ptr_equal(same, rsa);
    F(RSA_get0_key)(same, &n, &e, &d);
    F(RSA_get0_factors)(same, &p, &q);
    same_number(k->part[2], d);
    assert_null(p);
    random_bytes(t.bytes + 1, k->bytes - 1);
    t.bytes[0] = 0;
    u = t;
    same_int(cipher_openssl(k, &raw, 1, &t), cipher_facade(f, &raw, 1, &u));
    same_bytes(t.bytes, u.bytes, k->bytes);
    F(RSA_free)(same);
    F(EVP_PKEY_free)(f);
}

void test_rsa_keys(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KEYS; i++) {
        struct key k;

        make_key(&k, i);
        check_legacy(&k);
        free_key(&k);
    }
    for (unsigned i = 0; i < 1 + facade_scale / 10; i++) {
        EVP_PKEY *f = generate(i % 2 ? 2048 : 1024);
        RSA *rsa = F(RSA_new)();
        BIGNUM *e = F(BN_new)();

        assert_non_null(f);
        check_generated(f, i % 2 ? 2048 : 1024);
        F(EVP_PKEY_free)(f);
        F(BN_set_word)(e, 65537);
        f = F(EVP_PKEY_new)();
        F(EVP_PKEY_assign)(f, EVP_PKEY_RSA, rsa);
        assert_int_equal(F(RSA_generate_key_ex)(rsa, 1024, e, NULL), 1);
        check_generated(f, 1024);
        F(EVP_PKEY_free)(f);
        F(BN_free)(e);
    }
}

/* A private key whose parts do not belong together must not compute anything. */
static void refuse_wrong_parts(const struct key *k)
{
    const struct option raw = {RSA_NO_PADDING, 0, ""};

    for (int i = 3; i < PARTS; i++) {
        BIGNUM *part[PARTS];
        struct text t = {.length = k->bytes};
        EVP_PKEY *f;

        if (i == 6)
            continue;
        memcpy(part, k->part, sizeof part);
        part[i] = BN_dup(k->part[i]);
        BN_add_word(part[i], 2);
        f = facade_key(part, PARTS, 0);
        assert_int_equal(cipher_facade(f, &raw, 1, &t), 0);
        F(EVP_PKEY_free)(f);
        BN_free(part[i]);
    }
}

void test_refusals(void **state)
{
    const struct option raw = {RSA_NO_PADDING, 0, ""};
    EVP_PKEY_CTX *x;
    EVP_PKEY *f;
    struct key k;
    struct text t = {.length = 128};

    (void)state;
    make_key(&k, 1);
    refuse_wrong_parts(&k);
    f = facade_key(k.part, 2, 0);
    assert_int_equal(cipher_facade(f, &raw, 1, &t), 0);
    F(EVP_PKEY_free)(f);
    assert_null(facade_key(k.part, 1, 0));
    x = F(EVP_PKEY_CTX_new)(k.f, NULL);
    assert_int_equal(F(EVP_PKEY_decrypt)(x, t.bytes, &t.length, t.bytes, t.length), 0);
    assert_int_equal(F(EVP_PKEY_sign)(x, t.bytes, &t.length, t.bytes, 32), 0);
    assert_int_equal(F(EVP_PKEY_sign_init)(x), 1);
    assert_int_equal(F(EVP_PKEY_CTX_set_rsa_padding)(x, RSA_PKCS1_OAEP_PADDING), 0);
    assert_int_equal(F(EVP_PKEY_sign)(x, t.bytes, &t.length, t.bytes, 32), 0);
    assert_int_equal(F(EVP_PKEY_encrypt)(x, t.bytes, &t.length, t.bytes, 32), 0);
    F(EVP_PKEY_CTX_free)(x);
    assert_null(F(EVP_PKEY_CTX_new_from_name)(NULL, "EC", NULL));
    assert_null(F(EVP_get_digestbyname)("md5"));
    assert_int_equal(F(EVP_MD_get_size)(NULL), -1);
    assert_null(generate(100));
    F(EVP_PKEY_CTX_free)(NULL);
    F(EVP_PKEY_free)(NULL);
    F(RSA_free)(NULL);
    free_key(&k);
}
