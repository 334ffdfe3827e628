/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CPUID page: what the host proposes, held against what the processor has.
 */
#ifndef SNPMACHINE_PSP_CPUID_PAGE_H
#define SNPMACHINE_PSP_CPUID_PAGE_H

#include "guest.h"

struct cpuid_entry {
    uint32_t leaf, subleaf;
    uint64_t xcr0, xss;
    struct psp_cpuid value;
    uint64_t reserved;
};

#define CPUID_ENTRIES 64u

struct cpuid_page {
    uint32_t count, reserved;
    uint64_t reserved2;
    struct cpuid_entry entries[CPUID_ENTRIES];
    uint8_t rest[4096 - 16 - 48 * CPUID_ENTRIES];
};
_Static_assert(sizeof(struct cpuid_page) == PSP_PAGE, "one page");

/* PSP_INVALID_PARAM: corrected in place where an entry promised too much; a malformed page is left
 * as it is. */
uint32_t cpuid_page_check(struct cpuid_page *page, const struct psp_platform *platform);

#endif
