/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVP_KDF_*: the one-step key derivation of SP 800-56C with a hash ("SSKDF"), which is KDFe of the
 * TPM. The objects have no state of their own: all input comes with the derivation.
 */
#include "md.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

struct input {
    const EVP_MD *md;
    const OSSL_PARAM *secret, *info;
};

EVP_KDF *EVP_KDF_fetch(OSSL_LIB_CTX *libctx, const char *algorithm, const char *properties)
{
    static char sskdf;

    (void)libctx;
    (void)properties;
    return strcmp(algorithm, OSSL_KDF_NAME_SSKDF) == 0 ? (EVP_KDF *)&sskdf : NULL;
}

void EVP_KDF_free(EVP_KDF *kdf)
{
    (void)kdf;
}

EVP_KDF_CTX *EVP_KDF_CTX_new(EVP_KDF *kdf)
{
    return (EVP_KDF_CTX *)kdf;
}

void EVP_KDF_CTX_free(EVP_KDF_CTX *ctx)
{
    (void)ctx;
}

static int read_input(struct input *in, const OSSL_PARAM *p)
{
    *in = (struct input){NULL, NULL, NULL};
    for (; p->key != NULL; p++) {
        if (strcmp(p->key, OSSL_KDF_PARAM_DIGEST) == 0)
            in->md = EVP_get_digestbyname(p->data);
        else if (strcmp(p->key, OSSL_KDF_PARAM_SECRET) == 0)
            in->secret = p;
        else if (strcmp(p->key, OSSL_KDF_PARAM_INFO) == 0)
            in->info = p;
        else
            return 0;
    }
    return in->md != NULL && in->secret != NULL;
}

static int add(wc_HashAlg *h, const EVP_MD *md, const OSSL_PARAM *p)
{
    if (p == NULL || p->data_size == 0)
        return 1;
    return wc_HashUpdate(h, md->type, p->data, (word32)p->data_size) == 0;
}

/* hash(counter || secret || info) */
static int derive_block(uint8_t *out, const struct input *in, uint8_t counter)
{
    uint8_t prefix[4] = {0, 0, 0, counter};
    wc_HashAlg h;
    int ok;

    if (wc_HashInit(&h, in->md->type) != 0)
        return 0;
    ok = wc_HashUpdate(&h, in->md->type, prefix, sizeof prefix) == 0 &&
         add(&h, in->md, in->secret) && add(&h, in->md, in->info) &&
         wc_HashFinal(&h, in->md->type, out) == 0;
    crypto_wipe(&h, sizeof h);
    return ok;
}

int EVP_KDF_derive(EVP_KDF_CTX *ctx, unsigned char *key, size_t keylen, const OSSL_PARAM params[])
{
    struct input in;
    uint8_t block[WC_MAX_DIGEST_SIZE];
    size_t size;
    int ok = 1;

    (void)ctx;
    if (!read_input(&in, params) || keylen == 0 || keylen > 255u * (size_t)in.md->size)
        return 0;
    size = (size_t)in.md->size;
    for (size_t done = 0; ok && done < keylen; done += size) {
        size_t part = keylen - done < size ? keylen - done : size;

        ok = derive_block(block, &in, (uint8_t)(done / size + 1));
        if (ok)
            memcpy(key + done, block, part);
    }
    crypto_wipe(block, sizeof block);
    return ok;
}
