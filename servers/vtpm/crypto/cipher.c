/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVP_CIPHER_CTX_* and the init/update/final calls: ECB, CBC, CFB, OFB and CTR without padding.
 *
 * libtpms hands over a whole message in one update and reads the chaining value back. After a last
 * block that is not full that value is what OpenSSL leaves: key stream in the bytes not reached for
 * CFB and OFB, the next counter for CTR. A second update after one is refused.
 */
#include "cipher.h"

#include "rand.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

enum { DES3_KEY_BYTES = 24, DES_KEY_BYTES = 8 };

struct evp_cipher_ctx_st {
    const EVP_CIPHER *cipher;
    int encrypt, partial;
    uint8_t iv[BLOCK_SIZE_MAX];
    struct block block;
};

EVP_CIPHER_CTX *EVP_CIPHER_CTX_new(void)
{
    return calloc(1, sizeof(EVP_CIPHER_CTX));
}

void EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *c)
{
    crypto_free(c, sizeof *c);
}

struct start {
    const EVP_CIPHER *cipher;
    const uint8_t *key, *iv;
    int encrypt;
};

/* Only ECB and CBC decrypt with the inverse cipher. */
static int start(EVP_CIPHER_CTX *c, const struct start *s)
{
    if (s->cipher != NULL)
        c->cipher = s->cipher;
    if (c->cipher == NULL)
        return 0;
    c->encrypt = s->encrypt;
    c->partial = 0;
    if (s->iv != NULL && c->cipher->mode != CIPHER_ECB)
        memcpy(c->iv, s->iv, c->cipher->block_size);
    if (s->key == NULL)
        return 1;
    c->block.cipher = c->cipher->cipher;
    c->block.inverse = !s->encrypt && c->cipher->mode <= CIPHER_CBC;
    return block_set_key(&c->block, s->key, c->cipher->key_size);
}

/* style: the five parameters are OpenSSL's */
int EVP_EncryptInit_ex(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, ENGINE *impl,
                       const unsigned char *key, const unsigned char *iv)
{
    (void)impl;
    return start(ctx, &(struct start){cipher, key, iv, 1});
}

/* style: the five parameters are OpenSSL's */
int EVP_DecryptInit_ex(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, ENGINE *impl,
                       const unsigned char *key, const unsigned char *iv)
{
    (void)impl;
    return start(ctx, &(struct start){cipher, key, iv, 0});
}

/* style: the six parameters are OpenSSL's */
int EVP_CipherInit_ex(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, ENGINE *impl,
                      const unsigned char *key, const unsigned char *iv, int enc)
{
    (void)impl;
    return start(ctx, &(struct start){cipher, key, iv, enc != 0});
}

int EVP_CIPHER_CTX_set_padding(EVP_CIPHER_CTX *c, int pad)
{
    (void)c;
    return pad == 0;
}

/* Each byte's parity is odd. */
static void make_des_key(uint8_t *key, unsigned length)
{
    crypto_must(wc_RNG_GenerateBlock(rand_generator(), key, length), __func__);
    for (unsigned i = 0; i < length; i++)
        key[i] = (uint8_t)((key[i] & 0xfe) | !__builtin_parity(key[i] & 0xfe));
}

/* A random key; libtpms asks for one for triple DES only. */
int EVP_CIPHER_CTX_ctrl(EVP_CIPHER_CTX *ctx, int type, int arg, void *ptr)
{
    (void)arg;
    if (type != EVP_CTRL_RAND_KEY || ctx->cipher == NULL || ctx->cipher->cipher != BLOCK_DES3)
        return -1;
    make_des_key(ptr, DES3_KEY_BYTES);
    return 1;
}

int DES_random_key(DES_cblock *ret)
{
    make_des_key(*ret, DES_KEY_BYTES);
    return 1;
}

/* The steps take n bytes, a whole block but at the end of the stream modes; in may equal out. */

static void step_ecb(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, unsigned n)
{
    (void)n;
    block_run(&c->block, in, out);
}

static void step_cbc(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, unsigned n)
{
    uint8_t text[BLOCK_SIZE_MAX];

    memcpy(text, in, n);
    if (c->encrypt) {
        for (unsigned i = 0; i < n; i++)
            c->iv[i] ^= text[i];
        block_run(&c->block, c->iv, c->iv);
        memcpy(out, c->iv, n);
    } else {
        block_run(&c->block, text, out);
        for (unsigned i = 0; i < n; i++)
            out[i] ^= c->iv[i];
        memcpy(c->iv, text, n);
    }
    crypto_wipe(text, sizeof text);
}

static void step_cfb(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, unsigned n)
{
    block_run(&c->block, c->iv, c->iv);
    for (unsigned i = 0; i < n; i++) {
        uint8_t text = in[i];

        out[i] = c->iv[i] ^ text;
        c->iv[i] = c->encrypt ? out[i] : text;
    }
}

static void step_ofb(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, unsigned n)
{
    block_run(&c->block, c->iv, c->iv);
    for (unsigned i = 0; i < n; i++)
        out[i] = in[i] ^ c->iv[i];
}

static void step_ctr(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, unsigned n)
{
    uint8_t stream[BLOCK_SIZE_MAX];
    unsigned carry = 1;

    block_run(&c->block, c->iv, stream);
    for (unsigned i = c->cipher->block_size; i-- > 0;) {
        carry += c->iv[i];
        c->iv[i] = (uint8_t)carry;
        carry >>= 8;
    }
    for (unsigned i = 0; i < n; i++)
        out[i] = in[i] ^ stream[i];
    crypto_wipe(stream, sizeof stream);
}

static int update(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, int length)
{
    static void (*const steps[])(EVP_CIPHER_CTX *, uint8_t *, const uint8_t *, unsigned) = {
        [CIPHER_ECB] = step_ecb, [CIPHER_CBC] = step_cbc, [CIPHER_CFB] = step_cfb,
        [CIPHER_OFB] = step_ofb, [CIPHER_CTR] = step_ctr,
    };
    unsigned left = (unsigned)length, size;

    if (c->cipher == NULL || length < 0 || c->partial)
        return 0;
    size = c->cipher->block_size;
    if (c->cipher->mode <= CIPHER_CBC && left % size != 0)
        return 0;
    for (; left >= size; left -= size, in += size, out += size)
        steps[c->cipher->mode](c, out, in, size);
    if (left > 0)
        steps[c->cipher->mode](c, out, in, left);
    c->partial = left > 0;
    return 1;
}

/* style: the five parameters are OpenSSL's */
int EVP_EncryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl, const unsigned char *in,
                      int inl)
{
    *outl = inl;
    return update(ctx, out, in, inl);
}

/* style: the five parameters are OpenSSL's */
int EVP_DecryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl, const unsigned char *in,
                      int inl)
{
    *outl = inl;
    return update(ctx, out, in, inl);
}

int EVP_EncryptFinal_ex(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl)
{
    (void)ctx;
    (void)out;
    *outl = 0;
    return 1;
}

int EVP_DecryptFinal(EVP_CIPHER_CTX *ctx, unsigned char *outm, int *outl)
{
    (void)ctx;
    (void)outm;
    *outl = 0;
    return 1;
}

int EVP_CIPHER_CTX_get_iv_length(const EVP_CIPHER_CTX *c)
{
    return c->cipher->mode == CIPHER_ECB ? 0 : c->cipher->block_size;
}

/* libtpms 0.9 reads the chaining value this way. */
const unsigned char *EVP_CIPHER_CTX_iv(const EVP_CIPHER_CTX *c)
{
    return c->iv;
}

/* And 0.10 this way. */
int EVP_CIPHER_CTX_get_params(EVP_CIPHER_CTX *ctx, OSSL_PARAM params[])
{
    for (OSSL_PARAM *p = params; p->key != NULL; p++) {
        if (strcmp(p->key, OSSL_CIPHER_PARAM_UPDATED_IV) != 0 || p->data_size > sizeof ctx->iv)
            return 0;
        memcpy(p->data, ctx->iv, p->data_size);
        p->return_size = p->data_size;
    }
    return 1;
}
