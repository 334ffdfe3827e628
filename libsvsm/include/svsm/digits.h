/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as text, for programs without snprintf. The text is put together in the caller's array,
 * and what is returned points into it.
 */
#ifndef SVSM_DIGITS_H
#define SVSM_DIGITS_H

#include <stdint.h>

enum { DIGITS_DECIMAL = 21, DIGITS_HEX = 19 };

static inline const char *digits_decimal(char text[DIGITS_DECIMAL], uint64_t number)
{
    unsigned start = DIGITS_DECIMAL - 1;

    text[start] = 0;
    do {
        text[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return text + start;
}

/* All 16 digits, behind 0x. */
static inline const char *digits_hex(char text[DIGITS_HEX], uint64_t number)
{
    text[0] = '0';
    text[1] = 'x';
    for (unsigned i = 0; i < 16; i++)
        text[2 + i] = "0123456789abcdef"[number >> (60 - 4 * i) & 15];
    text[DIGITS_HEX - 1] = 0;
    return text;
}

#endif
