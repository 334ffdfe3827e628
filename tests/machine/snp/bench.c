/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What exits and switches cost. Prints "bench NAME INSTRUCTIONS/call" under -icount, where the TSC
 * counts instructions; cycles otherwise.
 */
#include "guest.h"

#define ROUNDS 1000u

static uint64_t tsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static void print_decimal(uint64_t value)
{
    char digits[21];
    int at = 20;
    digits[at] = 0;
    do
        digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    print(digits + at);
}

static void report(const char *name, uint64_t begin)
{
    uint64_t each = (tsc() - begin) / ROUNDS;
    print("bench ");
    print(name);
    print(" ");
    print_decimal(each);
    print("\n");
}

/* The MSR protocol as an SVSM's entry code has it: its three instructions side by side. */
static uint64_t run_vmpl(uint64_t vmpl)
{
    uint32_t low = 0x016, high = (uint32_t)vmpl;
    __asm__ volatile("wrmsr; .byte 0xF3, 0x0F, 0x01, 0xD9; rdmsr"
                     : "+a"(low), "+d"(high)
                     : "c"(0xC0010130)
                     : "memory");
    return low;
}

static uint64_t low_back(uint64_t argument)
{
    for (uint64_t i = 0; i < argument; i++)
        run_vmpl(0);
    return 0;
}

static void case_bench(void)
{
    uint64_t begin;
    msr_write(0xC0010130, 0); /* the host then just resumes */
    begin = tsc();
    for (unsigned i = 0; i < ROUNDS; i++)
        vmgexit();
    report("trivial-exit", begin);

    begin = tsc();
    for (unsigned i = 0; i < ROUNDS; i++)
        ghcb_msr_call(0x080);
    report("msr-protocol-call", begin);

    begin = tsc();
    for (unsigned i = 0; i < ROUNDS; i++)
        (void)(pvalidate(WINDOW, 0, i & 1));
    report("pvalidate", begin);

    vmpl_make(2);
    vmpl_context(2)->job = low_back;
    vmpl_context(2)->argument = ROUNDS;
    begin = tsc();
    for (unsigned i = 0; i < ROUNDS; i++)
        run_vmpl(2);
    report("vmpl2-vmpl0-vmpl2", begin);
}

const struct test_case bench_cases[] = {{"bench", case_bench}, {0}};
