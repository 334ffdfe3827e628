/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA1_*, with the state in OpenSSL's layout.
 *
 * libtpms has the structure inside its own objects, reads its fields when it saves a hash sequence
 * and fills them when it restores one. So the state is converted around every call: OpenSSL counts
 * message bits in Nh:Nl, wolfCrypt message bytes; both keep the unprocessed tail as raw bytes. A
 * restored state is not to be trusted: its tail must be shorter than a block.
 */
#include "number.h"

#include <wolfssl/wolfcrypt/sha.h>

#include <openssl/sha.h>

enum { BLOCK = 64 };
_Static_assert(sizeof(SHA_CTX) == 96 && offsetof(SHA_CTX, Nl) == 20 &&
                   offsetof(SHA_CTX, data) == 28 && offsetof(SHA_CTX, num) == 92,
               "the layout libtpms was compiled with");

static void load(wc_Sha *w, const SHA_CTX *c)
{
    if (c->num >= BLOCK)
        crypto_fail(__func__);
    crypto_must(wc_InitSha(w), __func__);
    memcpy(w->digest, &c->h0, 20);
    memcpy(w->buffer, c->data, c->num);
    w->buffLen = c->num;
    w->loLen = c->Nl >> 3 | c->Nh << 29;
    w->hiLen = c->Nh >> 3;
}

static void save(SHA_CTX *c, wc_Sha *w)
{
    memcpy(&c->h0, w->digest, 20);
    memset(c->data, 0, BLOCK);
    memcpy(c->data, w->buffer, w->buffLen);
    c->num = w->buffLen;
    c->Nl = w->loLen << 3;
    c->Nh = w->hiLen << 3 | w->loLen >> 29;
    crypto_wipe(w, sizeof *w);
}

int SHA1_Init(SHA_CTX *c)
{
    wc_Sha w;

    crypto_must(wc_InitSha(&w), __func__);
    memset(c, 0, sizeof *c);
    save(c, &w);
    return 1;
}

int SHA1_Update(SHA_CTX *c, const void *data, size_t len)
{
    wc_Sha w;

    if (len == 0)
        return 1;
    load(&w, c);
    crypto_must(wc_ShaUpdate(&w, data, (word32)len), __func__);
    save(c, &w);
    return 1;
}

int SHA1_Final(unsigned char *md, SHA_CTX *c)
{
    wc_Sha w;

    load(&w, c);
    crypto_must(wc_ShaFinal(&w, md), __func__);
    crypto_wipe(&w, sizeof w);
    crypto_wipe(c, sizeof *c);
    return 1;
}
