/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the facade's tests share: the facade's functions under their prefixed names, a seeded
 * generator of operands, and the one counter of comparisons.
 *
 * F(BN_mul) is the facade's, BN_mul OpenSSL's. The types have the same names and nothing else in
 * common: numbers cross between the two as bytes.
 */
#ifndef TEST_VTPM_FACADE_H
#define TEST_VTPM_FACADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/aes.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/camellia.h>
#include <openssl/core_names.h>
#include <openssl/des.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#define F(name)      facade_##name
#define FACADE(name) extern __typeof__(name) facade_##name;
#include "facade.def"
#undef FACADE

/*
 * Rounds of what is cheap are multiplied by facade_scale; curves, a tenth of the comparisons and
 * most of the time, by facade_slow_scale, a quarter of it.
 */
extern unsigned facade_scale, facade_slow_scale;
extern unsigned long facade_comparisons;

/* Whether f ends in crypto_fail. */
int facade_fails(void (*f)(void *), void *argument);

uint32_t random_word(void);
uint32_t random_below(uint32_t limit);
void random_bytes(uint8_t *out, size_t length);

enum { OPERAND_MAX = 384 };

/* A big-endian number of at most limit bytes: random, or one of the edges. */
struct operand {
    uint8_t bytes[OPERAND_MAX + 2];
    int length;
};
void random_operand(struct operand *o, unsigned limit);

BIGNUM *to_openssl(const struct operand *o);
BIGNUM *to_facade(const struct operand *o);
BIGNUM *facade_of(const BIGNUM *openssl);
void from_openssl(struct operand *o, const BIGNUM *bn);

/* Each counts as one comparison. */
void same_number(const BIGNUM *openssl, const BIGNUM *facade);
void same_int(int openssl, int facade);
void same_bytes(const void *openssl, const void *facade, size_t length);

void test_numbers(void **state);
void test_number_edges(void **state);
void test_hash_states(void **state);
void test_blocks(void **state);
void test_ciphers(void **state);
void test_kdf(void **state);
void test_random(void **state);
void test_base64_refused(void **state);
void test_curves(void **state);
void test_points_off_curve(void **state);
void test_ecdsa(void **state);
void test_rsa_cipher(void **state);
void test_rsa_sign(void **state);
void test_rsa_keys(void **state);
void test_refusals(void **state);

#endif
