/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory functions, eight bytes at a time. Addresses need no alignment on this processor.
 */
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

enum { WORD = sizeof(word), BLOCK = 4 * WORD };

static void copy_forward(unsigned char *to, const unsigned char *from, size_t length)
{
    for (; length >= BLOCK; length -= BLOCK, to += BLOCK, from += BLOCK) {
        word a = ((const word *)from)[0], b = ((const word *)from)[1];
        word c = ((const word *)from)[2], d = ((const word *)from)[3];

        ((word *)to)[0] = a;
        ((word *)to)[1] = b;
        ((word *)to)[2] = c;
        ((word *)to)[3] = d;
    }
    for (; length >= WORD; length -= WORD, to += WORD, from += WORD)
        *(word *)to = *(const word *)from;
    for (; length > 0; length--)
        *to++ = *from++;
}

static void copy_backward(unsigned char *to, const unsigned char *from, size_t length)
{
    for (; length >= WORD; length -= WORD)
        *(word *)(to + length - WORD) = *(const word *)(from + length - WORD);
    while (length-- > 0)
        to[length] = from[length];
}

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    copy_forward(to, from, length);
    return to;
}

/* Forward is right unless the target begins inside the source. */
void *memmove(void *to, const void *from, size_t length)
{
    if ((uintptr_t)to - (uintptr_t)from >= length)
        copy_forward(to, from, length);
    else
        copy_backward(to, from, length);
    return to;
}

void *memset(void *to, int byte, size_t length)
{
    unsigned char *p = to;
    word pattern = UINT64_C(0x0101010101010101) * (unsigned char)byte;

    for (; length >= BLOCK; length -= BLOCK, p += BLOCK) {
        ((word *)p)[0] = pattern;
        ((word *)p)[1] = pattern;
        ((word *)p)[2] = pattern;
        ((word *)p)[3] = pattern;
    }
    for (; length >= WORD; length -= WORD, p += WORD)
        *(word *)p = pattern;
    for (; length > 0; length--)
        *p++ = (unsigned char)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t length)
{
    const unsigned char *x = a, *y = b;

    for (; length >= WORD && *(const word *)x == *(const word *)y; length -= WORD) {
        x += WORD;
        y += WORD;
    }
    for (; length > 0; length--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

void *memchr(const void *from, int byte, size_t length)
{
    const unsigned char *p = from;

    for (; length > 0; length--, p++)
        if (*p == (unsigned char)byte)
            return (void *)(uintptr_t)p;
    return NULL;
}
