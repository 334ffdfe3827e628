/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware's check of a CPUID page, register by register from one table.
 *
 * AMD gives the policy of every function in each processor's manual; the table holds the kinds that
 * matter to a guest: feature words may only lose bits, limits may only shrink, identity must be
 * true. "more" holds bits that any processor with SNP has, or that hosts emulate by themselves
 * (x2APIC, the deadline timer, OSXSAVE, the hypervisor bit), whether or not the processor that
 * plays it has them. Functions that are not listed and the hypervisor's own range are not checked.
 */
#include "cpuid_page.h"

enum rule { ANY, EQUAL, SUBSET, LIMIT };

#define EVERY_SUBLEAF UINT32_MAX

struct check {
    uint32_t leaf, subleaf;
    enum rule eax, ebx, ecx, edx;
    uint32_t more_ecx, more_edx;
};

#define L1_ECX (1u << 21 | 1u << 24 | 1u << 27 | 1u << 31)
#define L1_EDX (1u << 28) /* more than one thread */
#define X1_ECX (1u << 22) /* topology leaves */
#define X7_EDX (1u << 8)  /* invariant TSC */

static const struct check checks[] = {
    {0x0, EVERY_SUBLEAF, LIMIT, EQUAL, EQUAL, EQUAL, 0, 0},
    {0x1, EVERY_SUBLEAF, EQUAL, ANY, SUBSET, SUBSET, L1_ECX, L1_EDX},
    {0x7, 0, LIMIT, SUBSET, SUBSET, SUBSET, 0, 0},
    {0x7, 1, SUBSET, SUBSET, SUBSET, SUBSET, 0, 0},
    {0xD, 0, SUBSET, ANY, ANY, SUBSET, 0, 0},
    {0xD, 1, SUBSET, ANY, SUBSET, SUBSET, 0, 0},
    {0x80000000, EVERY_SUBLEAF, LIMIT, EQUAL, EQUAL, EQUAL, 0, 0},
    {0x80000001, EVERY_SUBLEAF, EQUAL, ANY, SUBSET, SUBSET, X1_ECX, 0},
    {0x80000007, EVERY_SUBLEAF, ANY, SUBSET, ANY, SUBSET, 0, X7_EDX},
    {0x80000008, EVERY_SUBLEAF, ANY, SUBSET, ANY, ANY, 0, 0},
    {0x8000001F, EVERY_SUBLEAF, SUBSET, EQUAL, ANY, ANY, 0, 0},
};

static const struct check *check_of(const struct cpuid_entry *entry)
{
    for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        const struct check *check = &checks[i];

        if (check->leaf == entry->leaf &&
            (check->subleaf == EVERY_SUBLEAF || check->subleaf == entry->subleaf))
            return check;
    }
    return NULL;
}

/* What the firmware would have written instead of "wish". */
static uint32_t allowed(enum rule rule, uint32_t wish, uint32_t real)
{
    switch (rule) {
    case EQUAL:
        return real;
    case SUBSET:
        return wish & real;
    case LIMIT:
        return wish < real ? wish : real;
    case ANY:
        break;
    }
    return wish;
}

static bool entry_correct(struct cpuid_entry *entry, const struct psp_platform *platform)
{
    const struct check *check = check_of(entry);
    struct psp_cpuid real, *wish = &entry->value, fixed;
    bool good;

    if (!check)
        return true;
    real = platform->cpuid(entry->leaf, entry->subleaf);
    fixed.eax = allowed(check->eax, wish->eax, real.eax);
    fixed.ebx = allowed(check->ebx, wish->ebx, real.ebx);
    fixed.ecx = allowed(check->ecx, wish->ecx, real.ecx | check->more_ecx);
    fixed.edx = allowed(check->edx, wish->edx, real.edx | check->more_edx);
    good = fixed.eax == wish->eax && fixed.ebx == wish->ebx && fixed.ecx == wish->ecx &&
           fixed.edx == wish->edx;
    *wish = fixed;
    return good;
}

static bool page_is_wellformed(const struct cpuid_page *page)
{
    if (page->count > CPUID_ENTRIES || page->reserved != 0 || page->reserved2 != 0)
        return false;
    for (uint32_t i = 0; i < page->count; i++)
        if (page->entries[i].reserved != 0)
            return false;
    return true;
}

uint32_t cpuid_page_check(struct cpuid_page *page, const struct psp_platform *platform)
{
    bool good = true;

    if (!page_is_wellformed(page))
        return PSP_INVALID_PARAM;
    for (uint32_t i = 0; i < page->count; i++)
        good = entry_correct(&page->entries[i], platform) && good;
    return good ? PSP_OK : PSP_INVALID_PARAM;
}
