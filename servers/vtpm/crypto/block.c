/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One interface for the three block ciphers, and the functions of OpenSSL that libtpms calls for
 * single blocks in its own CMAC and random generator: AES_*, Camellia_*, DES_*.
 *
 * Those keep the key in structures of libtpms: wolfCrypt's expanded key for AES and Camellia, the
 * bare key for DES. They are never saved, so their content is ours.
 */
#include "block.h"

#include <openssl/aes.h>
#include <openssl/camellia.h>
#include <openssl/des.h>

_Static_assert(sizeof(AES_KEY) == 244 && sizeof(((Aes *)0)->key) == sizeof(((AES_KEY *)0)->rd_key),
               "wolfCrypt's AES key fits");
_Static_assert(sizeof(CAMELLIA_KEY) == 280 &&
                   sizeof(((wc_Camellia *)0)->key) <= sizeof(((CAMELLIA_KEY *)0)->u),
               "wolfCrypt's Camellia key fits");
_Static_assert(sizeof(DES_key_schedule) == 128, "room for a DES key");

enum { DES_KEY_BYTES = 8, AESNI_BIT = 8 };

int block_set_key(struct block *b, const uint8_t *key, unsigned length)
{
    switch (b->cipher) {
    case BLOCK_AES:
        return wc_AesInit(&b->key.aes, NULL, INVALID_DEVID) == 0 &&
               wc_AesSetKeyDirect(&b->key.aes, key, length, NULL,
                                  b->inverse ? AES_DECRYPTION : AES_ENCRYPTION) == 0;
    case BLOCK_CAMELLIA:
        return wc_CamelliaSetKey(&b->key.camellia, key, length, NULL) == 0;
    case BLOCK_DES3:
        return length == 3 * DES_KEY_BYTES && wc_Des3Init(&b->key.des, NULL, INVALID_DEVID) == 0 &&
               wc_Des3_SetKey(&b->key.des, key, NULL,
                              b->inverse ? DES_DECRYPTION : DES_ENCRYPTION) == 0;
    }
    return 0;
}

void block_run(struct block *b, const uint8_t *in, uint8_t *out)
{
    int failed;

    if (b->cipher == BLOCK_AES)
        failed = b->inverse ? wc_AesDecryptDirect(&b->key.aes, out, in)
                            : wc_AesEncryptDirect(&b->key.aes, out, in);
    else if (b->cipher == BLOCK_CAMELLIA)
        failed = b->inverse ? wc_CamelliaDecryptDirect(&b->key.camellia, out, in)
                            : wc_CamelliaEncryptDirect(&b->key.camellia, out, in);
    else
        failed = wc_Des3_EcbEncrypt(&b->key.des, out, in, DES_KEY_BYTES);
    crypto_must(failed, __func__);
}

/* With OpenSSL's results: 0, -1 for a missing key, -2 for a length there is not. */
static int expand(struct block *b, const unsigned char *key, int bits, const void *place)
{
    if (key == NULL || place == NULL)
        return -1;
    if (bits != 128 && bits != 192 && bits != 256)
        return -2;
    if (!block_set_key(b, key, (unsigned)bits / 8))
        crypto_fail(__func__);
    return 0;
}

int AES_set_encrypt_key(const unsigned char *userKey, const int bits, AES_KEY *key)
{
    struct block b = {.cipher = BLOCK_AES};
    int result = expand(&b, userKey, bits, key);

    if (result != 0)
        return result;
    memcpy(key->rd_key, b.key.aes.key, sizeof key->rd_key);
    key->rounds = (int)b.key.aes.rounds;
#ifdef WOLFSSL_AESNI
    /* The expanded key of AES-NI has another byte order. */
    key->rounds |= b.key.aes.use_aesni << AESNI_BIT;
#endif
    crypto_wipe(&b, sizeof b);
    return 0;
}

void AES_encrypt(const unsigned char *in, unsigned char *out, const AES_KEY *key)
{
    struct block b = {.cipher = BLOCK_AES};
    int rounds = key->rounds & ((1 << AESNI_BIT) - 1);

    crypto_must(wc_AesInit(&b.key.aes, NULL, INVALID_DEVID), __func__);
    memcpy(b.key.aes.key, key->rd_key, sizeof key->rd_key);
    b.key.aes.rounds = (word32)rounds;
    b.key.aes.keylen = (rounds - 6) * 4;
#ifdef WOLFSSL_AESNI
    b.key.aes.use_aesni = (key->rounds >> AESNI_BIT & 1) != 0;
#endif
    block_run(&b, in, out);
    crypto_wipe(&b, sizeof b);
}

int Camellia_set_key(const unsigned char *userKey, const int bits, CAMELLIA_KEY *key)
{
    struct block b = {.cipher = BLOCK_CAMELLIA};
    int result = expand(&b, userKey, bits, key);

    if (result != 0)
        return result;
    memcpy(&key->u, b.key.camellia.key, sizeof b.key.camellia.key);
    key->grand_rounds = (int)b.key.camellia.keySz;
    crypto_wipe(&b, sizeof b);
    return 0;
}

void Camellia_encrypt(const unsigned char *in, unsigned char *out, const CAMELLIA_KEY *key)
{
    struct block b = {.cipher = BLOCK_CAMELLIA};

    memcpy(b.key.camellia.key, &key->u, sizeof b.key.camellia.key);
    b.key.camellia.keySz = (word32)key->grand_rounds;
    block_run(&b, in, out);
    crypto_wipe(&b, sizeof b);
}

void DES_set_key_unchecked(const_DES_cblock *key, DES_key_schedule *schedule)
{
    memset(schedule, 0, sizeof *schedule);
    memcpy(schedule, key, DES_KEY_BYTES);
}

/* style: the six parameters are OpenSSL's */
void DES_ecb3_encrypt(const_DES_cblock *input, DES_cblock *output, DES_key_schedule *ks1,
                      DES_key_schedule *ks2, DES_key_schedule *ks3, int enc)
{
    uint8_t key[3 * DES_KEY_BYTES];
    struct block b = {.cipher = BLOCK_DES3, .inverse = !enc};

    memcpy(key, ks1, DES_KEY_BYTES);
    memcpy(key + DES_KEY_BYTES, ks2, DES_KEY_BYTES);
    memcpy(key + 2 * DES_KEY_BYTES, ks3, DES_KEY_BYTES);
    if (!block_set_key(&b, key, sizeof key))
        crypto_fail(__func__);
    block_run(&b, *input, *output);
    crypto_wipe(&b, sizeof b);
    crypto_wipe(key, sizeof key);
}
