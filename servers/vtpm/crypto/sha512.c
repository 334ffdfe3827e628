/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA384_* and SHA512_*, with the state in OpenSSL's layout; sha1.c says why and how.
 *
 * Both share one structure; md_len tells them apart when OpenSSL continues a sequence begun here.
 */
#include "number.h"

#include <wolfssl/wolfcrypt/sha512.h>

#include <openssl/sha.h>

enum { BLOCK = 128 };
_Static_assert(sizeof(SHA512_CTX) == 216 && offsetof(SHA512_CTX, Nl) == 64 &&
                   offsetof(SHA512_CTX, u) == 80 && offsetof(SHA512_CTX, num) == 208 &&
                   offsetof(SHA512_CTX, md_len) == 212,
               "the layout libtpms was compiled with");

static void load(wc_Sha512 *w, const SHA512_CTX *c)
{
    if (c->num >= BLOCK)
        crypto_fail(__func__);
    crypto_must(wc_InitSha512(w), __func__);
    memcpy(w->digest, c->h, 64);
    memcpy(w->buffer, c->u.p, c->num);
    w->buffLen = c->num;
    w->loLen = c->Nl >> 3 | c->Nh << 61;
    w->hiLen = c->Nh >> 3;
}

static void save(SHA512_CTX *c, wc_Sha512 *w)
{
    memcpy(c->h, w->digest, 64);
    memset(c->u.p, 0, BLOCK);
    memcpy(c->u.p, w->buffer, w->buffLen);
    c->num = w->buffLen;
    c->Nl = w->loLen << 3;
    c->Nh = w->hiLen << 3 | w->loLen >> 61;
    crypto_wipe(w, sizeof *w);
}

static int update(SHA512_CTX *c, const void *data, size_t len)
{
    wc_Sha512 w;

    if (len == 0)
        return 1;
    load(&w, c);
    crypto_must(wc_Sha512Update(&w, data, (word32)len), __func__);
    save(c, &w);
    return 1;
}

int SHA384_Init(SHA512_CTX *c)
{
    wc_Sha384 w;

    crypto_must(wc_InitSha384(&w), __func__);
    memset(c, 0, sizeof *c);
    save(c, &w);
    c->md_len = SHA384_DIGEST_LENGTH;
    return 1;
}

int SHA384_Update(SHA512_CTX *c, const void *data, size_t len)
{
    return update(c, data, len);
}

int SHA384_Final(unsigned char *md, SHA512_CTX *c)
{
    wc_Sha384 w;

    load(&w, c);
    crypto_must(wc_Sha384Final(&w, md), __func__);
    crypto_wipe(&w, sizeof w);
    crypto_wipe(c, sizeof *c);
    return 1;
}

int SHA512_Init(SHA512_CTX *c)
{
    wc_Sha512 w;

    crypto_must(wc_InitSha512(&w), __func__);
    memset(c, 0, sizeof *c);
    save(c, &w);
    c->md_len = SHA512_DIGEST_LENGTH;
    return 1;
}

int SHA512_Update(SHA512_CTX *c, const void *data, size_t len)
{
    return update(c, data, len);
}

int SHA512_Final(unsigned char *md, SHA512_CTX *c)
{
    wc_Sha512 w;

    load(&w, c);
    crypto_must(wc_Sha512Final(&w, md), __func__);
    crypto_wipe(&w, sizeof w);
    crypto_wipe(c, sizeof *c);
    return 1;
}
