/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * glibc's table of character classes, for its ctype macros: the "C" locale, index -128 to 255.
 */
#include "checked.h"

#include <stdbool.h>
#include <stdint.h>

/* A class is one bit; glibc's numbering on a little-endian machine. */
enum {
    UPPER = 1 << 8,
    LOWER = 1 << 9,
    ALPHA = 1 << 10,
    DIGIT = 1 << 11,
    HEX = 1 << 12,
    SPACE = 1 << 13,
    PRINT = 1 << 14,
    GRAPH = 1 << 15,
    BLANK = 1 << 0,
    CONTROL = 1 << 1,
    PUNCT = 1 << 2,
    ALNUM = 1 << 3,
};

static const struct {
    uint8_t first, last;
    uint16_t classes;
} ranges[] = {
    {0, 31, CONTROL},
    {127, 127, CONTROL},
    {'\t', '\r', SPACE},
    {' ', ' ', SPACE},
    {'\t', '\t', BLANK},
    {' ', ' ', BLANK},
    {' ', '~', PRINT},
    {'!', '~', GRAPH},
    {'0', '9', DIGIT | HEX | ALNUM},
    {'A', 'F', HEX},
    {'a', 'f', HEX},
    {'A', 'Z', UPPER | ALPHA | ALNUM},
    {'a', 'z', LOWER | ALPHA | ALNUM},
    {'!', '/', PUNCT},
    {':', '@', PUNCT},
    {'[', '`', PUNCT},
    {'{', '~', PUNCT},
};

const unsigned short **__ctype_b_loc(void)
{
    static unsigned short table[384];
    static const unsigned short *middle;

    for (unsigned i = 0; middle == NULL && i < sizeof ranges / sizeof ranges[0]; i++)
        for (unsigned letter = ranges[i].first; letter <= ranges[i].last; letter++)
            table[128 + letter] |= ranges[i].classes;
    middle = table + 128;
    return &middle;
}
