/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order in which the machine's parts start.
 */
#include "cpu.h"
#include "hardware/hardware.h"
#include "trace.h"

#define BATCHES 1000u
#define LOOPS   1000u

/* The same two instructions a turn as in tests/machine/snp/bench.c: what QEMU's own speed is. */
static void time_plain_loop(void)
{
    uint64_t best = ~0ull;
    for (unsigned batch = 0; batch < BATCHES; batch++) {
        uint64_t left = LOOPS, begin = machine_tsc();
        __asm__ volatile("1: dec %0; jnz 1b" : "+r"(left)::"cc");
        uint64_t each = machine_tsc() - begin;
        best = each < best ? each : best;
    }
    machine_log("bench plain-loop-outside %lu", best);
}

_Noreturn void machine_main(void)
{
    trace_start();
    machine_log("SNP machine on QEMU %s, %u CPU%s, TSC %lu MHz",
                machine.microvm ? "microvm" : "q35", machine.cpus, machine.cpus == 1 ? "" : "s",
                machine.tsc_hz / 1000000);
    if (option_text("bench"))
        time_plain_loop();
    hardware_start();
    psp_start();
    host_start();
    cpu_release_others();
    host_cpu_main(0);
}
