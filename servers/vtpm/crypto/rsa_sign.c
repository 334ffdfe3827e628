/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVP_PKEY_sign and EVP_PKEY_verify with RSA: PKCS #1 v1.5 and PSS, over a digest.
 *
 * Every signature made is verified before it leaves: one computed with a fault in one half of the
 * Chinese remainder theorem would give the key away.
 */
#include "pkey.h"
#include "rand.h"

struct digest {
    const uint8_t *bytes;
    size_t length;
};

struct signature {
    uint8_t bytes[RSA_BYTES_MAX];
    size_t length;
};

/* head || digest; out has room for both. */
static size_t digest_info(uint8_t *out, const EVP_MD *md, struct digest d)
{
    memcpy(out, md->head, md->head_length);
    memcpy(out + md->head_length, d.bytes, d.length);
    return md->head_length + d.length;
}

/* The salt's length for PSS; negative if the modulus has no room for one. */
static int salt_length(const EVP_PKEY_CTX *ctx, const RsaKey *key)
{
    int room = (mp_count_bits(&key->n) - 1 + 7) / 8 - ctx->md->size - 2;

    if (ctx->salt_length == RSA_PSS_SALTLEN_DIGEST)
        return ctx->md->size <= room ? ctx->md->size : -1;
    if (ctx->salt_length < 0)
        return room;
    return ctx->salt_length <= room ? ctx->salt_length : -1;
}

static int sign(const EVP_PKEY_CTX *ctx, RsaKey *key, struct digest d, struct signature *s)
{
    uint8_t info[MD_HEAD_MAX + WC_MAX_DIGEST_SIZE];
    word32 length;
    int salt;

    if (ctx->padding == RSA_PKCS1_PADDING) {
        length = (word32)digest_info(info, ctx->md, d);
        return wc_RsaSSL_Sign(info, length, s->bytes, sizeof s->bytes, key, rand_generator());
    }
    salt = salt_length(ctx, key);
    if (salt < 0)
        return -1;
    return wc_RsaPSS_Sign_ex(d.bytes, (word32)d.length, s->bytes, sizeof s->bytes, ctx->md->type,
                             ctx->md->mgf, salt, key, rand_generator());
}

static int verify_pkcs1(const EVP_PKEY_CTX *ctx, RsaKey *key, struct digest d,
                        const struct signature *s)
{
    uint8_t info[MD_HEAD_MAX + WC_MAX_DIGEST_SIZE], found[RSA_BYTES_MAX];
    size_t length = digest_info(info, ctx->md, d);
    int n = wc_RsaSSL_Verify(s->bytes, (word32)s->length, found, sizeof found, key);

    return n > 0 && (size_t)n == length && memcmp(found, info, length) == 0;
}

static int verify_pss(const EVP_PKEY_CTX *ctx, RsaKey *key, struct digest d, struct signature *s)
{
    uint8_t found[RSA_BYTES_MAX];
    int salt = ctx->salt_length == RSA_PSS_SALTLEN_AUTO ? RSA_PSS_SALT_LEN_DISCOVER
                                                        : salt_length(ctx, key);
    int n;

    if (salt < 0 && salt != RSA_PSS_SALT_LEN_DISCOVER)
        return 0;
    n = wc_RsaPSS_Verify_ex(s->bytes, (word32)s->length, found, sizeof found, ctx->md->type,
                            ctx->md->mgf, salt, key);
    return n > 0 && wc_RsaPSS_CheckPadding_ex(d.bytes, (word32)d.length, found, (word32)n,
                                              ctx->md->type, salt, mp_count_bits(&key->n)) == 0;
}

static int verify(const EVP_PKEY_CTX *ctx, struct digest d, struct signature *s)
{
    const RSA *rsa = ctx->pkey->rsa;
    RsaKey *key = rsa_open_public(rsa);
    int good = 0;

    if (key != NULL && s->length == (size_t)wc_RsaEncryptSize(key) &&
        rsa_is_below_modulus(rsa, s->bytes, s->length))
        good = ctx->padding == RSA_PKCS1_PADDING ? verify_pkcs1(ctx, key, d, s)
                                                 : verify_pss(ctx, key, d, s);
    rsa_close(key);
    return good;
}

static int is_ready(const EVP_PKEY_CTX *ctx, enum pkey_operation operation, size_t digest_length)
{
    return ctx->operation == operation && ctx->md != NULL && digest_length == (size_t)ctx->md->size;
}

/* style: the five parameters are OpenSSL's */
int EVP_PKEY_sign(EVP_PKEY_CTX *ctx, unsigned char *sig, size_t *siglen, const unsigned char *tbs,
                  size_t tbslen)
{
    struct digest d = {tbs, tbslen};
    struct signature s, check;
    RsaKey *key = is_ready(ctx, PKEY_SIGN, tbslen) ? rsa_open_private(ctx->pkey->rsa) : NULL;
    int n, ok;

    if (key == NULL)
        return 0;
    n = sign(ctx, key, d, &s);
    rsa_close(key);
    if (n <= 0 || (size_t)n > *siglen)
        return 0;
    s.length = (size_t)n;
    check = s;
    ok = verify(ctx, d, &check);
    if (ok) {
        memcpy(sig, s.bytes, s.length);
        *siglen = s.length;
    }
    crypto_wipe(&s, sizeof s);
    return ok;
}

/* style: the five parameters are OpenSSL's */
int EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig, size_t siglen,
                    const unsigned char *tbs, size_t tbslen)
{
    struct signature s;

    if (!is_ready(ctx, PKEY_VERIFY, tbslen) || siglen > sizeof s.bytes)
        return 0;
    memcpy(s.bytes, sig, siglen);
    s.length = siglen;
    return verify(ctx, (struct digest){tbs, tbslen}, &s);
}
