/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wolfCrypt for the secure processor: SHA-384, HMAC, HKDF, AES-256-GCM, ECDSA on P-384.
 *
 * Everything lies on the stack and in general registers: the machine has no heap to spare and may
 * not touch the guest's FPU state. Nonces of signatures are RFC 6979's, so a run repeats; nothing
 * ever draws random numbers through wolfCrypt.
 */
#ifndef SNPMACHINE_PSP_USER_SETTINGS_H
#define SNPMACHINE_PSP_USER_SETTINGS_H

#define WOLFCRYPT_ONLY
#define SINGLE_THREADED
#define NO_FILESYSTEM
#define NO_WRITEV
#define NO_ASN_TIME
#define NO_ERROR_STRINGS
#define WOLFSSL_NO_SOCK
#define WOLFSSL_IGNORE_FILE_WARN
#define WOLFSSL_NO_MALLOC
#define WOLFSSL_NO_FLOAT_FMT
#define NO_STDIO_FILESYSTEM
#define NO_CRYPT_TEST
#define NO_CRYPT_BENCHMARK
#define NO_MAIN_DRIVER

#define NO_RSA
#define NO_DH
#define NO_DSA
#define NO_RC4
#define NO_MD4
#define NO_MD5
#define NO_SHA
#define NO_DES3
#define NO_PWDBASED
#define NO_PKCS12
#define NO_PKCS8
#define NO_ASN
#define NO_CERTS
#define NO_CODING
#define NO_SIG_WRAPPER
#define NO_AES_CBC

#define WOLFSSL_SHA384
#define WOLFSSL_SHA512
#define HAVE_HKDF

#define HAVE_AESGCM
#define GCM_TABLE_4BIT
#define NO_AES_128
#define NO_AES_192

#define WOLFSSL_SP_MATH
#define WOLFSSL_HAVE_SP_ECC
#define WOLFSSL_SP_384
#define WOLFSSL_SP_NO_256
#define WOLFSSL_SP_NO_MALLOC
#define WOLFSSL_SP_SMALL
#define SP_WORD_SIZE     64
#define HAVE___UINT128_T 1
#define WOLFSSL_UINT128_T_DEFINED
#define HAVE_ECC
#define NO_ECC256
#define HAVE_ECC384
#define ECC_MIN_KEY_SZ 384
#define ECC_USER_CURVES
#define ECC_TIMING_RESISTANT
#define TFM_TIMING_RESISTANT
#define NO_ECC_DHE
#define WOLFSSL_ECDSA_DETERMINISTIC_K
#define WOLFSSL_NO_ASM

#define WC_NO_HASHDRBG
#define CUSTOM_RAND_GENERATE_BLOCK crypto_no_noise
int crypto_no_noise(unsigned char *out, unsigned int size);

#endif
