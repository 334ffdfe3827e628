/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wolfCrypt for the IGVM tools: SHA-384 in plain C and nothing else.
 */
#ifndef DRUPE_IGVM_USER_SETTINGS_H
#define DRUPE_IGVM_USER_SETTINGS_H

#define WOLFCRYPT_ONLY
#define SINGLE_THREADED
#define NO_FILESYSTEM
#define NO_ERROR_STRINGS
#define WC_NO_RNG
#define NO_ASN
#define NO_AES
#define NO_RSA
#define NO_DSA
#define NO_DH
#define NO_DES3
#define NO_RC4
#define NO_MD4
#define NO_MD5
#define NO_SHA
#define NO_SHA256
#define NO_HMAC
#define NO_KDF
#define NO_PWDBASED
#define NO_SIG_WRAPPER
#define WOLFSSL_SHA512
#define WOLFSSL_SHA384

#endif
