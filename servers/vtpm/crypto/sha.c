/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA1_*, SHA256_*, SHA384_* and SHA512_*, with the state in OpenSSL's layout.
 *
 * libtpms has the structures inside its own objects, reads their fields when it saves a hash
 * sequence and fills them when it restores one. So the state is converted around every call:
 * OpenSSL counts message bits in Nh:Nl, wolfCrypt message bytes; both keep the unprocessed tail as
 * raw bytes. A restored state is not to be trusted: its tail must be shorter than a block.
 *
 * OpenSSL's structures have one shape: the chaining value, Nl, Nh, room for a block, how much of it
 * is filled; for SHA-2 the digest's length, by which OpenSSL tells SHA-384 and SHA-512 apart when
 * it continues a sequence begun here.
 */
#include "number.h"

#include <wolfssl/wolfcrypt/sha.h>
#include <wolfssl/wolfcrypt/sha256.h>
#include <wolfssl/wolfcrypt/sha512.h>

#include <openssl/sha.h>

_Static_assert(sizeof(SHA_CTX) == 96 && offsetof(SHA_CTX, Nl) == 20 &&
                   offsetof(SHA_CTX, data) == 28 && offsetof(SHA_CTX, num) == 92,
               "the layout libtpms was compiled with");
_Static_assert(sizeof(SHA256_CTX) == 112 && offsetof(SHA256_CTX, Nl) == 32 &&
                   offsetof(SHA256_CTX, data) == 40 && offsetof(SHA256_CTX, num) == 104 &&
                   offsetof(SHA256_CTX, md_len) == 108,
               "the layout libtpms was compiled with");
_Static_assert(sizeof(SHA512_CTX) == 216 && offsetof(SHA512_CTX, Nl) == 64 &&
                   offsetof(SHA512_CTX, u) == 80 && offsetof(SHA512_CTX, num) == 208 &&
                   offsetof(SHA512_CTX, md_len) == 212,
               "the layout libtpms was compiled with");

union work {
    wc_Sha Sha;
    wc_Sha256 Sha256;
    wc_Sha384 Sha384;
    wc_Sha512 Sha512;
};

/* Where OpenSSL's structure, then wolfCrypt's, has what; the chaining value is OpenSSL's first. */
struct hash {
    size_t size, word, block;
    size_t low, high, tail, filled;
    size_t digest_length; /* 0: the structure has no place for it */
    size_t w_chain, w_tail, w_filled, w_low, w_high;
    int (*init)(union work *);
    int (*update)(union work *, const uint8_t *, word32);
    int (*final)(union work *, uint8_t *);
};

/* Compiled for each hash, with sizes that are constant then: counters move by one instruction. */
#define FOR_EACH static inline __attribute__((always_inline))

FOR_EACH uint64_t read_word(const uint8_t *from, size_t size)
{
    uint64_t word = 0;

    __builtin_memcpy(&word, from, size);
    return word;
}

FOR_EACH void write_word(uint8_t *to, size_t size, uint64_t word)
{
    __builtin_memcpy(to, &word, size);
}

FOR_EACH void load(const struct hash *h, union work *work, const uint8_t *c)
{
    uint8_t *w = (uint8_t *)work;
    size_t filled = read_word(c + h->filled, sizeof(word32));
    uint64_t low = read_word(c + h->low, h->word), high = read_word(c + h->high, h->word);

    if (filled >= h->block)
        crypto_fail(__func__);
    crypto_must(h->init(work), __func__);
    memcpy(w + h->w_chain, c, h->low);
    memcpy(w + h->w_tail, c + h->tail, filled);
    write_word(w + h->w_filled, sizeof(word32), filled);
    write_word(w + h->w_low, h->word, low >> 3 | high << (8 * h->word - 3));
    write_word(w + h->w_high, h->word, high >> 3);
}

FOR_EACH void save(const struct hash *h, uint8_t *c, union work *work)
{
    const uint8_t *w = (const uint8_t *)work;
    size_t filled = read_word(w + h->w_filled, sizeof(word32));
    uint64_t low = read_word(w + h->w_low, h->word), high = read_word(w + h->w_high, h->word);

    memcpy(c, w + h->w_chain, h->low);
    memset(c + h->tail, 0, h->block);
    memcpy(c + h->tail, w + h->w_tail, filled);
    write_word(c + h->filled, sizeof(word32), filled);
    write_word(c + h->low, h->word, low << 3);
    write_word(c + h->high, h->word, high << 3 | low >> (8 * h->word - 3));
    crypto_wipe(work, sizeof *work);
}

FOR_EACH int begin(const struct hash *h, void *c)
{
    union work w;

    crypto_must(h->init(&w), __func__);
    memset(c, 0, h->size);
    save(h, c, &w);
    if (h->digest_length > 0)
        write_word((uint8_t *)c + h->filled + sizeof(word32), sizeof(word32), h->digest_length);
    return 1;
}

FOR_EACH int update(const struct hash *h, void *c, const void *data, size_t length)
{
    union work w;

    if (length == 0)
        return 1;
    load(h, &w, c);
    crypto_must(h->update(&w, data, (word32)length), __func__);
    save(h, c, &w);
    return 1;
}

FOR_EACH int finish(const struct hash *h, void *c, uint8_t *digest)
{
    union work w;

    load(h, &w, c);
    crypto_must(h->final(&w, digest), __func__);
    crypto_wipe(&w, sizeof w);
    crypto_wipe(c, h->size);
    return 1;
}

#define OPENSSL_PLACES(type, room)                                                                 \
    .size = sizeof(type), .word = sizeof(((type *)0)->Nl), .block = sizeof(((type *)0)->room),     \
    .low = offsetof(type, Nl), .high = offsetof(type, Nh), .tail = offsetof(type, room),           \
    .filled = offsetof(type, num)

#define WOLFCRYPT_PLACES(type)                                                                     \
    .w_chain = offsetof(type, digest), .w_tail = offsetof(type, buffer),                           \
    .w_filled = offsetof(type, buffLen), .w_low = offsetof(type, loLen),                           \
    .w_high = offsetof(type, hiLen)

/* The three functions of a hash; wc is wolfCrypt's name for it. */
#define HASH(name, type, tail, length, wc)                                                         \
    static int wc##_init(union work *w)                                                            \
    {                                                                                              \
        return wc_Init##wc(&w->wc);                                                                \
    }                                                                                              \
    static int wc##_update(union work *w, const uint8_t *data, word32 n)                           \
    {                                                                                              \
        return wc_##wc##Update(&w->wc, data, n);                                                   \
    }                                                                                              \
    static int wc##_final(union work *w, uint8_t *digest)                                          \
    {                                                                                              \
        return wc_##wc##Final(&w->wc, digest);                                                     \
    }                                                                                              \
    static const struct hash wc##_hash = {OPENSSL_PLACES(type, tail), WOLFCRYPT_PLACES(wc_##wc),   \
                                          .digest_length = length,    .init = wc##_init,           \
                                          .update = wc##_update,      .final = wc##_final};        \
    int name##_Init(type *c)                                                                       \
    {                                                                                              \
        return begin(&wc##_hash, c);                                                               \
    }                                                                                              \
    int name##_Update(type *c, const void *data, size_t len)                                       \
    {                                                                                              \
        return update(&wc##_hash, c, data, len);                                                   \
    }                                                                                              \
    int name##_Final(unsigned char *md, type *c)                                                   \
    {                                                                                              \
        return finish(&wc##_hash, c, md);                                                          \
    }

HASH(SHA1, SHA_CTX, data, 0, Sha)
HASH(SHA256, SHA256_CTX, data, SHA256_DIGEST_LENGTH, Sha256)
HASH(SHA384, SHA512_CTX, u, SHA384_DIGEST_LENGTH, Sha384)
HASH(SHA512, SHA512_CTX, u, SHA512_DIGEST_LENGTH, Sha512)
