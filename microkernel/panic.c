/* SPDX-License-Identifier: BSD-2-Clause */
/* The end; see panic.h. */
#include "panic.h"

#include "console.h"
#include "machine.h"

void panic(enum end_reason reason, const char *what)
{
    console_text("kernel: ");
    console_text(what);
    console_text("\n");
    machine_backtrace();
    platform->end(reason);
}
