/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * _FORTIFY_SOURCE's entry points: the same functions, told how much room the target has.
 */
#include "checked.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <svsm/channel.h>

static void check_room(size_t length, size_t room)
{
    if (length > room)
        svsm_panic("a buffer would have overflowed");
}

void *__memcpy_chk(void *to, const void *from, size_t length, size_t room)
{
    check_room(length, room);
    return memcpy(to, from, length);
}

void *__memset_chk(void *to, int byte, size_t length, size_t room)
{
    check_room(length, room);
    return memset(to, byte, length);
}

/* style: the parameters are glibc's */
int __vsnprintf_chk(char *out, size_t length, int flag, size_t room, const char *format,
                    va_list arguments)
{
    (void)flag;
    check_room(length, room);
    return vsnprintf(out, length, format, arguments);
}

/* style: the parameters are glibc's */
int __snprintf_chk(char *out, size_t length, int flag, size_t room, const char *format, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, format);
    result = __vsnprintf_chk(out, length, flag, room, format, arguments);
    va_end(arguments);
    return result;
}

int __vasprintf_chk(char **out, int flag, const char *format, va_list arguments)
{
    va_list again;
    int length;

    (void)flag;
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *out = length < 0 ? NULL : malloc((size_t)length + 1);
    if (*out == NULL)
        return -1;
    return vsnprintf(*out, (size_t)length + 1, format, arguments);
}

int __asprintf_chk(char **out, int flag, const char *format, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, format);
    result = __vasprintf_chk(out, flag, format, arguments);
    va_end(arguments);
    return result;
}

/* There is no file to print to: the text ends here. */
int __vdprintf_chk(int file, int flag, const char *format, va_list arguments)
{
    (void)file;
    (void)flag;
    return vsnprintf(NULL, 0, format, arguments);
}

int __dprintf_chk(int file, int flag, const char *format, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, format);
    result = __vdprintf_chk(file, flag, format, arguments);
    va_end(arguments);
    return result;
}

unsigned long __isoc23_strtoul(const char *s, char **end, int base)
{
    return strtoul(s, end, base);
}

int *__errno_location(void)
{
    static int error;

    return &error;
}
