/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing the SVSM from the guest: PROCESSORS CALLS SEED on the command line, CALLS in all.
 *
 * Half of the turns change the processor's own memory and know every result; the others throw
 * anything. The kernel below checks itself against its model after every entry. In the end all that
 * was not named is as it was.
 */
#include "fuzz.h"

static struct fuzz fuzzers[PROCESSORS];
static uint64_t calls_each, seed;

static uint64_t read_number(const char **words)
{
    uint64_t number = 0;

    while (**words == ' ')
        ++*words;
    while (**words >= '0' && **words <= '9')
        number = number * 10 + (uint64_t)(*(*words)++ - '0');
    return number;
}

static void fuzz_processor(uint64_t number)
{
    struct fuzz *fuzz = &fuzzers[number];

    fuzz->random = (seed + number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    own_start(fuzz, (unsigned)number);
    while (fuzz->calls < calls_each) {
        if (fuzz_random(fuzz, 2) == 0)
            own_turn(fuzz);
        else
            wild_turn(fuzz);
        relax();
    }
    own_check(fuzz);
}

static uint64_t canary(uint64_t address)
{
    return address * UINT64_C(0x9e3779b97f4a7c15);
}

static void fill_canary(void)
{
    for (uint64_t at = CANARY; at < CANARY_END; at += 8)
        *(volatile uint64_t *)at = canary(at);
}

static void check_canary(void)
{
    for (uint64_t at = CANARY; at < CANARY_END; at += 8)
        expect_equal(*(volatile uint64_t *)at, canary(at), "memory that was never named");
}

static void report(unsigned processors)
{
    struct fuzz all = {0};

    for (unsigned i = 0; i < processors; i++) {
        all.calls += fuzzers[i].calls;
        all.refused += fuzzers[i].refused;
        all.retried += fuzzers[i].retried;
    }
    print("guest: fuzzed ");
    print_number(all.calls);
    print(" calls, refused ");
    print_number(all.refused);
    print(", repeated ");
    print_number(all.retried);
    print("\n");
}

int guest_main(const char *words)
{
    unsigned processors = (unsigned)read_number(&words);

    expect(processors >= 1 && processors <= PROCESSORS, "a number of processors");
    calls_each = read_number(&words) / processors;
    seed = read_number(&words);
    fill_canary();
    for (unsigned i = 1; i < processors; i++)
        expect(start_processor(i, fuzz_processor, i), "a processor starts");
    fuzz_processor(0);
    for (unsigned i = 1; i < processors; i++)
        join_processor(i);
    check_canary();
    report(processors);
    return 0;
}
