/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVP_PKEY_encrypt and EVP_PKEY_decrypt with RSA: raw, PKCS #1 v1.5 and OAEP.
 *
 * A number not below the modulus is refused. What is to be decrypted may lack leading zeros, as
 * with OpenSSL; what is to be encrypted raw may not. wolfCrypt does the arithmetic and puts OAEP
 * on.
 */
#include "pkey.h"
#include "rand.h"
#include "rsa_unpad.h"

enum { PKCS1_OVERHEAD = 11 };

struct message {
    const uint8_t *bytes;
    size_t length;
};

/* One modular exponentiation over a block as long as the modulus. */
static int run(RsaKey *key, const RSA *rsa, struct rsa_block b, int type)
{
    word32 room = (word32)b.length;

    return rsa_is_below_modulus(rsa, b.bytes, b.length) &&
           wc_RsaDirect(b.bytes, room, b.bytes, &room, key, type, rand_generator()) ==
               (int)b.length;
}

/* 0 2 (random bytes, none of them zero) 0 message */
static int pad_pkcs1(struct rsa_block b, struct message m)
{
    size_t end = b.length - m.length - 1;

    if (b.length < PKCS1_OVERHEAD || m.length > b.length - PKCS1_OVERHEAD)
        return 0;
    crypto_must(wc_RNG_GenerateBlock(rand_generator(), b.bytes, (word32)end), __func__);
    for (size_t i = 2; i < end; i++)
        while (b.bytes[i] == 0)
            crypto_must(wc_RNG_GenerateByte(rand_generator(), &b.bytes[i]), __func__);
    b.bytes[0] = 0;
    b.bytes[1] = RSA_BLOCK_TYPE_2;
    b.bytes[end] = 0;
    memcpy(b.bytes + end + 1, m.bytes, m.length);
    return 1;
}

static int pad_oaep(const EVP_PKEY_CTX *ctx, struct rsa_block b, struct message m)
{
    static const uint8_t nothing;
    const EVP_MD *md = ctx->oaep_md;
    size_t overhead = md != NULL ? 2 * (size_t)md->size + 2 : b.length + 1;

    if (b.length < overhead || m.length > b.length - overhead)
        return 0;
    return wc_RsaPad_ex(m.length > 0 ? m.bytes : &nothing, (word32)m.length, b.bytes,
                        (word32)b.length, RSA_BLOCK_TYPE_2, rand_generator(), WC_RSA_OAEP_PAD,
                        md->type, md->mgf, ctx->label, (word32)ctx->label_length, 0, 0, NULL) >= 0;
}

static int pad(const EVP_PKEY_CTX *ctx, struct rsa_block b, struct message m)
{
    if (ctx->padding == RSA_PKCS1_PADDING)
        return pad_pkcs1(b, m);
    if (ctx->padding == RSA_PKCS1_OAEP_PADDING)
        return pad_oaep(ctx, b, m);
    if (m.length != b.length)
        return 0;
    memcpy(b.bytes, m.bytes, m.length);
    return 1;
}

/* The message within the decrypted block. */
static int unpad(const EVP_PKEY_CTX *ctx, struct rsa_block b, struct message *m)
{
    size_t at = 0;
    int good = 1;

    if (ctx->padding == RSA_PKCS1_PADDING)
        good = (at = rsa_unpad_pkcs1(b)) != 0;
    else if (ctx->padding == RSA_PKCS1_OAEP_PADDING)
        good = ctx->oaep_md != NULL &&
               (at = rsa_unpad_oaep(b, ctx->oaep_md, ctx->label, (size_t)ctx->label_length)) != 0;
    *m = (struct message){b.bytes + at, b.length - at};
    return good;
}

static int deliver(unsigned char *out, size_t *outlen, struct message m)
{
    if (m.length > *outlen)
        return 0;
    memcpy(out, m.bytes, m.length);
    *outlen = m.length;
    return 1;
}

/* style: the five parameters are OpenSSL's */
int EVP_PKEY_encrypt(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *outlen, const unsigned char *in,
                     size_t inlen)
{
    uint8_t bytes[RSA_BYTES_MAX];
    RsaKey *key = ctx->operation == PKEY_ENCRYPT ? rsa_open_public(ctx->pkey->rsa) : NULL;
    struct rsa_block b = {bytes, 0};
    int ok;

    if (key == NULL)
        return 0;
    b.length = (size_t)wc_RsaEncryptSize(key);
    ok = b.length <= sizeof bytes && pad(ctx, b, (struct message){in, inlen}) &&
         run(key, ctx->pkey->rsa, b, RSA_PUBLIC_ENCRYPT) &&
         deliver(out, outlen, (struct message){bytes, b.length});
    rsa_close(key);
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}

/* style: the five parameters are OpenSSL's */
int EVP_PKEY_decrypt(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *outlen, const unsigned char *in,
                     size_t inlen)
{
    uint8_t bytes[RSA_BYTES_MAX];
    RsaKey *key = ctx->operation == PKEY_DECRYPT ? rsa_open_private(ctx->pkey->rsa) : NULL;
    struct rsa_block b = {bytes, 0};
    struct message m;
    int ok;

    if (key == NULL)
        return 0;
    b.length = (size_t)wc_RsaEncryptSize(key);
    ok = b.length <= sizeof bytes && inlen <= b.length;
    if (ok) {
        memset(bytes, 0, b.length - inlen);
        memcpy(bytes + b.length - inlen, in, inlen);
    }
    ok = ok && run(key, ctx->pkey->rsa, b, RSA_PRIVATE_DECRYPT) && unpad(ctx, b, &m) &&
         deliver(out, outlen, m);
    rsa_close(key);
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}
