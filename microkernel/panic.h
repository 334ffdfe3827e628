/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end: the kernel found something that cannot be, says so and ends the virtual machine.
 *
 * For what is impossible only. What a thread, a guest or the host can cause is an error code to
 * them; the host's impossible answers alone end here too, because nothing can be told to the host.
 */
#ifndef PANIC_H
#define PANIC_H

#include "platform.h"

_Noreturn void panic(enum end_reason reason, const char *what);

/* An invariant. Always compiled in: a kernel that is wrong must not go on. */
static inline void kernel_assert(bool holds, const char *what)
{
    if (!holds) {
        panic(END_INVARIANT, what);
    }
}

#endif
