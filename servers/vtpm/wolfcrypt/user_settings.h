/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wolfCrypt as the vTPM's crypto facade needs it: primitives only, no TLS, no files, no threads.
 *
 * The assembler for prime-field and RSA arithmetic uses general registers and SSE2; AES-NI and SHA
 * extensions are taken when crypto/cpu.c says the processor has them. Nothing touches YMM unless
 * cpu.c names AVX, so a thread state of 512 bytes is enough. VTPM_WOLFCRYPT_C builds the same in
 * plain C, for sanitizers and for processors without these instructions.
 *
 * Included by wolfSSL's assembler files too: preprocessor lines only outside the guard.
 */
#ifndef VTPM_USER_SETTINGS_H
#define VTPM_USER_SETTINGS_H

#define WOLFCRYPT_ONLY
#define NO_FILESYSTEM
#define WOLFSSL_NO_SOCK
#define NO_WRITEV
#define SINGLE_THREADED
#define NO_ERROR_STRINGS
#define WOLFSSL_IGNORE_FILE_WARN
#define NO_ASN
#define NO_ASN_TIME
#define NO_CERTS
#define NO_OLD_TLS
#define NO_OLD_WC_NAMES
#define NO_OLD_SHA_NAMES
#define NO_OLD_SHA256_NAMES
#define NO_DH
#define NO_DSA
#define NO_RC4
#define NO_MD4
#define NO_MD5
#define NO_PWDBASED
#define NO_PKCS12
#define NO_PKCS8
#define NO_HMAC
#define NO_SIG_WRAPPER
#define NO_CODING
#define NO_CRYPT_TEST
#define NO_CRYPT_BENCHMARK

/* The generator takes fresh entropy every 1,024 requests. */
#define HAVE_HASHDRBG
#define WC_RESEED_INTERVAL        1024
#define CUSTOM_RAND_GENERATE_SEED crypto_seed
#ifndef __ASSEMBLER__
int crypto_seed(unsigned char *out, unsigned length);
#endif

#define WOLFSSL_SHA384
#define WOLFSSL_SHA512

#define WOLFSSL_AES_DIRECT
#define HAVE_AES_ECB
#define NO_AES_CBC
#define HAVE_CAMELLIA
#define WOLFSSL_DES_ECB

/* The facade compares raw RSA input with the modulus itself: 0 and 1 are legal for a TPM. */
#define WOLFSSL_KEY_GEN
#define WC_RSA_PSS
#define WOLFSSL_PSS_LONG_SALT
#define WOLFSSL_PSS_SALT_LEN_DISCOVER
#define WC_RSA_DIRECT
#define WC_RSA_NO_PADDING
#define WC_RSA_BLINDING
#define NO_RSA_BOUNDS_CHECK
#define RSA_MIN_SIZE 1024

#define WOLFSSL_SP_MATH_ALL
#define SP_WORD_SIZE     64
#define HAVE___UINT128_T 1
#define SP_INT_BITS      3072
#define TFM_TIMING_RESISTANT
#define ECC_TIMING_RESISTANT
#define WOLFSSL_PUBLIC_MP

/* P-256 and P-384 have code of their own; P-521 goes the general way, its table takes 0.7 MB. */
#define WOLFSSL_HAVE_SP_RSA
#define WOLFSSL_HAVE_SP_DH
#define WOLFSSL_HAVE_SP_ECC
#define WOLFSSL_SP_384

/* WOLFCRYPT_HAVE_SAKKE only lifts the limit of 521 bits, for BN-P638; sakke.c is not built. */
#define HAVE_ECC
#define HAVE_ECC192
#define HAVE_ECC224
#define HAVE_ECC384
#define HAVE_ECC521
#define ECC_USER_CURVES
#define WOLFSSL_CUSTOM_CURVES
#define WOLFSSL_PUBLIC_ECC_ADD_DBL
#define NO_ECC_SIGN
#define NO_ECC_DHE
#define NO_ECC_CHECK_PUBKEY_ORDER
#define WOLFCRYPT_HAVE_SAKKE

#ifdef VTPM_WOLFCRYPT_C
#define WOLFSSL_NO_ASM
#else
#define WOLFSSL_SP_ASM
#define WOLFSSL_SP_X86_64_ASM
#define WOLFSSL_X86_64_BUILD
#define WOLFSSL_AESNI
#define USE_INTEL_SPEEDUP
/* With clang the hashes' C files undo this and their assembler files do not. */
#ifndef __clang__
#define NO_AVX2_SUPPORT
#endif
#endif

#endif
