/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatted text into memory. There are no files and no standard streams.
 *
 * Conversions: d i u x X o c s p %, with flags, width, precision and the integer length modifiers.
 * No floating point and no %n; an unknown conversion ends the output there.
 */
#ifndef LIBC_STDIO_H
#define LIBC_STDIO_H

#include <stdarg.h>
#include <stddef.h>

int snprintf(char *out, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *out, size_t room, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
