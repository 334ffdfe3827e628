/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What VMPL2 may do with a page is what VMPL0's RMPADJUST says. A denial ends the machine with the
 * host's line about the fault.
 */
#include "guest.h"

static uint64_t low_read(uint64_t address)
{
    return *(volatile uint64_t *)address;
}

static uint64_t low_write(uint64_t address)
{
    *(volatile uint64_t *)address = 1;
    return 0;
}

static uint64_t low_execute(uint64_t address)
{
    ((void (*)(void))address)();
    return 0;
}

static void deny(uint64_t rights, uint64_t (*what)(uint64_t))
{
    vmpl_make(2);
    if (pvalidate(WINDOW, 0, 1))
        die("PVALIDATE");
    *(volatile uint8_t *)WINDOW = 0xC3;
    if (rmpadjust(WINDOW, 0, VMPL_ALL << 8 | 2))
        die("RMPADJUST");
    vmpl_run(2, low_read, WINDOW);
    vmpl_run(2, low_execute, WINDOW);
    if (rmpadjust(WINDOW, 0, rights << 8 | 2))
        die("RMPADJUST");
    if (rights & VMPL_R) /* so that the page is mapped, with the rights it has now */
        vmpl_run(2, low_read, WINDOW);
    print("guest: VMPL2 tries\n");
    vmpl_run(2, what, WINDOW);
    die("it was allowed");
}

static void case_deny_read(void)
{
    deny(0, low_read);
}

static void case_deny_write(void)
{
    deny(VMPL_R | 4 | 8, low_write);
}

static void case_deny_execute(void)
{
    deny(VMPL_RW, low_execute);
}

static void case_allow_read(void)
{
    vmpl_make(2);
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    *(volatile uint64_t *)WINDOW = 0x5EC;
    expect("grant", rmpadjust(WINDOW, 0, VMPL_R << 8 | 2), 0);
    expect("VMPL2 reads it", vmpl_run(2, low_read, WINDOW), 0x5EC);
}

const struct test_case deny_cases[] = {
    {"vmpl-deny-read", case_deny_read},
    {"vmpl-deny-write", case_deny_write},
    {"vmpl-deny-execute", case_deny_execute},
    {"vmpl-allow-read", case_allow_read},
    {NULL, NULL},
};
