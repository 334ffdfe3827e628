/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stand-ins for parts that are not in the tree: the machine then says so and ends.
 */
#include "hardware/firmware.h"
#include "machine.h"
#include "psp/psp.h"

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

/* Without a secure processor pages are launched unmeasured and no message is answered. */
__attribute__((weak)) const char *psp_status_name(uint32_t status)
{
    return status ? "refused" : "success";
}

__attribute__((weak)) uint32_t psp_launch_start(uint64_t policy)
{
    (void)policy;
    return PSP_OK;
}

__attribute__((weak)) uint32_t psp_launch_update(enum psp_page_type type, uint64_t spa,
                                                 uint64_t gpa)
{
    struct hw_launch_page page = {.spa = spa, .gpa = gpa, .vmsa = type == PSP_PAGE_VMSA};
    return hw_launch(&page) == HW_RMP_OK ? PSP_OK : PSP_INVALID_PAGE_STATE;
}

__attribute__((weak)) uint32_t psp_launch_finish(const struct psp_launch_finish *finish)
{
    (void)finish;
    return PSP_OK;
}

__attribute__((weak)) uint32_t psp_guest_request(uint64_t request_spa, uint64_t response_spa)
{
    (void)request_spa;
    (void)response_spa;
    return PSP_INVALID_GUEST_STATE;
}

__attribute__((weak)) const uint8_t *psp_certificates(uint32_t *size)
{
    *size = 0;
    return (const uint8_t *)"";
}
