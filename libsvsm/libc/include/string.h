/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory and strings, as C has them and as far as servers need them.
 */
#ifndef LIBC_STRING_H
#define LIBC_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
int memcmp(const void *a, const void *b, size_t length);
void *memchr(const void *from, int byte, size_t length);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t most);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t most);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t most);
char *strchr(const char *s, int letter);
char *strrchr(const char *s, int letter);
char *strstr(const char *s, const char *part);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *index(const char *s, int letter);

/* From the heap. */
char *strdup(const char *s);
char *strndup(const char *s, size_t most);

/* One text for every error: nothing here has an errno worth a name. */
char *strerror(int error);

#endif
