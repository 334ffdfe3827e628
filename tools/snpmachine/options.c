/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of QEMU's -append. They are split once, at start, and never change afterwards.
 */
#include "cpu.h"

#define WORDS_MAX 64u
#define TEXT_MAX  2048u

const struct machine_option machine_options[] = {
    {"verbose", "more lines about what the machine does"},
    {"reserve", "MiB of RAM for the machine itself"},
    {"trace", "on: every event to the debug console at port E9 (trace.h)"},
    {"bench", "times the plain loop of the benchmark guest outside of a guest first"},
    {"help", "lists the options and ends"},
    {0},
};

static const struct machine_option *const tables[] = {machine_options, hardware_options,
                                                      psp_options, host_options};

static char text[TEXT_MAX];
static const char *names[WORDS_MAX];
static const char *values[WORDS_MAX];
static unsigned count;

/* Ends the word at "from", cuts it at "=", and returns where the next one begins. */
static char *take_word(char *from)
{
    char *end = from, *value = NULL;
    while (*end && *end != ' ') {
        if (*end == '=' && !value)
            value = end;
        end++;
    }
    char *next = *end ? end + 1 : end;
    *end = 0;
    if (value)
        *value++ = 0;
    if (option_text(from))
        machine_stop(MACHINE_MISUSE, "option %s is given twice", from);
    if (count == WORDS_MAX)
        machine_stop(MACHINE_MISUSE, "more than %u options", WORDS_MAX);
    names[count] = from;
    values[count++] = value ? value : end;
    return next;
}

void options_start(const char *words)
{
    size_t length = strlen(words);
    if (length >= TEXT_MAX)
        machine_stop(MACHINE_MISUSE, "the options have %zu letters; at most %u", length,
                     TEXT_MAX - 1);
    memcpy(text, words, length + 1);
    for (char *at = text; *at;)
        at = *at == ' ' ? at + 1 : take_word(at);
}

static bool known(const char *name)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct machine_option *o = tables[t]; o->name; o++)
            if (!strcmp(o->name, name))
                return true;
    return false;
}

void options_check(void)
{
    for (unsigned i = 0; i < count; i++)
        if (!known(names[i]))
            machine_stop(MACHINE_MISUSE, "unknown option \"%s\"; \"help\" lists them", names[i]);
    if (!option_text("help"))
        return;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct machine_option *o = tables[t]; o->name; o++)
            machine_log("%14s  %s", o->name, o->help);
    machine_stop(MACHINE_OK, "these are the options");
}

const char *option_text(const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return values[i];
    return NULL;
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 99;
}

uint64_t option_number(const char *name, uint64_t otherwise)
{
    const char *value = option_text(name);
    if (!value)
        return otherwise;
    unsigned base = 10;
    const char *digits = value;
    if (value[0] == '0' && value[1] == 'x') {
        base = 16;
        digits += 2;
    }
    uint64_t number = 0;
    bool good = *digits != 0;
    for (; *digits && good; digits++) {
        unsigned digit = digit_of(*digits);
        good = digit < base && number <= (~0ull - digit) / base;
        number = number * base + digit;
    }
    if (!good)
        machine_stop(MACHINE_MISUSE, "option %s=%s is not a number", name, value);
    return number;
}
