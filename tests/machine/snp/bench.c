/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What exits and switches cost. Prints "bench NAME NUMBER": TSC ticks a call, which under -icount
 * are instructions. The best of many short batches, because what disturbs one only makes it slower.
 */
#include "guest.h"

#define BATCHES 20u
#define ROUNDS  50u /* in a batch: short beside a time slice of the machine below */
#define LOOPS   1000u

/* A 32-bit OUT to the machine's trace port leaves a mark in its event trace. */
#define IOIO       0x7Bull
#define MARK_WRITE (0x2E0ull << 16 | 0x40)

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

static void measure(const char *name, void (*operation)(uint64_t round))
{
    static uint64_t number;
    struct ghcb_call mark = {IOIO, MARK_WRITE, 0, ++number};
    uint64_t best = ~0ull;
    ghcb_call(&mark);
    for (unsigned batch = 0; batch < BATCHES; batch++) {
        uint64_t begin = tsc();
        for (uint64_t round = 0; round < ROUNDS; round++)
            operation(round);
        uint64_t each = (tsc() - begin) / ROUNDS;
        best = each < best ? each : best;
    }
    print("bench ");
    print(name);
    print(" ");
    print_decimal(best);
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

/* Two instructions a turn: what a guest runs without exits. */
static void plain_loop(uint64_t round)
{
    uint64_t left = LOOPS;
    (void)round;
    __asm__ volatile("1: dec %0; jnz 1b" : "+r"(left)::"cc");
}

static void trivial_exit(uint64_t round)
{
    (void)round;
    vmgexit();
}

static void features_call(uint64_t round)
{
    (void)round;
    ghcb_msr_call(0x080);
}

static void validate(uint64_t round)
{
    (void)(pvalidate(WINDOW, 0, round & 1));
}

static void round_trip(uint64_t round)
{
    (void)round;
    run_vmpl(2);
}

/* What a kernel with two servers would leave: trace.h. One exit each. */
static void case_marks(void)
{
    static const uint64_t marks[] = {0x04037476, 0x04036D70, 0x01000000, 0x02030007,
                                     0x01030000, 0x03000000, 0x01000000, 0x01050000};
    for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++)
        expect("mark", ghcb_msr_call(marks[i] << 32 | 0xE20), 0xE21);
}

static void case_bench(void)
{
    measure("plain-loop", plain_loop);
    msr_write(0xC0010130, 0); /* the host then just resumes */
    measure("trivial-exit", trivial_exit);
    measure("msr-protocol-call", features_call);
    measure("pvalidate", validate);
    vmpl_make(2);
    vmpl_context(2)->job = low_back;
    vmpl_context(2)->argument = BATCHES * ROUNDS;
    measure("vmpl2-vmpl0-vmpl2", round_trip);
}

const struct test_case bench_cases[] = {{"bench", case_bench}, {"marks", case_marks}, {0}};
