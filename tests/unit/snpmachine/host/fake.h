/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fake of hardware.h and machine.h for the host part's unit tests: a little RAM with one owner
 * per page, a TSC that tests set, and a machine_stop that returns to the test.
 */
#ifndef TESTS_SNPMACHINE_HOST_FAKE_H
#define TESTS_SNPMACHINE_HOST_FAKE_H

#include <setjmp.h>

#include "hardware/hardware.h"

#define FAKE_PAGES 1536ull    /* 6 MiB: three large pages */
#define FAKE_RAM   0x10000ull /* where it begins: a process may not map page 0 */
#define FAKE_END   (FAKE_PAGES * PAGE_SIZE)
#define ONE_MIB    0x100000ull

struct fake_page {
    bool assigned;
    bool large; /* part of a 2 MiB RMP entry */
    uint64_t gpa;
};

struct fake {
    struct fake_page page[FAKE_PAGES];
    bool mapped_large; /* hw_translate says 2 MiB */
    uint64_t now;
    unsigned kicks[CPUS_MAX];
    unsigned mmio_maps, assigns, releases, smashes;
    uint64_t timer;
    unsigned idles;
    void (*run)(struct hw_vmcb *);
    jmp_buf stop;
    enum machine_status status;
    char text[400];
};
extern struct fake fake;

void fake_reset(void);

static inline uint8_t *fake_ram(uint64_t gpa)
{
    return physical(gpa);
}

/* Runs body(argument); true if it ended in machine_stop (fake.status and fake.text tell how). */
bool fake_stops(void (*body)(void *), void *argument);

/* Options as on QEMU's command line; NULL forgets them. Pairs of name and value, ended by NULL. */
void fake_options(const char *const *pairs);

#endif
