/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page state changes; see psc.h.
 *
 * A large entry becomes one 2 MiB RMP entry if nothing of it was assigned before, else 512 small
 * ones: this is what KVM does with guests that mix sizes. The shared buffer is re-read for nothing:
 * each entry is fetched once, and the header's end is fixed when the call begins.
 */
#include "host/psc.h"
#include "host/ghcb.h"
#include "host/hostile.h"

#define GPA_MASK       0x000FFFFFFFFFF000ull
#define DONE_MASK      0xFFFull
#define LARGE_BIT      (1ull << 56)
#define RESERVED_SHIFT 57
#define SMALL_PER_2M   512u

#define ERROR_HEADER  0x100000001ull
#define ERROR_ENTRY   0x100000002ull
#define ERROR_GENERIC 0x10000000000ull

bool page_state_decode(uint64_t raw, struct page_state_entry *entry)
{
    entry->gpa = raw & GPA_MASK;
    entry->operation = (unsigned)(raw >> 52) & 0xFu;
    entry->done = (unsigned)(raw & DONE_MASK);
    entry->large = (raw & LARGE_BIT) != 0;
    bool known = entry->operation >= PSC_PRIVATE && entry->operation <= PSC_UNSMASH;
    bool aligned = !entry->large || entry->gpa % LARGE_SIZE == 0;
    return raw >> RESERVED_SHIFT == 0 && known && aligned &&
           entry->done <= (entry->large ? SMALL_PER_2M : 1u);
}

static bool small_change(uint64_t gpa, unsigned operation)
{
    uint64_t spa = 0;
    uint64_t size = 0;
    if (!hw_translate(gpa, &spa, NULL)) {
        return false;
    }
    bool assigned = hw_rmp_assigned(spa, NULL, &size);
    if (operation == PSC_PRIVATE) {
        return assigned || hw_rmp_assign(spa, gpa, PAGE_SIZE) == HW_RMP_OK;
    }
    if (!assigned) {
        return true;
    }
    if (size == LARGE_SIZE && hw_psmash(spa & ~(LARGE_SIZE - 1)) != HW_RMP_OK) {
        return false;
    }
    return hw_rmp_release(spa, PAGE_SIZE) == HW_RMP_OK;
}

/* Both halves of a large change in one step; false if it has to be done in small ones. */
static bool large_change(const struct page_state_entry *entry)
{
    uint64_t spa = 0;
    uint64_t mapped = 0;
    uint64_t size = 0;
    if (entry->done != 0 || !hw_translate(entry->gpa, &spa, &mapped) || mapped != LARGE_SIZE) {
        return false;
    }
    bool assigned = hw_rmp_assigned(spa, NULL, &size);
    if (entry->operation == PSC_SHARED) {
        return assigned && size == LARGE_SIZE && hw_rmp_release(spa, LARGE_SIZE) == HW_RMP_OK;
    }
    if (assigned) {
        return size == LARGE_SIZE;
    }
    for (uint64_t at = PAGE_SIZE; at < LARGE_SIZE; at += PAGE_SIZE) {
        if (hw_rmp_assigned(spa + at, NULL, NULL)) {
            return false;
        }
    }
    return hw_rmp_assign(spa, entry->gpa, LARGE_SIZE) == HW_RMP_OK;
}

static bool smash(const struct page_state_entry *entry)
{
    uint64_t spa = 0;
    return hw_translate(entry->gpa, &spa, NULL) && hw_psmash(spa & ~(LARGE_SIZE - 1)) == HW_RMP_OK;
}

bool page_state_change(const struct page_state_entry *entry)
{
    if (hostile_page_state(entry)) {
        return true;
    }
    if (entry->operation == PSC_SMASH) {
        return smash(entry);
    }
    if (entry->operation == PSC_UNSMASH) {
        return true; /* a hint; keeping the small entries is allowed */
    }
    if (!entry->large) {
        return entry->done == 1 || small_change(entry->gpa, entry->operation);
    }
    if (large_change(entry)) {
        return true;
    }
    for (unsigned i = entry->done; i < SMALL_PER_2M; i++) {
        if (!small_change(entry->gpa + i * PAGE_SIZE, entry->operation)) {
            return false;
        }
    }
    return true;
}

struct header {
    uint16_t current, end;
    uint32_t reserved;
};

static uint64_t run_entry(struct ghcb_call *call, uint16_t index)
{
    uint64_t raw = 0;
    uint32_t place = (uint32_t)sizeof(struct header) + index * 8u;
    struct page_state_entry entry;
    ghcb_buffer_read(call, place, &raw, sizeof raw);
    if (!page_state_decode(raw, &entry)) {
        return ERROR_ENTRY;
    }
    if (!page_state_change(&entry)) {
        return ERROR_GENERIC;
    }
    raw = (raw & ~DONE_MASK) | (entry.large ? SMALL_PER_2M : 1u);
    ghcb_buffer_write(call, place, &raw, sizeof raw);
    return 0;
}

void ghcb_page_state(struct ghcb_call *call)
{
    struct header header;
    if (!ghcb_buffer_check(call, sizeof header)) {
        return;
    }
    ghcb_buffer_read(call, 0, &header, sizeof header);
    uint64_t end = sizeof header + (header.end + 1ull) * 8u;
    if (header.end >= PSC_ENTRIES || header.reserved != 0 ||
        call->buffer + end > GHCB_BUFFER_OFFSET + GHCB_BUFFER_SIZE) {
        call->info2 = ERROR_HEADER;
        return;
    }
    for (uint16_t i = header.current; i <= header.end; i++) {
        call->info2 = run_entry(call, i);
        if (call->info2 != 0) {
            return;
        }
        uint16_t next = (uint16_t)(i + 1);
        ghcb_buffer_write(call, 0, &next, sizeof next);
    }
}

static _Noreturn void stop_at_fault(const struct vcpu *vcpu, const char *what)
{
    const struct hw_vmcb *vmcb = &vcpu->level[vcpu->vmpl].vmcb;
    machine_stop(MACHINE_RMP_FAULT, "vCPU %u VMPL %u: %s at gpa %llx (error %llx)", vcpu->index,
                 vcpu->vmpl, what, (unsigned long long)vmcb->exit_info2,
                 (unsigned long long)vmcb->exit_info1);
}

static void split_mapping(uint64_t gpa, uint64_t spa)
{
    uint64_t base = gpa & ~(LARGE_SIZE - 1);
    uint64_t from = spa & ~(LARGE_SIZE - 1);
    for (uint64_t offset = 0; offset < LARGE_SIZE; offset += PAGE_SIZE) {
        hw_map(base + offset, from + offset, PAGE_SIZE);
    }
}

/* Private access: the page is not the guest's, or its RMP entry has another size than its mapping.
 * Shared access: the page is the guest's. Both conversions are what KVM does; the guest then meets
 * a page that is not validated. */
static void rmp_fault(struct vcpu *vcpu, uint64_t gpa, uint64_t error)
{
    uint64_t spa = 0;
    uint64_t mapped = 0;
    uint64_t size = 0;
    uint64_t owner = 0;
    if (!hw_translate(gpa, &spa, &mapped)) {
        stop_at_fault(vcpu, "RMP fault outside RAM");
    }
    bool assigned = hw_rmp_assigned(spa, &owner, &size);
    struct page_state_entry entry = {.gpa = gpa & ~(PAGE_SIZE - 1)};
    if ((error & HW_NPF_ENC) == 0 || !assigned) {
        entry.operation = (error & HW_NPF_ENC) == 0 ? PSC_SHARED : PSC_PRIVATE;
        machine_log("vCPU %u VMPL %u: implicit conversion of gpa %llx to %s", vcpu->index,
                    vcpu->vmpl, (unsigned long long)entry.gpa,
                    entry.operation == PSC_SHARED ? "shared" : "private");
        if (!page_state_change(&entry)) {
            stop_at_fault(vcpu, "implicit page state change failed");
        }
    } else if (owner != (entry.gpa & ~(size - 1))) {
        stop_at_fault(vcpu, "the page behind this address belongs to another one");
    } else if (size == LARGE_SIZE && mapped == PAGE_SIZE) {
        (void)hw_psmash(spa & ~(LARGE_SIZE - 1));
    } else if (mapped == LARGE_SIZE) {
        split_mapping(gpa, spa);
    } else {
        stop_at_fault(vcpu, "RMP fault that no page state change can mend");
    }
}

void page_fault(struct vcpu *vcpu)
{
    const struct hw_vmcb *vmcb = &vcpu_level(vcpu)->vmcb;
    uint64_t gpa = vmcb->exit_info2;
    uint64_t error = vmcb->exit_info1;
    if ((error & HW_NPF_VMPL) != 0) {
        stop_at_fault(vcpu, "the VMPL's permissions forbid the access");
    }
    if ((error & HW_NPF_SIZEM) != 0) {
        uint64_t spa = 0;
        if (!hw_translate(gpa, &spa, NULL) || hw_psmash(spa & ~(LARGE_SIZE - 1)) != HW_RMP_OK) {
            stop_at_fault(vcpu, "page size mismatch that PSMASH cannot mend");
        }
        return;
    }
    if ((error & HW_NPF_RMP) != 0) {
        rmp_fault(vcpu, gpa, error);
        return;
    }
    hw_map_mmio(gpa & ~(PAGE_SIZE - 1), PAGE_SIZE);
}
