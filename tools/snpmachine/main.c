/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order in which the machine's parts start.
 */
#include "cpu.h"
#include "hardware/hardware.h"
#include "trace.h"

_Noreturn void machine_main(void)
{
    trace_start();
    machine_log("SNP machine on QEMU %s, %u CPU%s, TSC %lu MHz",
                machine.microvm ? "microvm" : "q35", machine.cpus, machine.cpus == 1 ? "" : "s",
                machine.tsc_hz / 1000000);
    hardware_start();
    psp_start();
    host_start();
    cpu_release_others();
    host_cpu_main(0);
}
