/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names by which objects compiled elsewhere, with glibc's headers, call a C library:
 * _FORTIFY_SOURCE's entry points, and what newer headers rename.
 *
 * Only for linking such objects (the vTPM's libtpms.a); ours are compiled with the headers here.
 */
#ifndef LIBC_CHECKED_H
#define LIBC_CHECKED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

_Noreturn void __assert_fail(const char *what, const char *file, unsigned line, const char *in);

void *__memcpy_chk(void *to, const void *from, size_t length, size_t room);
void *__memset_chk(void *to, int byte, size_t length, size_t room);
int __snprintf_chk(char *out, size_t length, int flag, size_t room, const char *format, ...);
int __vsnprintf_chk(char *out, size_t length, int flag, size_t room, const char *format,
                    va_list arguments);
int __asprintf_chk(char **out, int flag, const char *format, ...);
int __vasprintf_chk(char **out, int flag, const char *format, va_list arguments);
int __dprintf_chk(int file, int flag, const char *format, ...);
int __vdprintf_chk(int file, int flag, const char *format, va_list arguments);

unsigned long __isoc23_strtoul(const char *s, char **end, int base);
const unsigned short **__ctype_b_loc(void);
int *__errno_location(void);

#endif
