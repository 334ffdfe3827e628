/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap (svsm/heap.h has what is particular about it), numbers from text, and the end.
 */
#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H

#include <stddef.h>

void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void *realloc(void *old, size_t bytes);
void free(void *memory);

unsigned long strtoul(const char *s, char **end, int base);
long strtol(const char *s, char **end, int base);

_Noreturn void abort(void);

#endif
