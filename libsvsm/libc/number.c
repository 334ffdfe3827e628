/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers from text, as C's "C" locale has them. What does not fit becomes the nearest limit.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

struct number {
    unsigned long magnitude;
    bool negative, overflow;
};

static int digit_of(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A' + 10;
    return INT_MAX;
}

static bool is_space(char letter)
{
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

/* Skips "0x" where a digit follows it, and settles base 0. */
static const char *skip_prefix(const char *s, int *base)
{
    bool octal = s[0] == '0';
    bool hex = octal && (s[1] == 'x' || s[1] == 'X') && digit_of(s[2]) < 16;

    if (hex && (*base == 0 || *base == 16)) {
        *base = 16;
        return s + 2;
    }
    if (*base == 0)
        *base = octal ? 8 : 10;
    return s;
}

static const char *read_digits(const char *s, int base, struct number *n)
{
    unsigned long radix = (unsigned long)base;

    for (; digit_of(*s) < base; s++) {
        unsigned long digit = (unsigned long)digit_of(*s);

        if (n->magnitude > (ULONG_MAX - digit) / radix)
            n->overflow = true;
        else
            n->magnitude = n->magnitude * radix + digit;
    }
    return s;
}

static struct number read_number(const char *s, char **end, int base)
{
    struct number n = {0, false, false};
    const char *digits, *after = s;

    if (base == 0 || (base >= 2 && base <= 36)) {
        while (is_space(*after))
            after++;
        n.negative = *after == '-';
        if (*after == '-' || *after == '+')
            after++;
        digits = skip_prefix(after, &base);
        after = read_digits(digits, base, &n);
        if (after == digits)
            after = s;
    }
    if (end != NULL)
        *end = (char *)(unsigned long)after;
    return n;
}

unsigned long strtoul(const char *s, char **end, int base)
{
    struct number n = read_number(s, end, base);

    if (n.overflow)
        return ULONG_MAX;
    return n.negative ? 0 - n.magnitude : n.magnitude;
}

long strtol(const char *s, char **end, int base)
{
    struct number n = read_number(s, end, base);
    unsigned long limit = n.negative ? (unsigned long)LONG_MAX + 1 : LONG_MAX;

    if (n.overflow || n.magnitude > limit)
        n.magnitude = limit;
    return (long)(n.negative ? 0 - n.magnitude : n.magnitude);
}
