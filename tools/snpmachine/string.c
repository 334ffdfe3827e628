/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of <string.h> that the compiler and the parts call. Words are moved by string
 * instructions: TCG runs them several times faster than a loop of bytes.
 */
#include "machine.h"

void *(memcpy)(void *restrict to, const void *restrict from, size_t size)
{
    void *result = to;
    size_t words = size / 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words)::"memory");
    size_t rest = size % 8;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest)::"memory");
    return result;
}

void *memmove(void *to, const void *from, size_t size)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    if ((uintptr_t)to - (uintptr_t)from >= size)
        return memcpy(to, from, size);
    while (size--)
        target[size] = source[size];
    return to;
}

void *(memset)(void *to, int byte, size_t size)
{
    void *result = to;
    uint64_t pattern = (uint8_t)byte * 0x0101010101010101ull;
    size_t words = size / 8;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
    size_t rest = size % 8;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(rest) : "a"(pattern) : "memory");
    return result;
}

int(memcmp)(const void *a, const void *b, size_t size)
{
    const uint8_t *left = a, *right = b;
    for (size_t i = 0; i < size; i++)
        if (left[i] != right[i])
            return left[i] - right[i];
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t size)
{
    for (; size; size--, a++, b++)
        if (!*a || *a != *b)
            return (uint8_t)*a - (uint8_t)*b;
    return 0;
}
