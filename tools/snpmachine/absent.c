/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stand-ins for parts that are not in the tree: the machine then says so and ends.
 */
#include "machine.h"

__attribute__((weak)) const struct machine_option host_options[] = {{0}};
__attribute__((weak)) const struct machine_option psp_options[] = {{0}};

__attribute__((weak)) void psp_start(void)
{
}

__attribute__((weak)) void host_start(void)
{
}

__attribute__((weak)) _Noreturn void host_cpu_main(unsigned cpu)
{
    if (cpu == 0)
        machine_stop(MACHINE_MISUSE, "this machine was built without a host part");
    for (;;)
        cpu_idle();
}
