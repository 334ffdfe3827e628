/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wolfCrypt takes paddings off too, but its answer for an empty message is its answer for a bad
 * one. A TPM may encrypt the empty message, so the two are told apart here.
 */
#include "rsa_unpad.h"

enum { MIN_PADDING = 8 };

/* All ones if a is zero. */
static unsigned is_zero(unsigned a)
{
    unsigned mask = (unsigned)0 - ((~a & (a - 1)) >> 31);

    __asm__("" : "+r"(mask));
    return mask;
}

/* bytes ^= MGF1(seed): hash(seed || counter), block by block. */
static int unmask(struct rsa_block to, struct rsa_block seed, const EVP_MD *md)
{
    uint8_t mask[WC_MAX_DIGEST_SIZE];
    size_t size = (size_t)md->size;
    int ok = 1;

    for (size_t done = 0; ok && done < to.length; done += size) {
        uint8_t counter[4] = {0, 0, 0, (uint8_t)(done / size)};
        wc_HashAlg h;

        ok = wc_HashInit(&h, md->type) == 0 &&
             wc_HashUpdate(&h, md->type, seed.bytes, (word32)seed.length) == 0 &&
             wc_HashUpdate(&h, md->type, counter, sizeof counter) == 0 &&
             wc_HashFinal(&h, md->type, mask) == 0;
        for (size_t i = 0; ok && i < size && done + i < to.length; i++)
            to.bytes[done + i] ^= mask[i];
        crypto_wipe(&h, sizeof h);
    }
    crypto_wipe(mask, sizeof mask);
    return ok;
}

/* The first byte equal to wanted from at on; bytes before it other than zero are bad. */
static size_t find(struct rsa_block b, size_t at, unsigned wanted, unsigned *bad)
{
    unsigned searching = ~0u, found = 0;

    for (size_t i = at; i < b.length; i++) {
        unsigned here = is_zero(b.bytes[i] ^ wanted);

        found |= searching & here & (unsigned)i;
        searching &= ~here;
        *bad |= wanted != 0 ? searching & ~is_zero(b.bytes[i]) : 0;
    }
    *bad |= searching;
    return found;
}

size_t rsa_unpad_oaep(struct rsa_block block, const EVP_MD *md, const uint8_t *label,
                      size_t label_length)
{
    size_t size = (size_t)md->size, at;
    struct rsa_block seed = {block.bytes + 1, size};
    struct rsa_block data = {block.bytes + 1 + size, block.length - 1 - size};
    uint8_t expected[WC_MAX_DIGEST_SIZE];
    static const uint8_t nothing;
    unsigned bad;

    if (block.length < 2 * size + 2 || !unmask(seed, data, md) || !unmask(data, seed, md) ||
        wc_Hash(md->type, label_length > 0 ? label : &nothing, (word32)label_length, expected,
                (word32)size) != 0)
        return 0;
    bad = block.bytes[0];
    for (size_t i = 0; i < size; i++)
        bad |= data.bytes[i] ^ expected[i];
    at = find(data, size, 1, &bad);
    return bad == 0 ? 1 + size + at + 1 : 0;
}

size_t rsa_unpad_pkcs1(struct rsa_block block)
{
    unsigned bad;
    size_t at;

    if (block.length < MIN_PADDING + 3)
        return 0;
    bad = block.bytes[0] | (block.bytes[1] ^ 2u);
    at = find(block, 2, 0, &bad);
    bad |= ((unsigned)at - (2 + MIN_PADDING)) >> 31;
    return bad == 0 ? at + 1 : 0;
}
