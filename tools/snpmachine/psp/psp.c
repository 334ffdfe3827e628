/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The secure processor inside the machine: its one guest, the memory it works on, its own stack.
 *
 * Everything that is cryptography or protocol lies in the other files; here are the RMP checks, the
 * private copies of pages that a guest can still write to, and a lock, since any vCPU may ask.
 */
#include "cpuid_page.h"
#include "guest.h"
#include "hardware/firmware.h"
#include "trace.h"

#define REPORT_VERSION 3u

const struct machine_option psp_options[] = {
    {"report", "version of attestation reports: 2, 3 (Milan; default) or 5 (Turin)"}, {0}};

extern const struct psp_chip psp_chip_milan, psp_chip_turin;

static struct {
    struct spinlock lock;
    struct psp_guest guest;
    uint8_t request[PSP_PAGE], response[PSP_PAGE]; /* private copies */
} psp;

_Noreturn void crypto_broken(int status)
{
    machine_stop(MACHINE_BROKEN, "wolfCrypt refused a correct call: error %d", status);
}

static struct psp_cpuid real_cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct hw_cpuid real = hw_cpuid(leaf, subleaf);

    return (struct psp_cpuid){real.eax, real.ebx, real.ecx, real.edx};
}

void psp_start(void)
{
    uint64_t version = option_number("report", REPORT_VERSION);
    struct psp_platform platform = {
        .chip = version == 5 ? &psp_chip_turin : &psp_chip_milan,
        .report_version = (uint32_t)version,
        .cpuid = real_cpuid,
        .noise = hw_random,
    };

    if (version != 2 && version != 3 && version != 5)
        machine_stop(MACHINE_MISUSE, "report=%lu: reports have version 2, 3 or 5", version);
    if (platform.chip->magic != CHIP_MAGIC)
        machine_stop(MACHINE_BROKEN, "the embedded chip record is not one");
    guest_init(&psp.guest, &platform);
}

uint32_t psp_launch_start(uint64_t policy)
{
    return guest_launch_start(&psp.guest, policy);
}

/* Launching an assigned page would let the host write into a running guest. */
static bool page_is_usable(uint64_t spa)
{
    return spa % PSP_PAGE == 0 && hw_is_shared(spa);
}

/* As QEMU prints it: what the host offered and what the firmware allows. */
static void cpuid_report(const struct cpuid_page *offered, const struct cpuid_page *allowed)
{
    for (unsigned i = 0; i < CPUID_ENTRIES; i++) {
        const struct cpuid_entry *a = &offered->entries[i], *b = &allowed->entries[i];

        if (memcmp(a, b, sizeof(*a)) != 0)
            machine_log("CPUID %x.%u offers %08x %08x %08x %08x, allowed is %08x %08x %08x %08x",
                        a->leaf, a->subleaf, a->value.eax, a->value.ebx, a->value.ecx, a->value.edx,
                        b->value.eax, b->value.ebx, b->value.ecx, b->value.edx);
    }
}

uint32_t psp_launch_update(enum psp_page_type type, uint64_t spa, uint64_t gpa)
{
    struct hw_launch_page page = {.spa = spa, .gpa = gpa, .vmsa = type == PSP_PAGE_VMSA};
    uint32_t status;

    if (!page_is_usable(spa))
        return PSP_INVALID_PAGE_STATE;
    memcpy(psp.request, physical(spa), PSP_PAGE);
    status = guest_launch_page(&psp.guest, type, gpa, physical(spa));
    if (status != PSP_OK && type == PSP_PAGE_CPUID)
        cpuid_report((const void *)psp.request, physical(spa));
    trace(TRACE_HOST, TRACE_LAUNCH, type, gpa);
    if (status == PSP_OK && hw_launch(&page) != HW_RMP_OK)
        machine_stop(MACHINE_BROKEN, "a measured page at %lx cannot be launched", spa);
    return status;
}

uint32_t psp_launch_finish(const struct psp_launch_finish *finish)
{
    return guest_launch_finish(&psp.guest, finish);
}

void psp_launch_digest(uint8_t digest[48])
{
    memcpy(digest, psp.guest.digest, SHA384_SIZE);
}

/* Entered on the secure processor's own stack. */
/* chips.S */
uint32_t psp_on_own_stack(uint32_t (*function)(void));

static uint32_t answer(void)
{
    return guest_message(&psp.guest, psp.request, psp.response);
}

uint32_t psp_guest_request(uint64_t request_spa, uint64_t response_spa)
{
    uint32_t status = PSP_INVALID_PAGE_STATE;

    spin_lock(&psp.lock);
    if (request_spa != response_spa && page_is_usable(request_spa) &&
        page_is_usable(response_spa)) {
        memcpy(psp.request, physical(request_spa), PSP_PAGE);
        status = psp_on_own_stack(answer);
        /* Signing takes a while, in which another vCPU may have had the page made private. */
        if (status == PSP_OK && !page_is_usable(response_spa))
            status = PSP_INVALID_PAGE_STATE;
        if (status == PSP_OK)
            memcpy(physical(response_spa), psp.response, PSP_PAGE);
    }
    spin_unlock(&psp.lock);
    trace(TRACE_HOST, TRACE_MESSAGE, status, request_spa);
    if ((status & PSP_NOT_MODELLED) == PSP_NOT_MODELLED)
        machine_stop(MACHINE_NOT_MODELLED, "a guest message of type %u to the secure processor",
                     status & ~PSP_NOT_MODELLED);
    return status;
}

const uint8_t *psp_certificates(uint32_t *size)
{
    *size = psp.guest.platform.chip->certificates_size;
    return psp.guest.platform.chip->certificates;
}
