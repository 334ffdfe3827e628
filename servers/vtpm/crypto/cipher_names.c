/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 35 functions by which libtpms asks for a cipher: one constant each.
 */
#include "cipher.h"

#define CIPHER(name, cipher, mode, key_size, block_size)                                           \
    const EVP_CIPHER *EVP_##name(void)                                                             \
    {                                                                                              \
        static const EVP_CIPHER c = {cipher, mode, key_size, block_size};                          \
                                                                                                   \
        return &c;                                                                                 \
    }

#define MODES(name, cipher, key_size)                                                              \
    CIPHER(name##_ecb, cipher, CIPHER_ECB, key_size, 16)                                           \
    CIPHER(name##_cbc, cipher, CIPHER_CBC, key_size, 16)                                           \
    CIPHER(name##_cfb128, cipher, CIPHER_CFB, key_size, 16)                                        \
    CIPHER(name##_ofb, cipher, CIPHER_OFB, key_size, 16)                                           \
    CIPHER(name##_ctr, cipher, CIPHER_CTR, key_size, 16)

MODES(aes_128, BLOCK_AES, 16)
MODES(aes_192, BLOCK_AES, 24)
MODES(aes_256, BLOCK_AES, 32)
MODES(camellia_128, BLOCK_CAMELLIA, 16)
MODES(camellia_192, BLOCK_CAMELLIA, 24)
MODES(camellia_256, BLOCK_CAMELLIA, 32)
CIPHER(des_ede3, BLOCK_DES3, CIPHER_ECB, 24, 8)
CIPHER(des_ede3_ecb, BLOCK_DES3, CIPHER_ECB, 24, 8)
CIPHER(des_ede3_cbc, BLOCK_DES3, CIPHER_CBC, 24, 8)
CIPHER(des_ede3_cfb64, BLOCK_DES3, CIPHER_CFB, 24, 8)
CIPHER(des_ede3_ofb, BLOCK_DES3, CIPHER_OFB, 24, 8)
