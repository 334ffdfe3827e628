/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comparison, division and what is built on them, in time independent of the values.
 *
 * Long division with digits of 64 bits: the divisor is shifted until its top bit is set, each
 * quotient digit is estimated from the top two digits of the rest by multiplication with the
 * reciprocal of the divisor's top digit (no division instruction, whose time depends on its
 * operands), and corrected downwards at most twice; both corrections are always computed.
 */
#include "number.h"

__extension__ typedef unsigned __int128 wide;

/* The working copy: the rest with one digit more than the dividend, and the divisor. */
struct division {
    digit rest[SP_INT_DIGITS + 1];
    digit divisor[SP_INT_DIGITS];
    digit quotient[SP_INT_DIGITS];
    digit reciprocal;
    unsigned length; /* of the divisor */
};

static digit is_less(digit a, digit b)
{
    return ((~a & b) | ((~a | b) & (a - b))) >> (DIGIT_BITS - 1);
}

int number_compare(const mp_int *a, const mp_int *b)
{
    unsigned length = a->used > b->used ? a->used : b->used;
    digit less = 0, more = 0;

    for (unsigned i = 0; i < length; i++) {
        digit x = i < a->used ? a->dp[i] : 0, y = i < b->used ? b->dp[i] : 0;
        digit below = is_less(x, y), above = is_less(y, x), same = number_mask(1 ^ below ^ above);

        less = number_select(same, less, below);
        more = number_select(same, more, above);
    }
    return (int)more - (int)less;
}

/* floor((2^128 - 1) / d) - 2^64 for d with its top bit set, bit by bit. */
static digit reciprocal_of(digit d)
{
    digit rest = ~d, quotient = 0;

    for (unsigned i = 0; i < DIGIT_BITS; i++) {
        digit carry = rest >> (DIGIT_BITS - 1);

        rest = rest << 1 | 1;
        digit take = carry | (is_less(rest, d) ^ 1);

        rest -= d & number_mask(take);
        quotient = quotient << 1 | take;
    }
    return quotient;
}

/* min(floor(high:low / d), 2^64 - 1), for high <= d. */
static digit estimate(digit high, digit low, digit d, digit reciprocal)
{
    wide product = (wide)reciprocal * high + ((wide)high << DIGIT_BITS | low);
    digit quotient = (digit)(product >> DIGIT_BITS) + 1;
    digit rest = low - quotient * d;
    digit too_much = number_mask(is_less((digit)product, rest));

    quotient += too_much;
    rest += d & too_much;
    quotient += is_less(rest, d) ^ 1;
    return quotient | number_mask(is_less(high, d) ^ 1);
}

/* rest -= divisor * q; the borrow out of the top says whether q was too large. */
static digit subtract_multiple(struct division *w, digit *rest, digit q)
{
    digit carry = 0, borrow = 0;

    for (unsigned i = 0; i < w->length; i++) {
        wide product = (wide)w->divisor[i] * q + carry;
        wide difference = (wide)rest[i] - (digit)product - borrow;

        carry = (digit)(product >> DIGIT_BITS);
        rest[i] = (digit)difference;
        borrow = (digit)(difference >> DIGIT_BITS) & 1;
    }
    wide difference = (wide)rest[w->length] - carry - borrow;

    rest[w->length] = (digit)difference;
    return (digit)(difference >> DIGIT_BITS) & 1;
}

/* Adds the divisor back if mask is set; 1 when that brought the rest above zero again. */
static digit add_back(struct division *w, digit *rest, digit mask)
{
    digit carry = 0;

    for (unsigned i = 0; i < w->length; i++) {
        wide sum = (wide)rest[i] + (w->divisor[i] & mask) + carry;

        rest[i] = (digit)sum;
        carry = (digit)(sum >> DIGIT_BITS);
    }
    wide sum = (wide)rest[w->length] + carry;

    rest[w->length] = (digit)sum;
    return (digit)(sum >> DIGIT_BITS);
}

static void quotient_digit(struct division *w, unsigned at)
{
    digit *rest = w->rest + at;
    digit top = w->divisor[w->length - 1];
    digit q = estimate(rest[w->length], rest[w->length - 1], top, w->reciprocal);
    digit below = subtract_multiple(w, rest, q);

    for (int i = 0; i < 2; i++) {
        digit mask = number_mask(below);

        q += mask;
        below &= add_back(w, rest, mask) ^ 1;
    }
    w->quotient[at] = q;
}

/* count digits from a, shifted left by fewer than 64 bits, into count + 1. */
static void shift_left(digit *to, const digit *a, unsigned count, unsigned bits)
{
    digit before = 0;

    for (unsigned i = 0; i < count; i++) {
        to[i] = a[i] << bits | before >> 1 >> (DIGIT_BITS - 1 - bits);
        before = a[i];
    }
    to[count] = before >> 1 >> (DIGIT_BITS - 1 - bits);
}

static void shift_right(digit *a, unsigned count, unsigned bits)
{
    for (unsigned i = 0; i < count; i++) {
        digit next = i + 1 < count ? a[i + 1] : 0;

        a[i] = a[i] >> bits | next << 1 << (DIGIT_BITS - 1 - bits);
    }
}

int number_take(mp_int *r, digit *digits, unsigned count)
{
    unsigned used = count;

    while (used > 0 && digits[used - 1] == 0)
        used--;
    if (used > r->size)
        return 0;
    mp_zero(r);
    memcpy(r->dp, digits, used * sizeof(digit));
    r->used = (__typeof__(r->used))used;
    crypto_wipe(digits, count * sizeof(digit));
    return 1;
}

int number_divide(mp_int *quotient, mp_int *rest, const mp_int *a, const mp_int *d)
{
    struct division w;
    unsigned steps, shift, length = d->used, a_used = a->used;
    digit top[SP_INT_DIGITS + 1];
    int ok = 1;

    if (mp_iszero(d))
        return 0;
    if (a_used < length) {
        ok = rest == NULL || mp_copy(a, rest) == MP_OKAY;
        if (quotient != NULL)
            mp_zero(quotient);
        return ok;
    }
    w.length = length;
    shift = (unsigned)__builtin_clzll(d->dp[length - 1]);
    shift_left(top, d->dp, length, shift);
    memcpy(w.divisor, top, length * sizeof(digit));
    shift_left(w.rest, a->dp, a_used, shift);
    w.reciprocal = reciprocal_of(w.divisor[length - 1]);
    steps = a_used - length + 1;
    for (unsigned i = steps; i-- > 0;)
        quotient_digit(&w, i);
    shift_right(w.rest, length, shift);
    if (quotient != NULL)
        ok = number_take(quotient, w.quotient, steps);
    if (ok && rest != NULL)
        ok = number_take(rest, w.rest, length);
    crypto_wipe(w.rest, (a_used + 1) * sizeof(digit));
    crypto_wipe(w.divisor, length * sizeof(digit));
    crypto_wipe(w.quotient, steps * sizeof(digit));
    crypto_wipe(top, length * sizeof(digit));
    return ok;
}

int number_mod(mp_int *r, const mp_int *a, const mp_int *m)
{
    return number_divide(NULL, r, a, m);
}

int number_mulmod(mp_int *r, const mp_int *a, const mp_int *b, const mp_int *m)
{
    mp_int product;
    int ok = mp_init(&product) == MP_OKAY && mp_mul(a, b, &product) == MP_OKAY &&
             number_mod(r, &product, m);

    crypto_wipe(product.dp, product.used * sizeof(digit));
    return ok;
}

int number_addmod(mp_int *r, const mp_int *a, const mp_int *b, const mp_int *m)
{
    mp_int sum;
    int ok = mp_init(&sum) == MP_OKAY && mp_add(a, b, &sum) == MP_OKAY && number_mod(r, &sum, m);

    crypto_wipe(sum.dp, sum.used * sizeof(digit));
    return ok;
}
