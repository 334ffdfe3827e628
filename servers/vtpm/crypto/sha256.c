/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA256_*, with the state in OpenSSL's layout; sha1.c says why and how.
 */
#include "number.h"

#include <wolfssl/wolfcrypt/sha256.h>

#include <openssl/sha.h>

enum { BLOCK = 64 };
_Static_assert(sizeof(SHA256_CTX) == 112 && offsetof(SHA256_CTX, Nl) == 32 &&
                   offsetof(SHA256_CTX, data) == 40 && offsetof(SHA256_CTX, num) == 104 &&
                   offsetof(SHA256_CTX, md_len) == 108,
               "the layout libtpms was compiled with");

static void load(wc_Sha256 *w, const SHA256_CTX *c)
{
    if (c->num >= BLOCK)
        crypto_fail(__func__);
    crypto_must(wc_InitSha256(w), __func__);
    memcpy(w->digest, c->h, 32);
    memcpy(w->buffer, c->data, c->num);
    w->buffLen = c->num;
    w->loLen = c->Nl >> 3 | c->Nh << 29;
    w->hiLen = c->Nh >> 3;
}

static void save(SHA256_CTX *c, wc_Sha256 *w)
{
    memcpy(c->h, w->digest, 32);
    memset(c->data, 0, BLOCK);
    memcpy(c->data, w->buffer, w->buffLen);
    c->num = w->buffLen;
    c->Nl = w->loLen << 3;
    c->Nh = w->hiLen << 3 | w->loLen >> 29;
    crypto_wipe(w, sizeof *w);
}

int SHA256_Init(SHA256_CTX *c)
{
    wc_Sha256 w;

    crypto_must(wc_InitSha256(&w), __func__);
    memset(c, 0, sizeof *c);
    save(c, &w);
    c->md_len = SHA256_DIGEST_LENGTH;
    return 1;
}

int SHA256_Update(SHA256_CTX *c, const void *data, size_t len)
{
    wc_Sha256 w;

    if (len == 0)
        return 1;
    load(&w, c);
    crypto_must(wc_Sha256Update(&w, data, (word32)len), __func__);
    save(c, &w);
    return 1;
}

int SHA256_Final(unsigned char *md, SHA256_CTX *c)
{
    wc_Sha256 w;

    load(&w, c);
    crypto_must(wc_Sha256Final(&w, md), __func__);
    crypto_wipe(&w, sizeof w);
    crypto_wipe(c, sizeof *c);
    return 1;
}
