/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings. Letters are ASCII's; there is no locale.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t strnlen(const char *s, size_t most)
{
    size_t length = 0;

    while (length < most && s[length] != '\0')
        length++;
    return length;
}

size_t strlen(const char *s)
{
    return strnlen(s, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t most)
{
    for (; most > 0; most--, a++, b++) {
        if (*a != *b)
            return (unsigned char)*a - (unsigned char)*b;
        if (*a == '\0')
            break;
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

static int lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : (unsigned char)letter;
}

int strncasecmp(const char *a, const char *b, size_t most)
{
    for (; most > 0; most--, a++, b++) {
        int difference = lower(*a) - lower(*b);

        if (difference != 0 || *a == '\0')
            return difference;
    }
    return 0;
}

int strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int letter)
{
    for (;; s++) {
        if (*s == (char)letter)
            return (char *)(uintptr_t)s;
        if (*s == '\0')
            return NULL;
    }
}

char *index(const char *s, int letter)
{
    return strchr(s, letter);
}

char *strrchr(const char *s, int letter)
{
    const char *last = NULL;

    for (;; s++) {
        if (*s == (char)letter)
            last = s;
        if (*s == '\0')
            return (char *)(uintptr_t)last;
    }
}

char *strstr(const char *s, const char *part)
{
    size_t length = strlen(part);

    for (;; s++) {
        if (strncmp(s, part, length) == 0)
            return (char *)(uintptr_t)s;
        if (*s == '\0')
            return NULL;
    }
}

size_t strspn(const char *s, const char *accept)
{
    size_t length = 0;

    while (s[length] != '\0' && strchr(accept, s[length]) != NULL)
        length++;
    return length;
}

size_t strcspn(const char *s, const char *reject)
{
    size_t length = 0;

    while (s[length] != '\0' && strchr(reject, s[length]) == NULL)
        length++;
    return length;
}

char *strndup(const char *s, size_t most)
{
    size_t length = strnlen(s, most);
    char *copy = malloc(length + 1);

    if (copy == NULL)
        return NULL;
    memcpy(copy, s, length);
    copy[length] = '\0';
    return copy;
}

char *strdup(const char *s)
{
    return strndup(s, SIZE_MAX - 1);
}

char *strerror(int error)
{
    static char text[] = "an error";

    (void)error;
    return text;
}
