/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines are put together in the page the host reads; see say.h. */
#include "say.h"

#include <svsm/digits.h>

#define PAGE       4096u
#define END_SYSTEM 11u /* as platform.h numbers them */

static seL4_CPtr console;
static char *line;
static uint64_t length;

void say_start(seL4_CPtr host_call, void *page)
{
    console = host_call;
    line = page;
}

static void flush(void)
{
    seL4_Word results[seL4_MsgMaxLength];

    seL4_HostCall_Invoke(console, 0, length, 0, 0, results);
    length = 0;
}

static void letter(char c)
{
    line[length++] = c;
    if (c == '\n' || length == PAGE)
        flush();
}

void say(const char *text)
{
    if (console == seL4_CapNull)
        return;
    while (*text != 0)
        letter(*text++);
}

void say_number(uint64_t number)
{
    char text[DIGITS_DECIMAL];

    say(digits_decimal(text, number));
}

void say_hex(uint64_t number)
{
    char text[DIGITS_HEX];

    say(digits_hex(text, number));
}

void say_field(const char *name, uint64_t number)
{
    say(" ");
    say(name);
    say(" ");
    say_number(number);
}

_Noreturn void init_fail(const char *what)
{
    init_fail_at(what, "");
}

_Noreturn void init_fail_at(const char *what, const char *where)
{
    say("init: ");
    say(what);
    if (*where != 0) {
        say(": ");
        say(where);
    }
    say("\n");
    for (;;)
        seL4_System_Shutdown(svsm_CapSystem, END_SYSTEM);
}
