/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVP_PKEY and EVP_PKEY_CTX: keys made, filled and asked, operations set up. rsa_cipher.c and
 * rsa_sign.c carry the operations out.
 */
#include "pkey.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

enum { DEFAULT_EXPONENT = 65537 };

EVP_PKEY *EVP_PKEY_new(void)
{
    EVP_PKEY *key = calloc(1, sizeof *key);

    if (key != NULL)
        key->references = 1;
    return key;
}

void EVP_PKEY_free(EVP_PKEY *key)
{
    if (key == NULL || --key->references > 0)
        return;
    RSA_free(key->rsa);
    free(key);
}

int EVP_PKEY_assign(EVP_PKEY *pkey, int type, void *key)
{
    if (type != EVP_PKEY_RSA || key == NULL)
        return 0;
    RSA_free(pkey->rsa);
    pkey->rsa = key;
    return 1;
}

RSA *EVP_PKEY_get1_RSA(EVP_PKEY *pkey)
{
    if (pkey->rsa != NULL)
        pkey->rsa->references++;
    return pkey->rsa;
}

int EVP_PKEY_get_bn_param(const EVP_PKEY *pkey, const char *key_name, BIGNUM **bn)
{
    enum rsa_part part = rsa_part_named(key_name);

    if (part == RSA_PARTS || pkey->rsa == NULL || pkey->rsa->part[part] == NULL)
        return 0;
    if (*bn != NULL)
        return BN_copy(*bn, pkey->rsa->part[part]) != NULL;
    *bn = BN_dup(pkey->rsa->part[part]);
    return *bn != NULL;
}

/* Holds the key itself: libtpms drops the key before the context. */
EVP_PKEY_CTX *EVP_PKEY_CTX_new(EVP_PKEY *pkey, ENGINE *e)
{
    EVP_PKEY_CTX *ctx = calloc(1, sizeof *ctx);

    (void)e;
    if (ctx == NULL)
        return NULL;
    if (pkey != NULL)
        pkey->references++;
    ctx->pkey = pkey;
    ctx->padding = RSA_PKCS1_PADDING;
    ctx->salt_length = RSA_PSS_SALTLEN_AUTO;
    ctx->exponent = DEFAULT_EXPONENT;
    return ctx;
}

EVP_PKEY_CTX *EVP_PKEY_CTX_new_from_name(OSSL_LIB_CTX *libctx, const char *name,
                                         const char *propquery)
{
    (void)libctx;
    (void)propquery;
    return strcmp(name, "RSA") == 0 ? EVP_PKEY_CTX_new(NULL, NULL) : NULL;
}

void EVP_PKEY_CTX_free(EVP_PKEY_CTX *ctx)
{
    if (ctx == NULL)
        return;
    EVP_PKEY_free(ctx->pkey);
    free(ctx->label);
    free(ctx);
}

static int begin(EVP_PKEY_CTX *ctx, enum pkey_operation operation)
{
    int with_key = operation != PKEY_KEYGEN && operation != PKEY_FROMDATA;

    if (with_key && (ctx->pkey == NULL || ctx->pkey->rsa == NULL))
        return 0;
    ctx->operation = operation;
    return 1;
}

int EVP_PKEY_keygen_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, PKEY_KEYGEN);
}

int EVP_PKEY_fromdata_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, PKEY_FROMDATA);
}

int EVP_PKEY_sign_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, PKEY_SIGN);
}

int EVP_PKEY_verify_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, PKEY_VERIFY);
}

int EVP_PKEY_encrypt_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, PKEY_ENCRYPT);
}

int EVP_PKEY_decrypt_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, PKEY_DECRYPT);
}

/* Signatures take PKCS #1 v1.5 and PSS, encryption takes none, PKCS #1 v1.5 and OAEP. */
int EVP_PKEY_CTX_set_rsa_padding(EVP_PKEY_CTX *ctx, int pad_mode)
{
    int signs = ctx->operation == PKEY_SIGN || ctx->operation == PKEY_VERIFY;
    int known = pad_mode == RSA_PKCS1_PADDING ||
                (signs ? pad_mode == RSA_PKCS1_PSS_PADDING
                       : pad_mode == RSA_NO_PADDING || pad_mode == RSA_PKCS1_OAEP_PADDING);

    if (known)
        ctx->padding = pad_mode;
    return known;
}

int EVP_PKEY_CTX_set_rsa_pss_saltlen(EVP_PKEY_CTX *ctx, int saltlen)
{
    ctx->salt_length = saltlen;
    return 1;
}

int EVP_PKEY_CTX_set_signature_md(EVP_PKEY_CTX *ctx, const EVP_MD *md)
{
    ctx->md = md;
    return md != NULL;
}

int EVP_PKEY_CTX_set_rsa_oaep_md(EVP_PKEY_CTX *ctx, const EVP_MD *md)
{
    ctx->oaep_md = md;
    return md != NULL;
}

/* Takes the label over. */
int EVP_PKEY_CTX_set0_rsa_oaep_label(EVP_PKEY_CTX *ctx, void *label, int len)
{
    if (len < 0)
        return 0;
    free(ctx->label);
    ctx->label = label;
    ctx->label_length = len;
    return 1;
}

int EVP_PKEY_CTX_set_params(EVP_PKEY_CTX *ctx, const OSSL_PARAM *params)
{
    for (const OSSL_PARAM *p = params; p->key != NULL; p++) {
        const BIGNUM *number = p->data_size == 0 ? p->data : NULL;

        if (strcmp(p->key, OSSL_PKEY_PARAM_RSA_BITS) == 0 && p->data_size == sizeof(unsigned))
            memcpy(&ctx->bits, p->data, sizeof ctx->bits);
        else if (strcmp(p->key, OSSL_PKEY_PARAM_RSA_E) == 0 && number != NULL &&
                 number->n.used == 1 && number->n.dp[0] <= INT32_MAX)
            ctx->exponent = (long)number->n.dp[0];
        else
            return 0;
    }
    return 1;
}

static int set_part(RSA *rsa, const OSSL_PARAM *p)
{
    enum rsa_part part = rsa_part_named(p->key);

    if (part == RSA_PARTS || p->data_size != 0 || rsa->part[part] != NULL)
        return 0;
    rsa->part[part] = BN_dup(p->data);
    return rsa->part[part] != NULL;
}

int EVP_PKEY_fromdata(EVP_PKEY_CTX *ctx, EVP_PKEY **ppkey, int selection, OSSL_PARAM params[])
{
    EVP_PKEY *key = ctx->operation == PKEY_FROMDATA ? EVP_PKEY_new() : NULL;
    int ok;

    (void)selection;
    if (key == NULL)
        return 0;
    key->rsa = RSA_new();
    ok = key->rsa != NULL;
    for (const OSSL_PARAM *p = params; ok && p->key != NULL; p++)
        ok = set_part(key->rsa, p);
    if (!ok || key->rsa->part[RSA_N] == NULL || key->rsa->part[RSA_E] == NULL) {
        EVP_PKEY_free(key);
        return 0;
    }
    *ppkey = key;
    return 1;
}

int EVP_PKEY_generate(EVP_PKEY_CTX *ctx, EVP_PKEY **ppkey)
{
    EVP_PKEY *key = ctx->operation == PKEY_KEYGEN ? EVP_PKEY_new() : NULL;

    if (key == NULL)
        return 0;
    key->rsa = rsa_generate(ctx->bits, ctx->exponent);
    if (key->rsa == NULL) {
        EVP_PKEY_free(key);
        return 0;
    }
    *ppkey = key;
    return 1;
}
