/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wolfCrypt behind the secure processor's byte orders.
 *
 * A call of wolfCrypt that fails although its input is known to be good means that the library was
 * built wrongly; that ends the program (crypto_broken), because no status code could say it.
 */
#include "crypto.h"

#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/sha512.h>

_Static_assert(sizeof(wc_Sha384) <= 512, "a caller's struct crypto_hash holds one");

static void must(int status)
{
    if (status != 0)
        crypto_broken(status);
}

int crypto_no_noise(unsigned char *out, unsigned int size)
{
    (void)out;
    (void)size;
    return RNG_FAILURE_E;
}

static void hash_start(void *context)
{
    must(wc_InitSha384(context));
}

static void hash_update(void *context, const void *bytes, size_t size)
{
    must(wc_Sha384Update(context, bytes, (word32)size));
}

static void hash_finish(void *context, uint8_t digest[SHA384_SIZE])
{
    must(wc_Sha384Final(context, digest));
}

struct igvm_hash crypto_igvm_hash(struct crypto_hash *state)
{
    return (struct igvm_hash){state, hash_start, hash_update, hash_finish};
}

void crypto_sha384(struct crypto_bytes message, uint8_t digest[SHA384_SIZE])
{
    wc_Sha384 hash;

    hash_start(&hash);
    hash_update(&hash, message.bytes, message.size);
    hash_finish(&hash, digest);
}

void crypto_derive(struct crypto_bytes secret, struct crypto_bytes info, uint8_t key[AES_KEY])
{
    must(wc_HKDF(WC_HASH_TYPE_SHA384, secret.bytes, (word32)secret.size, NULL, 0, info.bytes,
                 (word32)info.size, key, AES_KEY));
}

struct nonce {
    uint8_t bytes[GCM_NONCE_MID_SZ];
};

static struct nonce nonce_of(uint64_t sequence)
{
    struct nonce nonce = {{0}};

    for (unsigned i = 0; i < 8; i++)
        nonce.bytes[i] = (uint8_t)(sequence >> (8 * i));
    return nonce;
}

void crypto_seal(const struct crypto_message *message, const uint8_t *plain, uint8_t *cipher,
                 uint8_t tag[GCM_TAG])
{
    struct nonce nonce = nonce_of(message->sequence);
    Aes aes;

    must(wc_AesInit(&aes, NULL, INVALID_DEVID));
    must(wc_AesGcmSetKey(&aes, message->key, AES_KEY));
    must(wc_AesGcmEncrypt(&aes, cipher, plain, (word32)message->size, nonce.bytes,
                          sizeof(nonce.bytes), tag, GCM_TAG, message->header.bytes,
                          (word32)message->header.size));
    wc_AesFree(&aes);
}

bool crypto_open(const struct crypto_message *message, const uint8_t *cipher, uint8_t *plain,
                 const uint8_t tag[GCM_TAG])
{
    struct nonce nonce = nonce_of(message->sequence);
    Aes aes;
    int status;

    must(wc_AesInit(&aes, NULL, INVALID_DEVID));
    must(wc_AesGcmSetKey(&aes, message->key, AES_KEY));
    status = wc_AesGcmDecrypt(&aes, plain, cipher, (word32)message->size, nonce.bytes,
                              sizeof(nonce.bytes), tag, GCM_TAG, message->header.bytes,
                              (word32)message->header.size);
    wc_AesFree(&aes);
    if (status != 0 && status != AES_GCM_AUTH_E)
        crypto_broken(status);
    return status == 0;
}

/* 72 bytes, least significant first; false if the number has more than 384 bits. */
static bool number_read(const uint8_t number[72], uint8_t big_endian[P384_SIZE])
{
    uint8_t above = 0;

    for (unsigned i = P384_SIZE; i < 72; i++)
        above |= number[i];
    for (unsigned i = 0; i < P384_SIZE; i++)
        big_endian[i] = number[P384_SIZE - 1 - i];
    return above == 0;
}

static void number_write(const mp_int *number, uint8_t out[72])
{
    uint8_t big_endian[P384_SIZE];

    must(mp_to_unsigned_bin_len(number, big_endian, P384_SIZE));
    for (unsigned i = 0; i < P384_SIZE; i++)
        out[i] = big_endian[P384_SIZE - 1 - i];
}

void crypto_sign(const uint8_t key[P384_SIZE], struct crypto_bytes message,
                 struct crypto_signature *signature)
{
    uint8_t digest[SHA384_SIZE];
    WC_RNG unused;
    ecc_key ecc;
    mp_int r, s;

    *signature = (struct crypto_signature){0};
    crypto_sha384(message, digest);
    must(wc_ecc_init(&ecc));
    must(wc_ecc_import_private_key_ex(key, P384_SIZE, NULL, 0, &ecc, ECC_SECP384R1));
    must(wc_ecc_set_deterministic_ex(&ecc, 1, WC_HASH_TYPE_SHA384));
    must(mp_init_multi(&r, &s, NULL, NULL, NULL, NULL));
    must(wc_ecc_sign_hash_ex(digest, SHA384_SIZE, &unused, &ecc, &r, &s));
    number_write(&r, signature->r);
    number_write(&s, signature->s);
    wc_ecc_free(&ecc);
}

static bool key_read(const struct crypto_public_key *key, ecc_key *ecc)
{
    uint8_t x[P384_SIZE], y[P384_SIZE];

    return key->curve == CRYPTO_CURVE_P384 && number_read(key->x, x) && number_read(key->y, y) &&
           wc_ecc_import_unsigned(ecc, x, y, NULL, ECC_SECP384R1) == 0 &&
           wc_ecc_check_key(ecc) == 0;
}

bool crypto_verify(const struct crypto_public_key *key, struct crypto_bytes message,
                   const struct crypto_signature *signature)
{
    uint8_t digest[SHA384_SIZE], number[P384_SIZE];
    ecc_key ecc;
    mp_int r, s;
    int valid = 0;

    crypto_sha384(message, digest);
    must(wc_ecc_init(&ecc));
    must(mp_init_multi(&r, &s, NULL, NULL, NULL, NULL));
    if (key_read(key, &ecc) && number_read(signature->r, number) &&
        mp_read_unsigned_bin(&r, number, P384_SIZE) == MP_OKAY &&
        number_read(signature->s, number) &&
        mp_read_unsigned_bin(&s, number, P384_SIZE) == MP_OKAY &&
        wc_ecc_verify_hash_ex(&r, &s, digest, SHA384_SIZE, &valid, &ecc) != 0)
        valid = 0;
    wc_ecc_free(&ecc);
    return valid == 1;
}
