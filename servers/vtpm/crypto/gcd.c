/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Greatest common divisor and inverse in constant time: the division steps of Bernstein and Yang,
 * "Fast constant-time gcd computation and modular inversion" (2019), theorem 11.2 for their number.
 *
 * A step takes (delta, f, g), f odd, to (1 - delta, g, (g - f) / 2) if delta > 0 and g is odd, else
 * to (1 + delta, f, (g + (g odd ? f : 0)) / 2). After enough of them g is 0 and f the divisor, with
 * either sign. 60 steps depend on the lowest 60 bits alone: they are run on one digit each and
 * collected in a matrix, which is then applied to the whole numbers. Numbers here are arrays of
 * digits in two's complement.
 */
#include "number.h"

__extension__ typedef __int128 wide;

enum {
    BATCH = 60,
    LENGTH = SP_INT_DIGITS / 2 + 2, /* a full-size number, its sign and room */
};

struct matrix {
    digit uf, ug, vf, vg; /* two's complement: f becomes uf f + ug g, g becomes vf f + vg g */
};

struct steps {
    digit f[LENGTH], g[LENGTH]; /* the pair */
    digit a[LENGTH], b[LENGTH]; /* f = a x and g = b x modulo m */
    digit m[LENGTH];
    digit m_inverse; /* modulo 2^64 */
    digit delta;
    unsigned length, batches;
};

static digit is_negative(digit a)
{
    return number_mask(a >> (DIGIT_BITS - 1));
}

static void exchange(digit swap, digit *x, digit *y)
{
    digit both = (*x ^ *y) & swap;

    *x ^= both;
    *y ^= both;
    *y = (*y ^ swap) - swap;
}

/* BATCH steps on the lowest digits. With the swap, the second of each pair changes its sign. */
static void run_batch(struct steps *s, struct matrix *t)
{
    digit f = s->f[0], g = s->g[0];

    *t = (struct matrix){1, 0, 0, 1};
    for (int i = 0; i < BATCH; i++) {
        digit odd = number_mask(g & 1);
        digit positive = is_negative((digit)0 - s->delta);
        digit swap = odd & positive;

        exchange(swap, &f, &g);
        exchange(swap, &t->uf, &t->vf);
        exchange(swap, &t->ug, &t->vg);
        s->delta = ((s->delta ^ swap) - swap) + 1;
        g = (g + (f & odd)) >> 1;
        t->vf += t->uf & odd;
        t->vg += t->ug & odd;
        t->uf <<= 1;
        t->ug <<= 1;
    }
}

/* One digit of sum, shifted right by BATCH bits, to its place. */
static void store(digit *to, unsigned at, wide *sum)
{
    digit low = (digit)*sum;

    if (at > 0)
        to[at - 1] |= low << (DIGIT_BITS - BATCH);
    to[at] = low >> BATCH;
    *sum >>= DIGIT_BITS;
}

static void store_top(digit *to, unsigned length, wide sum)
{
    to[length - 1] |= (digit)sum << (DIGIT_BITS - BATCH);
}

static wide times(digit factor, digit value)
{
    return (wide)(int64_t)factor * (wide)value;
}

static wide times_top(digit factor, digit value)
{
    return (wide)(int64_t)factor * (wide)(int64_t)value;
}

/* (f, g) = matrix (f, g) / 2^BATCH, which comes out even by construction. */
static void apply_to_pair(struct steps *s, const struct matrix *t)
{
    wide f = 0, g = 0;
    unsigned top = s->length - 1;

    for (unsigned i = 0; i < top; i++) {
        digit fi = s->f[i], gi = s->g[i];

        f += times(t->uf, fi) + times(t->ug, gi);
        g += times(t->vf, fi) + times(t->vg, gi);
        store(s->f, i, &f);
        store(s->g, i, &g);
    }
    digit fi = s->f[top], gi = s->g[top];

    f += times_top(t->uf, fi) + times_top(t->ug, gi);
    g += times_top(t->vf, fi) + times_top(t->vg, gi);
    store(s->f, top, &f);
    store(s->g, top, &g);
    store_top(s->f, s->length, f);
    store_top(s->g, s->length, g);
}

/* The multiple of m, in [-2^61, 2^60], that makes x a + y b end in BATCH zero bits. */
static digit multiple(const struct steps *s, digit x, digit y)
{
    digit k = (x & is_negative(s->a[s->length - 1])) + (y & is_negative(s->b[s->length - 1]));
    digit low = x * s->a[0] + y * s->b[0];

    return k - ((s->m_inverse * low + k) & (((digit)1 << BATCH) - 1));
}

/* The same for (a, b) modulo m; both stay within (-2 m, m). */
static void apply_to_factors(struct steps *s, const struct matrix *t)
{
    digit ka = multiple(s, t->uf, t->ug), kb = multiple(s, t->vf, t->vg);
    wide a = 0, b = 0;
    unsigned top = s->length - 1;

    for (unsigned i = 0; i < top; i++) {
        digit ai = s->a[i], bi = s->b[i], mi = s->m[i];

        a += times(t->uf, ai) + times(t->ug, bi) + times(ka, mi);
        b += times(t->vf, ai) + times(t->vg, bi) + times(kb, mi);
        store(s->a, i, &a);
        store(s->b, i, &b);
    }
    digit ai = s->a[top], bi = s->b[top];

    a += times_top(t->uf, ai) + times_top(t->ug, bi);
    b += times_top(t->vf, ai) + times_top(t->vg, bi);
    store(s->a, top, &a);
    store(s->b, top, &b);
    store_top(s->a, s->length, a);
    store_top(s->b, s->length, b);
}

/* x = mask ? -x : x */
static void negate_if(digit mask, digit *x, unsigned length)
{
    digit carry = mask & 1;

    for (unsigned i = 0; i < length; i++) {
        x[i] = (x[i] ^ mask) + carry;
        carry &= (x[i] == 0);
    }
}

static void add_if(digit mask, digit *x, const digit *y, unsigned length)
{
    digit carry = 0;

    for (unsigned i = 0; i < length; i++) {
        wide sum = (wide)x[i] + (wide)(y[i] & mask) + (wide)carry;

        x[i] = (digit)sum;
        carry = (digit)(sum >> DIGIT_BITS);
    }
}

static void run(struct steps *s, int with_factors)
{
    struct matrix t;

    s->delta = 1;
    for (unsigned i = 0; i < s->batches; i++) {
        run_batch(s, &t);
        apply_to_pair(s, &t);
        if (with_factors)
            apply_to_factors(s, &t);
    }
}

/* Room and number of steps for operands of so many digits. */
static int prepare(struct steps *s, unsigned digits)
{
    memset(s, 0, sizeof *s);
    s->length = digits + 1;
    s->batches = ((49 * digits * DIGIT_BITS + 80) / 17 + BATCH) / BATCH;
    return s->length <= LENGTH;
}

/* How many zero bits the number ends in. */
static unsigned trailing_zeros(const digit *x, unsigned length)
{
    digit searching = ~(digit)0, zeros = 0;

    for (unsigned i = 0; i < length; i++) {
        digit nonzero = number_mask((x[i] | ((digit)0 - x[i])) >> (DIGIT_BITS - 1));
        digit here = (digit)__builtin_ctzll(x[i] | (digit)1 << (DIGIT_BITS - 1));

        zeros += searching & number_select(nonzero, here, DIGIT_BITS);
        searching &= ~nonzero;
    }
    return (unsigned)zeros;
}

/* Shifts by a secret number of bits: by each power of two or not at all. */
static void shift_down(digit *x, unsigned length, unsigned bits)
{
    for (unsigned power = 0; 1u << power < length * DIGIT_BITS; power++) {
        digit mask = number_mask(bits >> power & 1);
        unsigned whole = (1u << power) / DIGIT_BITS, part = (1u << power) % DIGIT_BITS;

        for (unsigned i = 0; i < length; i++) {
            digit low = i + whole < length ? x[i + whole] : 0;
            digit high = i + whole + 1 < length ? x[i + whole + 1] : 0;
            digit moved = low >> part | high << 1 << (DIGIT_BITS - 1 - part);

            x[i] = number_select(mask, moved, x[i]);
        }
    }
}

static void shift_up(digit *x, unsigned length, unsigned bits)
{
    for (unsigned power = 0; 1u << power < length * DIGIT_BITS; power++) {
        digit mask = number_mask(bits >> power & 1);
        unsigned whole = (1u << power) / DIGIT_BITS, part = (1u << power) % DIGIT_BITS;

        for (unsigned i = length; i-- > 0;) {
            digit high = i >= whole ? x[i - whole] : 0;
            digit low = i > whole ? x[i - whole - 1] : 0;
            digit moved = high << part | low >> 1 >> (DIGIT_BITS - 1 - part);

            x[i] = number_select(mask, moved, x[i]);
        }
    }
}

int number_gcd(mp_int *r, const mp_int *a, const mp_int *b)
{
    struct steps s;
    unsigned digits = a->used > b->used ? a->used : b->used, twos;
    digit any[LENGTH];

    if (mp_iszero(a) || mp_iszero(b))
        return mp_copy(mp_iszero(a) ? b : a, r) == MP_OKAY;
    if (!prepare(&s, digits))
        return 0;
    memcpy(s.f, a->dp, a->used * sizeof(digit));
    memcpy(s.g, b->dp, b->used * sizeof(digit));
    for (unsigned i = 0; i < digits; i++)
        any[i] = s.f[i] | s.g[i];
    twos = trailing_zeros(any, digits);
    shift_down(s.f, digits, twos);
    shift_down(s.g, digits, twos);
    digit even = number_mask(~s.f[0] & 1);

    for (unsigned i = 0; i < digits; i++) {
        digit both = (s.f[i] ^ s.g[i]) & even;

        s.f[i] ^= both;
        s.g[i] ^= both;
    }
    run(&s, 0);
    negate_if(is_negative(s.f[digits]), s.f, s.length);
    shift_up(s.f, digits, twos);
    int ok = number_take(r, s.f, digits);

    crypto_wipe(&s, sizeof s);
    crypto_wipe(any, sizeof any);
    return ok;
}

/* Modulo 2^64, for odd m: each round doubles the number of right bits, from 5. */
static digit inverse_of_digit(digit m)
{
    digit x = 3 * m ^ 2;

    for (int i = 0; i < 4; i++)
        x *= 2 - m * x;
    return x;
}

/* f is 1 or -1, that is, a and m have no common divisor. */
static int is_unit(const digit *f, unsigned length)
{
    digit negative = is_negative(f[length - 1]);
    digit other = f[0] ^ (1 | negative);

    for (unsigned i = 1; i < length; i++)
        other |= f[i] ^ negative;
    return other == 0;
}

/* For odd m > 1 and a < m. */
static int inverse_odd(mp_int *r, const mp_int *a, const mp_int *m)
{
    struct steps s;
    unsigned digits = m->used;
    digit negative;
    int ok;

    if (!prepare(&s, digits))
        return 0;
    memcpy(s.f, m->dp, digits * sizeof(digit));
    memcpy(s.m, m->dp, digits * sizeof(digit));
    memcpy(s.g, a->dp, a->used * sizeof(digit));
    s.b[0] = 1;
    s.m_inverse = inverse_of_digit(m->dp[0]);
    run(&s, 1);
    negative = is_negative(s.f[digits]);
    add_if(is_negative(s.a[digits]), s.a, s.m, s.length);
    negate_if(negative, s.a, s.length);
    add_if(is_negative(s.a[digits]), s.a, s.m, s.length);
    ok = is_unit(s.f, s.length) && number_take(r, s.a, digits);
    crypto_wipe(&s, sizeof s);
    return ok;
}

/*
 * For even m and odd a < m, through the inverse of m modulo a: with k = -1/m modulo a, a divides
 * m k + 1, and the quotient is the inverse of a. This is how e gets its d in RSA.
 */
static int inverse_even(mp_int *r, const mp_int *a, const mp_int *m)
{
    mp_int k, product;
    int ok;

    if (mp_isone(a))
        return mp_set(r, 1) == MP_OKAY;
    ok = mp_init(&k) == MP_OKAY && mp_init(&product) == MP_OKAY && number_mod(&k, m, a) &&
         inverse_odd(&k, &k, a) && mp_sub(a, &k, &k) == MP_OKAY &&
         mp_mul(m, &k, &product) == MP_OKAY && mp_add_d(&product, 1, &product) == MP_OKAY &&
         number_divide(r, NULL, &product, a);
    crypto_wipe(k.dp, (a->used + 1u) * sizeof(digit));
    crypto_wipe(product.dp, product.used * sizeof(digit));
    return ok;
}

int number_inverse(mp_int *r, const mp_int *a, const mp_int *m)
{
    mp_int reduced;
    int ok;

    if (mp_iszero(m) || mp_isone(m))
        return 0;
    ok = mp_init(&reduced) == MP_OKAY && number_mod(&reduced, a, m) && !mp_iszero(&reduced);
    if (ok && mp_isodd(m))
        ok = inverse_odd(r, &reduced, m);
    else if (ok)
        ok = mp_isodd(&reduced) && inverse_even(r, &reduced, m);
    crypto_wipe(reduced.dp, (m->used + 1u) * sizeof(digit));
    return ok;
}
