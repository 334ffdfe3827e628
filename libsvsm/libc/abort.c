/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a server that found itself broken, by the names C and glibc's headers have for it.
 */
#include "checked.h"

#include <stdlib.h>

#include <svsm/channel.h>

_Noreturn void abort(void)
{
    svsm_panic("abort");
}

_Noreturn void __assert_fail(const char *what, const char *file, unsigned line, const char *in)
{
    (void)file;
    (void)line;
    (void)in;
    svsm_panic(what);
}
