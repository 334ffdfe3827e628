/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers under the facade: wolfCrypt's integers, and the constant-time operations it lacks.
 *
 * A BIGNUM is a wolfCrypt integer with room for a product of two full-size numbers; copies made by
 * BN_dup have room for their value and little more, because libtpms keeps hundreds of them.
 * wolfCrypt checks the room before it writes. No number is ever negative.
 *
 * The number_* functions take time that depends on how many digits their operands have, not on
 * what is in them. They return 1, or 0 when there is no result; a result may alias an operand.
 */
#ifndef VTPM_CRYPTO_NUMBER_H
#define VTPM_CRYPTO_NUMBER_H

#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/wolfcrypt/wolfmath.h>

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>

#include "crypto.h"

typedef sp_int_digit digit;

enum { DIGIT_BITS = 64 };
_Static_assert(sizeof(digit) * 8 == DIGIT_BITS, "digits of 64 bits");

struct bignum_st {
    BIGNUM *next; /* in a BN_CTX */
    unsigned frame;
    mp_int n; /* last: may have fewer digits than the type says */
};

/* A number with room for this many digits, zero. */
BIGNUM *number_new(unsigned digits);
BIGNUM *number_copy_of(const mp_int *n);

/* 0 or 1 to no or all bits, in a way the compiler cannot turn into a branch. */
static inline digit number_mask(digit bit)
{
    __asm__("" : "+r"(bit));
    return (digit)0 - bit;
}

static inline digit number_select(digit mask, digit yes, digit no)
{
    return no ^ (mask & (yes ^ no));
}

/* -1, 0 or 1. */
int number_compare(const mp_int *a, const mp_int *b);
int number_divide(mp_int *quotient, mp_int *rest, const mp_int *a, const mp_int *d);
int number_mod(mp_int *r, const mp_int *a, const mp_int *m);
int number_mulmod(mp_int *r, const mp_int *a, const mp_int *b, const mp_int *m);
int number_addmod(mp_int *r, const mp_int *a, const mp_int *b, const mp_int *m);
int number_gcd(mp_int *r, const mp_int *a, const mp_int *b);
int number_inverse(mp_int *r, const mp_int *a, const mp_int *m);

/* From count digits, which are wiped. */
int number_take(mp_int *r, digit *digits, unsigned count);

static inline void crypto_free(void *p, size_t n)
{
    if (p != NULL) {
        crypto_wipe(p, n);
        free(p);
    }
}

/* A wolfCrypt call that cannot fail unless memory or the machine is broken. */
static inline void crypto_must(int result, const char *where)
{
    if (result != 0)
        crypto_fail(where);
}

#endif
