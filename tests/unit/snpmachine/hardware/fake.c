/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of the machine for a program on the build machine: memory from the C library, no other
 * CPUs, and a stop that fails the test.
 */
#include "hardware/vcpu.h"
#include "machine.h"
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t fake_cr4;
struct machine machine;

_Noreturn void machine_stop(enum machine_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "machine_stop %d: ", (int)status);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

unsigned cpu_number(void)
{
    return 0;
}

void machine_log(const char *format, ...)
{
    (void)format;
}

const char *option_text(const char *name)
{
    return strcmp(name, "seed") ? NULL : "1";
}

uint64_t option_number(const char *name, uint64_t otherwise)
{
    return strcmp(name, "seed") ? otherwise : 1;
}

void *memory_pages(uint64_t count)
{
    void *pages = aligned_alloc(PAGE_SIZE, count * PAGE_SIZE);
    if (!pages)
        abort();
    return memset(pages, 0, count * PAGE_SIZE);
}

void *memory_page(void)
{
    return memory_pages(1);
}

/* Freed pages are poisoned: a table that is used afterwards is found by AddressSanitizer. */
void memory_page_free(void *page)
{
    free(page);
}

void *memory_alloc(size_t size)
{
    return calloc(1, size);
}

void memory_free(void *pointer)
{
    free(pointer);
}

void spin_lock(struct spinlock *lock)
{
    if (lock->taken)
        abort();
    lock->taken = 1;
}

void spin_unlock(struct spinlock *lock)
{
    lock->taken = 0;
}

void cpu_kick(unsigned cpu)
{
    (void)cpu;
}

bool trace_on;

void trace_add(unsigned vmpl, enum trace_event event, uint64_t code, uint64_t value)
{
    (void)vmpl;
    (void)event;
    (void)code;
    (void)value;
}

void run_start(void)
{
}
