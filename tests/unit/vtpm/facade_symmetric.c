/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes, ciphers, the KDF and the random generator against OpenSSL.
 *
 * Hash states must agree byte for byte and go on in the other library, because libtpms saves them.
 * OpenSSL leaves old bytes behind the tail of a SHA-384/512 state; those are cleared first.
 */
#include "facade.h"

enum { ROUNDS = 200, TEXT_MAX = 600 };

union state {
    SHA_CTX sha1;
    SHA256_CTX sha256;
    SHA512_CTX sha512;
};

struct hash {
    size_t size, digest;
    int (*init[2])(void *);
    int (*update[2])(void *, const void *, size_t);
    int (*final[2])(unsigned char *, void *);
};

#define HASH(name, type, size)                                                                     \
    {                                                                                              \
        sizeof(type), size, {(int (*)(void *))name##_Init, (int (*)(void *))F(name##_Init)},       \
            {(int (*)(void *, const void *, size_t))name##_Update,                                 \
             (int (*)(void *, const void *, size_t))F(name##_Update)},                             \
        {                                                                                          \
            (int (*)(unsigned char *, void *)) name##_Final,                                       \
                (int (*)(unsigned char *, void *))F(name##_Final)                                  \
        }                                                                                          \
    }

static const struct hash hashes[] = {
    HASH(SHA1, SHA_CTX, 20),
    HASH(SHA256, SHA256_CTX, 32),
    HASH(SHA384, SHA512_CTX, 48),
    HASH(SHA512, SHA512_CTX, 64),
};

static void clear_dead_bytes(const struct hash *h, union state *s)
{
    if (h->size == sizeof(SHA512_CTX))
        memset(s->sha512.u.p + s->sha512.num, 0, sizeof s->sha512.u.p - s->sha512.num);
    else if (h->size == sizeof(SHA256_CTX))
        memset((uint8_t *)s->sha256.data + s->sha256.num, 0, 64 - s->sha256.num);
    else
        memset((uint8_t *)s->sha1.data + s->sha1.num, 0, 64 - s->sha1.num);
}

static void compare_hash(const struct hash *h)
{
    union state s[2], copy;
    uint8_t text[TEXT_MAX], digest[2][64];

    memset(s, 0, sizeof s);
    random_bytes(text, sizeof text);
    for (int side = 0; side < 2; side++)
        h->init[side](&s[side]);
    same_bytes(&s[0], &s[1], h->size);
    for (unsigned i = random_below(6); i > 0; i--) {
        size_t n = random_below(TEXT_MAX);

        for (int side = 0; side < 2; side++)
            assert_int_equal(h->update[side](&s[side], text, n), 1);
        clear_dead_bytes(h, &s[0]);
        clear_dead_bytes(h, &s[1]);
        same_bytes(&s[0], &s[1], h->size);
        if (random_below(2)) {
            copy = s[0];
            s[0] = s[1];
            s[1] = copy;
        }
    }
    for (int side = 0; side < 2; side++)
        h->final[side](digest[side], &s[side]);
    same_bytes(digest[0], digest[1], h->digest);
}

/* The bit counters must carry from one half to the other. */
static void compare_long_count(void)
{
    static const uint8_t text[256] = {1, 2, 3};
    union state s[2];

    for (int side = 0; side < 2; side++) {
        hashes[1].init[side](&s[side]);
        s[side].sha256.Nl = 0xfffffe00;
        s[side].sha256.Nh = 5;
        hashes[1].update[side](&s[side], text, 128);
    }
    assert_int_equal(s[1].sha256.Nh, 6);
    same_bytes(&s[0], &s[1], hashes[1].size);
    for (int side = 0; side < 2; side++) {
        hashes[3].init[side](&s[side]);
        s[side].sha512.Nl = UINT64_MAX - 1023;
        hashes[3].update[side](&s[side], text, 256);
        clear_dead_bytes(&hashes[3], &s[side]);
    }
    assert_int_equal(s[1].sha512.Nh, 1);
    same_bytes(&s[0], &s[1], hashes[3].size);
}

static void update_damaged(void *hash)
{
    const struct hash *h = hash;
    union state s;

    memset(&s, 0, sizeof s);
    h->init[1](&s);
    if (h->size == sizeof(SHA512_CTX))
        s.sha512.num = 128;
    else if (h->size == sizeof(SHA256_CTX))
        s.sha256.num = 64;
    else
        s.sha1.num = UINT32_MAX;
    h->update[1](&s, "x", 1);
}

/* A restored state whose tail claims to be a block long or more ends the command. */
static void check_damaged_states(void)
{
    for (unsigned i = 0; i < 4; i++) {
        struct hash h = hashes[i];

        assert_true(facade_fails(update_damaged, &h));
    }
}

void test_hash_states(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROUNDS * facade_scale; i++)
        compare_hash(&hashes[i % 4]);
    compare_long_count();
    check_damaged_states();
}

static void compare_aes(int bits)
{
    uint8_t key[32], in[16], out[2][16];
    AES_KEY k[2];

    random_bytes(key, sizeof key);
    random_bytes(in, sizeof in);
    same_int(AES_set_encrypt_key(key, bits, &k[0]), F(AES_set_encrypt_key)(key, bits, &k[1]));
    AES_encrypt(in, out[0], &k[0]);
    F(AES_encrypt)(in, out[1], &k[1]);
    same_bytes(out[0], out[1], sizeof in);
}

static void compare_camellia(int bits)
{
    uint8_t key[32], in[16], out[2][16];
    CAMELLIA_KEY k[2];

    random_bytes(key, sizeof key);
    random_bytes(in, sizeof in);
    same_int(Camellia_set_key(key, bits, &k[0]), F(Camellia_set_key)(key, bits, &k[1]));
    Camellia_encrypt(in, out[0], &k[0]);
    F(Camellia_encrypt)(in, out[1], &k[1]);
    same_bytes(out[0], out[1], sizeof in);
}

static void compare_des(int enc)
{
    DES_cblock key[3], in, out[2];
    DES_key_schedule k[2][3];

    random_bytes(key[0], sizeof key);
    random_bytes(in, sizeof in);
    for (int i = 0; i < 3; i++) {
        DES_set_key_unchecked(&key[i], &k[0][i]);
        F(DES_set_key_unchecked)(&key[i], &k[1][i]);
    }
    DES_ecb3_encrypt(&in, &out[0], &k[0][0], &k[0][1], &k[0][2], enc);
    F(DES_ecb3_encrypt)(&in, &out[1], &k[1][0], &k[1][1], &k[1][2], enc);
    same_bytes(out[0], out[1], sizeof in);
}

void test_blocks(void **state)
{
    AES_KEY aes;
    CAMELLIA_KEY camellia;
    uint8_t key[32] = {0};

    (void)state;
    for (unsigned i = 0; i < ROUNDS * facade_scale; i++) {
        compare_aes(128 + 64 * (int)(i % 3));
        compare_camellia(128 + 64 * (int)(i % 3));
        compare_des((int)(i % 2));
    }
    assert_true(F(AES_set_encrypt_key)(key, 100, &aes) < 0);
    assert_true(F(Camellia_set_key)(key, 100, &camellia) < 0);
}

struct cipher {
    const EVP_CIPHER *(*get[2])(void);
    int key, block;
};

#define CIPHER(name, key, block)                                                                   \
    {                                                                                              \
        {EVP_##name, F(EVP_##name)}, key, block                                                    \
    }
#define MODES(name, key)                                                                           \
    CIPHER(name##_ecb, key, 16), CIPHER(name##_cbc, key, 16), CIPHER(name##_cfb128, key, 16),      \
        CIPHER(name##_ofb, key, 16), CIPHER(name##_ctr, key, 16)

static const struct cipher ciphers[] = {
    MODES(aes_128, 16),          MODES(aes_192, 24),
    MODES(aes_256, 32),          MODES(camellia_128, 16),
    MODES(camellia_192, 24),     MODES(camellia_256, 32),
    CIPHER(des_ede3, 24, 8),     CIPHER(des_ede3_ecb, 24, 8),
    CIPHER(des_ede3_cbc, 24, 8), CIPHER(des_ede3_cfb64, 24, 8),
    CIPHER(des_ede3_ofb, 24, 8),
};
enum { CIPHERS = sizeof ciphers / sizeof ciphers[0] };

/* What one library made of the text, and the chaining value it is left with. */
struct outcome {
    uint8_t text[TEXT_MAX + 32], iv[16];
    int length, rest, ok, iv_length;
};

struct job {
    const struct cipher *cipher;
    uint8_t key[32], iv[16], text[TEXT_MAX];
    int length, decrypt;
};

static void run_openssl(const struct job *j, struct outcome *r)
{
    EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
    OSSL_PARAM p[] = {
        OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_UPDATED_IV, r->iv, (size_t)j->cipher->block),
        OSSL_PARAM_END};

    EVP_CipherInit_ex(x, j->cipher->get[0](), NULL, j->key, j->iv, !j->decrypt);
    EVP_CIPHER_CTX_set_padding(x, 0);
    r->iv_length = EVP_CIPHER_CTX_get_iv_length(x);
    r->ok = EVP_CipherUpdate(x, r->text, &r->length, j->text, j->length) &&
            EVP_CipherFinal_ex(x, r->text + r->length, &r->rest);
    EVP_CIPHER_CTX_get_params(x, p);
    EVP_CIPHER_CTX_free(x);
}

static int update(EVP_CIPHER_CTX *x, const struct job *j, struct outcome *r)
{
    if (j->decrypt)
        return F(EVP_DecryptUpdate)(x, r->text, &r->length, j->text, j->length) &&
               F(EVP_DecryptFinal)(x, r->text + r->length, &r->rest);
    return F(EVP_EncryptUpdate)(x, r->text, &r->length, j->text, j->length) &&
           F(EVP_EncryptFinal_ex)(x, r->text + r->length, &r->rest);
}

static void run_facade(const struct job *j, struct outcome *r)
{
    EVP_CIPHER_CTX *x = F(EVP_CIPHER_CTX_new)();
    const EVP_CIPHER *c = j->cipher->get[1]();
    OSSL_PARAM p[] = {
        OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_UPDATED_IV, r->iv, (size_t)j->cipher->block),
        OSSL_PARAM_END};

    if (random_below(2))
        F(EVP_CipherInit_ex)(x, c, NULL, j->key, j->iv, !j->decrypt);
    else if (j->decrypt)
        F(EVP_DecryptInit_ex)(x, c, NULL, j->key, j->iv);
    else
        F(EVP_EncryptInit_ex)(x, c, NULL, j->key, j->iv);
    assert_int_equal(F(EVP_CIPHER_CTX_set_padding)(x, 0), 1);
    r->iv_length = F(EVP_CIPHER_CTX_get_iv_length)(x);
    r->ok = update(x, j, r);
    F(EVP_CIPHER_CTX_get_params)(x, p);
    assert_memory_equal(F(EVP_CIPHER_CTX_iv)(x), r->iv, (size_t)j->cipher->block);
    F(EVP_CIPHER_CTX_free)(x);
}

static void compare_cipher(const struct job *j)
{
    struct outcome r[2];

    memset(r, 0, sizeof r);
    run_openssl(j, &r[0]);
    run_facade(j, &r[1]);
    same_int(r[0].ok, r[1].ok);
    same_int(r[0].iv_length, r[1].iv_length);
    if (!r[0].ok)
        return;
    same_int(r[0].length + r[0].rest, r[1].length + r[1].rest);
    same_bytes(r[0].text, r[1].text, (size_t)j->length);
    if (r[0].iv_length > 0)
        same_bytes(r[0].iv, r[1].iv, (size_t)r[0].iv_length);
}

void test_ciphers(void **state)
{
    EVP_CIPHER_CTX *x;

    (void)state;
    for (unsigned i = 0; i < 5 * ROUNDS * facade_scale; i++) {
        struct job j = {.cipher = &ciphers[i % CIPHERS], .decrypt = (int)random_below(2)};

        j.length = (int)random_below(i % 2 ? TEXT_MAX : 50);
        if (i % 3 == 0)
            j.length &= ~15;
        random_bytes(j.key, sizeof j.key);
        random_bytes(j.iv, sizeof j.iv);
        if (i % 4 == 0)
            memset(j.iv + 1, 0xff, sizeof j.iv - 1);
        random_bytes(j.text, sizeof j.text);
        compare_cipher(&j);
    }
    x = F(EVP_CIPHER_CTX_new)();
    assert_int_equal(F(EVP_EncryptInit_ex)(x, NULL, NULL, NULL, NULL), 0);
    F(EVP_CIPHER_CTX_free)(x);
    F(EVP_CIPHER_CTX_free)(NULL);
}

struct derivation {
    char md[8];
    uint8_t secret[100], info[100], out[300];
    size_t secret_length, info_length, out_length;
};

static int derive_openssl(struct derivation *d)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_SSKDF, NULL);
    EVP_KDF_CTX *x = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM p[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, d->md, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, d->secret, d->secret_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, d->info, d->info_length),
        OSSL_PARAM_construct_end()};
    int ok = EVP_KDF_derive(x, d->out, d->out_length, p);

    EVP_KDF_CTX_free(x);
    EVP_KDF_free(kdf);
    return ok;
}

static int derive_facade(struct derivation *d)
{
    EVP_KDF *kdf = F(EVP_KDF_fetch)(NULL, OSSL_KDF_NAME_SSKDF, NULL);
    EVP_KDF_CTX *x = F(EVP_KDF_CTX_new)(kdf);
    OSSL_PARAM p[] = {
        F(OSSL_PARAM_construct_utf8_string)(OSSL_KDF_PARAM_DIGEST, d->md, 0),
        F(OSSL_PARAM_construct_octet_string)(OSSL_KDF_PARAM_SECRET, d->secret, d->secret_length),
        F(OSSL_PARAM_construct_octet_string)(OSSL_KDF_PARAM_INFO, d->info, d->info_length),
        F(OSSL_PARAM_construct_end)()};
    int ok = F(EVP_KDF_derive)(x, d->out, d->out_length, p);

    F(EVP_KDF_CTX_free)(x);
    F(EVP_KDF_free)(kdf);
    return ok;
}

void test_kdf(void **state)
{
    static const char names[][8] = {"sha1", "sha256", "sha384", "sha512"};

    (void)state;
    for (unsigned i = 0; i < ROUNDS * facade_scale; i++) {
        struct derivation a = {.secret_length = 1 + random_below(100),
                               .info_length = random_below(101),
                               .out_length = 1 + random_below(300)};
        struct derivation b;

        memcpy(a.md, names[i % 4], sizeof a.md);
        random_bytes(a.secret, sizeof a.secret);
        random_bytes(a.info, sizeof a.info);
        b = a;
        same_int(derive_openssl(&a) > 0, derive_facade(&b) > 0);
        same_bytes(a.out, b.out, a.out_length);
    }
    assert_null(F(EVP_KDF_fetch)(NULL, "HKDF", NULL));
}

static void ask_for_less_than_nothing(void *out)
{
    F(RAND_bytes)(out, -1);
}

void test_random(void **state)
{
    uint8_t a[64] = {0}, b[64] = {0}, key[24] = {0};
    EVP_CIPHER_CTX *x = F(EVP_CIPHER_CTX_new)();
    DES_cblock des;

    (void)state;
    assert_int_equal(F(RAND_bytes)(a, sizeof a), 1);
    assert_int_equal(F(RAND_bytes)(b, sizeof b), 1);
    assert_memory_not_equal(a, b, sizeof a);
    F(EVP_EncryptInit_ex)(x, F(EVP_des_ede3)(), NULL, NULL, NULL);
    assert_int_equal(F(EVP_CIPHER_CTX_ctrl)(x, EVP_CTRL_RAND_KEY, 0, key), 1);
    assert_int_equal(F(DES_random_key)(&des), 1);
    for (int i = 0; i < 24; i++)
        assert_true(__builtin_parity(key[i]));
    F(EVP_CIPHER_CTX_free)(x);
    assert_true(facade_fails(ask_for_less_than_nothing, a));
}

void test_base64_refused(void **state)
{
    char text[] = "aGVsbG8=", out[8];

    (void)state;
    assert_null(F(BIO_f_base64)());
    assert_null(F(BIO_new)(NULL));
    assert_null(F(BIO_new_mem_buf)(text, sizeof text));
    assert_null(F(BIO_push)(NULL, NULL));
    F(BIO_set_flags)(NULL, 0);
    assert_true(F(BIO_read)(NULL, out, sizeof out) < 0);
    assert_int_equal(F(BIO_free)(NULL), 0);
    F(BIO_free_all)(NULL);
}
