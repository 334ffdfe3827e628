/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GHCB MSR protocol: requests in bits 11:0 of the MSR, answered in the same MSR, and the entry
 * point of every VMGEXIT. A request that is in no table stops the machine, as KVM ends such a
 * guest.
 */
#include "host/cpuid.h"
#include "host/ghcb.h"
#include "host/hostile.h"
#include "host/psc.h"
#include "trace.h"

#define CODE_MASK    0xFFFull
#define SEV_INFO     0x001u
#define TERMINATE    0x100u
#define MSR_HIGH(v)  ((uint64_t)(v) << 32)
#define GFN_SHIFT    12
#define PAGE_ADDRESS 0x000FFFFFFFFFF000ull

struct msr_request {
    uint16_t code;
    /* Returns the MSR's new value. */
    uint64_t (*answer)(struct vcpu *, uint64_t value);
};

static uint64_t sev_info(struct vcpu *vcpu, uint64_t value)
{
    (void)vcpu;
    (void)value;
    return (uint64_t)GHCB_VERSION_MAX << 48 | MSR_HIGH(GHCB_VERSION_MIN) |
           (uint64_t)hw_c_bit() << 24 | SEV_INFO;
}

static uint64_t cpuid(struct vcpu *vcpu, uint64_t value)
{
    struct hw_cpuid leaf = host_cpuid((uint32_t)(value >> 32), 0, vcpu->apic_id);
    const uint32_t registers[4] = {leaf.eax, leaf.ebx, leaf.ecx, leaf.edx};
    unsigned which = (unsigned)(value >> 30) & 3u;
    return MSR_HIGH(registers[which]) | (uint64_t)which << 30 | 0x005u;
}

static uint64_t ap_reset_hold(struct vcpu *vcpu, uint64_t value)
{
    (void)value;
    vcpu->state = VCPU_HELD_MSR;
    return 0x007u; /* the start-up interrupt fills in bits 63:12 */
}

static uint64_t preferred_page(struct vcpu *vcpu, uint64_t value)
{
    (void)vcpu;
    (void)value;
    return GHCB_GFN_ALL_ONES << GFN_SHIFT | 0x011u;
}

static uint64_t register_page(struct vcpu *vcpu, uint64_t value)
{
    bool accepted = ghcb_register(vcpu, value & ~CODE_MASK);
    return (accepted ? value & ~CODE_MASK : GHCB_GFN_ALL_ONES << GFN_SHIFT) | 0x013u;
}

static uint64_t page_state(struct vcpu *vcpu, uint64_t value)
{
    (void)vcpu;
    struct page_state_entry entry = {
        .gpa = value & PAGE_ADDRESS,
        .operation = (unsigned)(value >> 52) & 0xFu,
    };
    bool known = entry.operation == PSC_PRIVATE || entry.operation == PSC_SHARED;
    bool bad = value >> 56 != 0 || !known || !page_state_change(&entry);
    return MSR_HIGH(bad ? 1u : 0u) | 0x015u;
}

HOT static uint64_t run_vmpl(struct vcpu *vcpu, uint64_t value)
{
    unsigned target = (unsigned)(value >> 32) & 0xFFu;
    struct level *from = vcpu_level(vcpu);
    from->vmcb.ghcb_msr = 0x017u; /* must be there before the switch: the caller's own MSR */
    if (!vcpu_switch_level(vcpu, target)) {
        from->vmcb.ghcb_msr = MSR_HIGH(1) | 0x017u;
    }
    return from->vmcb.ghcb_msr;
}

static uint64_t features(struct vcpu *vcpu, uint64_t value)
{
    (void)vcpu;
    (void)value;
    return ghcb_host_features() << GFN_SHIFT | 0x081u;
}

/* Not of the GHCB protocol: a mark in the machine's event trace. */
static uint64_t mark(struct vcpu *vcpu, uint64_t value)
{
    trace(vcpu->vmpl, TRACE_MARK, value >> 32, 0);
    hostile_mark(value >> 32);
    return TRACE_MARK_ANSWER;
}

static uint64_t terminate(struct vcpu *vcpu, uint64_t value)
{
    ghcb_terminate(vcpu, (unsigned)(value >> 12) & 0xFu, (unsigned)(value >> 16) & 0xFFu, 0);
}

HOT_TABLE static const struct msr_request requests[] = {
    {0x002, sev_info},          {0x004, cpuid},         {0x006, ap_reset_hold},
    {0x010, preferred_page},    {0x012, register_page}, {0x014, page_state},
    {0x016, run_vmpl},          {0x080, features},      {TERMINATE, terminate},
    {TRACE_MARK_REQUEST, mark},
};

bool ghcb_register(struct vcpu *vcpu, uint64_t page)
{
    if (hw_page(page) == NULL) {
        return false;
    }
    vcpu_level(vcpu)->ghcb = page;
    return true;
}

uint64_t ghcb_msr_reset_value(void)
{
    return sev_info(NULL, 0);
}

HOT void ghcb_msr_call(struct vcpu *vcpu, uint64_t value)
{
    struct level *level = vcpu_level(vcpu);
    trace(vcpu->vmpl, TRACE_GHCB_MSR, value & CODE_MASK, value);
    for (unsigned i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (requests[i].code == (value & CODE_MASK)) {
            vcpu->last_call = requests[i].code;
            uint64_t answer = hostile_forge_msr(requests[i].answer(vcpu, value));
            level->vmcb.ghcb_msr = answer;
            machine_detail("vCPU %u GHCB MSR %llx -> %llx", vcpu->index, (unsigned long long)value,
                           (unsigned long long)answer);
            return;
        }
    }
    machine_stop(MACHINE_SHUTDOWN, "vCPU %u VMPL %u: unknown GHCB MSR request %llx", vcpu->index,
                 vcpu->vmpl, (unsigned long long)value);
}

HOT void ghcb_exit(struct vcpu *vcpu)
{
    uint64_t value = vcpu_level(vcpu)->vmcb.ghcb_msr;
    if (value == 0) {
        return; /* KVM just resumes a guest whose MSR is 0 */
    }
    if ((value & CODE_MASK) == 0) {
        ghcb_page_call(vcpu, value);
    } else {
        ghcb_msr_call(vcpu, value);
    }
}
