/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console (COM1 of QEMU) and the end of the machine. Lines of the machine and bytes of the
 * guest go the same way; a machine line always starts in column one.
 */
#include "cpu.h"
#include "trace.h"
#include "x86.h"

#include <stdarg.h>

#define COM1       0x3F8u
#define DEBUG_EXIT 0xF4u
#define LINE_MAX   400u

static struct spinlock lock;
static bool mid_line;
static bool verbose;

void console_start(void)
{
    port_write8(COM1 + 1, 0); /* no interrupts */
    port_write8(COM1 + 3, 3); /* 8N1 */
    port_write8(COM1 + 4, 3);
}

void console_options(void)
{
    verbose = option_text("verbose") != NULL;
}

static void put(uint8_t byte)
{
    while (!(port_read8(COM1 + 5) & 0x20))
        cpu_relax();
    port_write8(COM1, byte);
    mid_line = byte != '\n' && byte != '\r';
}

void console_byte(uint8_t byte)
{
    spin_lock(&lock);
    put(byte);
    spin_unlock(&lock);
}

static void put_line(const char *format, va_list arguments)
{
    char line[LINE_MAX];
    format_arguments(line, sizeof line, format, arguments);
    spin_lock(&lock);
    for (const char *c = mid_line ? "\r\nsnpmachine: " : "snpmachine: "; *c; c++)
        put((uint8_t)*c);
    for (const char *c = line; *c; c++)
        put((uint8_t)*c);
    put('\r');
    put('\n');
    spin_unlock(&lock);
}

void machine_log(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_line(format, arguments);
    va_end(arguments);
}

void machine_detail(const char *format, ...)
{
    va_list arguments;
    if (!verbose)
        return;
    va_start(arguments, format);
    put_line(format, arguments);
    va_end(arguments);
}

static _Noreturn void end(uint32_t status)
{
    interrupts_off();
    trace_end();
    port_write32(DEBUG_EXIT, status);
    cpu_triple_fault();
    for (;;)
        cpu_stop();
}

_Noreturn void machine_stop(enum machine_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    interrupts_off();
    put_line(format, arguments);
    va_end(arguments);
    end((uint32_t)status);
}

_Noreturn void machine_guest_exit(uint32_t code)
{
    if (code > 63)
        code = 63;
    machine_log("the guest ends the machine with code %u", code);
    end(code ? MACHINE_GUEST_FAILED + code : MACHINE_OK);
}
