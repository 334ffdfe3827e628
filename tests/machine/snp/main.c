/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the case whose name pack wrote into the CHOICE page. Code 1 to the exit port: all
 * comparisons held; 2: some did not.
 */
#include "guest.h"

_Noreturn void guest_main(void);

static const struct test_case *const groups[] = {
    vc_cases,     insn_cases, memory_cases, vmpl_cases, bench_cases, hostile_cases,
    attest_cases, irq_cases,  sweep_cases,  disk_cases, deny_cases};

static const struct test_case *find(const char *name)
{
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
        for (const struct test_case *c = groups[g]; c->name; c++) {
            const char *a = c->name, *b = name;
            while (*a && *a == *b) {
                a++;
                b++;
            }
            if (*a == *b)
                return c;
        }
    return NULL;
}

_Noreturn void guest_main(void)
{
    start_traps();
    const struct test_case *chosen = find((const char *)CHOICE);
    if (!chosen)
        die("no such case");
    chosen->run();
    print(failures() ? "guest: FAILED " : "guest: passed ");
    print(chosen->name);
    print("\n");
    finish(failures() ? 2 : 1);
}
