/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page of a launch: where it lies, what is in it, and its way through the security processor.
 * Addresses without RAM get a page of the machine's own memory, as QEMU makes RAM there; KVM's VMSA
 * address is beyond what nested tables map, so a VMSA page without RAM is not mapped at all.
 */
#include "host/cpuid.h"
#include "host/launch.h"
#include "host/spare.h"
#include "psp/psp.h"

#define GPA_LIMIT (1ull << 47)

static uint64_t place(enum launch_type type, uint64_t gpa)
{
    uint64_t spa = 0;
    if (gpa < GPA_LIMIT && hw_translate(gpa, &spa, NULL)) {
        return spa;
    }
    if (gpa >= GPA_LIMIT && type != LAUNCH_VMSA) {
        machine_stop(MACHINE_MISUSE, "IGVM file: a page at %llx, beyond what a guest can address",
                     (unsigned long long)gpa);
    }
    spa = spare_page();
    if (gpa < GPA_LIMIT) {
        hw_map(gpa, spa, PAGE_SIZE);
    }
    return spa;
}

static void require_shared(uint64_t gpa, uint64_t spa)
{
    if (hw_rmp_assigned(spa, NULL, NULL)) {
        machine_stop(MACHINE_MISUSE, "IGVM file: the page at %llx is loaded twice",
                     (unsigned long long)gpa);
    }
}

static void write_text(uint64_t spa, const uint8_t *text)
{
    if (text == NULL) {
        memset(physical(spa), 0, PAGE_SIZE);
    } else {
        memcpy(physical(spa), text, PAGE_SIZE);
    }
}

uint64_t launch_page(enum launch_type type, uint64_t gpa, const uint8_t *text)
{
    uint64_t spa = place(type, gpa);
    require_shared(gpa, spa);
    write_text(spa, text);
    if (type == LAUNCH_CPUID) {
        host_cpuid_page(physical(spa));
    }
    uint32_t status = psp_launch_update((enum psp_page_type)type, spa, gpa);
    if (status != PSP_OK) {
        machine_stop(MACHINE_MISUSE, "IGVM file: the firmware refuses the page at %llx: %s",
                     (unsigned long long)gpa, psp_status_name(status));
    }
    return spa;
}

void launch_shared_page(uint64_t gpa, const uint8_t *text)
{
    uint64_t spa = place(LAUNCH_NORMAL, gpa);
    require_shared(gpa, spa);
    write_text(spa, text);
}

static bool wholly_free(uint64_t spa)
{
    for (uint64_t at = spa; at < spa + LARGE_SIZE; at += PAGE_SIZE) {
        if (hw_rmp_assigned(at, NULL, NULL)) {
            return false;
        }
    }
    return true;
}

/* Large entries where both address and RAM allow, as memory backed by huge pages would have. */
void launch_required(uint64_t gpa, uint64_t size)
{
    for (uint64_t at = gpa, end = gpa + size; at < end;) {
        uint64_t spa = place(LAUNCH_UNMEASURED, at);
        uint64_t mapped = 0;
        bool large = hw_translate(at, &spa, &mapped) && mapped == LARGE_SIZE &&
                     at % LARGE_SIZE == 0 && end - at >= LARGE_SIZE && wholly_free(spa) &&
                     hw_rmp_assign(spa, at, LARGE_SIZE) == HW_RMP_OK;
        if (!large && !hw_rmp_assigned(spa, NULL, NULL)) {
            (void)hw_rmp_assign(spa, at, PAGE_SIZE);
        }
        at += large ? LARGE_SIZE : PAGE_SIZE;
    }
}
