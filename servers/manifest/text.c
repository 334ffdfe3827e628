/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounded text; see text.h. */
#include "text.h"

void text_add(char *text, size_t room, const char *more)
{
    size_t at = strlen(text);

    for (; *more != 0 && at + 1 < room; more++, at++) {
        text[at] = *more >= ' ' && *more <= '~' ? *more : '?';
    }
    text[at] = 0;
}

static const char *digits(struct number_text *number, uint64_t value, unsigned base)
{
    size_t at = sizeof(number->digits) - 1;

    number->digits[at] = 0;
    do {
        number->digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (base == 16) {
        number->digits[--at] = 'x';
        number->digits[--at] = '0';
    }
    return &number->digits[at];
}

const char *text_decimal(struct number_text *number, uint64_t value)
{
    return digits(number, value, 10);
}

const char *text_hex(struct number_text *number, uint64_t value)
{
    return digits(number, value, 16);
}

bool text_equal(const char *one, const char *other)
{
    size_t size = strlen(one);

    return size == strlen(other) && memcmp(one, other, size) == 0;
}

bool text_is_name(const char *text, size_t room)
{
    size_t size = strlen(text);

    if (size == 0 || size >= room || text[0] < 'a' || text[0] > 'z') {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        bool letter = text[i] >= 'a' && text[i] <= 'z';
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (!letter && !digit && text[i] != '-' && text[i] != '.') {
            return false;
        }
    }
    return true;
}
