/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one place where the builder's error sentences are put together. A sentence that is too long
 * is cut; nothing is printed here.
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

bool build_fail(struct build_error *error, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vsnprintf(error->text, sizeof(error->text), format, values);
    va_end(values);
    return false;
}
