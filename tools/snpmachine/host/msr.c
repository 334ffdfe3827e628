/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MSR emulation; see msr.h. Two tables: MSRs with a behaviour, and MSRs that read as a constant and
 * ignore writes.
 */
#include "host/msr.h"
#include "host/clock.h"

struct live_msr {
    uint32_t first, last;
    bool (*read)(struct vcpu *, uint32_t msr, uint64_t *value);
    bool (*write)(struct vcpu *, uint32_t msr, uint64_t value);
};

static bool read_tsc(struct vcpu *vcpu, uint32_t msr, uint64_t *value)
{
    (void)vcpu;
    (void)msr;
    *value = machine_tsc();
    return true;
}

static bool read_base(struct vcpu *vcpu, uint32_t msr, uint64_t *value)
{
    (void)msr;
    *value = vcpu->apic->base;
    return true;
}

static bool write_base(struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
    (void)msr;
    return apic_base_write(vcpu->apic, value);
}

static bool read_deadline(struct vcpu *vcpu, uint32_t msr, uint64_t *value)
{
    (void)msr;
    *value = apic_deadline_read(vcpu->apic);
    return true;
}

static bool write_deadline(struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
    (void)msr;
    apic_deadline_write(vcpu->apic, machine_tsc(), value);
    return true;
}

static bool read_x2apic(struct vcpu *vcpu, uint32_t msr, uint64_t *value)
{
    return apic_msr_read(vcpu->apic, msr, machine_tsc(), value);
}

static bool write_x2apic(struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
    return apic_msr_write(vcpu->apic, msr, machine_tsc(), value);
}

static bool read_kvm(struct vcpu *vcpu, uint32_t msr, uint64_t *value)
{
    *value = msr == KVM_MSR_TIME ? vcpu->kvm_time_msr : vcpu->kvm_wall_msr;
    return true;
}

static bool write_kvm(struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
    return msr == KVM_MSR_TIME ? clock_write_time(vcpu, value) : clock_write_wall(vcpu, value);
}

static const struct live_msr live[] = {
    {0x10, 0x10, read_tsc, NULL},
    {0x1B, 0x1B, read_base, write_base},
    {0x6E0, 0x6E0, read_deadline, write_deadline},
    {APIC_MSR_FIRST, APIC_MSR_LAST, read_x2apic, write_x2apic},
    {KVM_MSR_WALL_CLOCK, KVM_MSR_TIME, read_kvm, write_kvm},
};

/* SYSCFG bit 23: memory encryption on (Linux drops its SEV features otherwise). HWCR bit 24: the
 * TSC runs at P0. DE_CFG bit 1: LFENCE serialises. MTRRs: none but the default type, write-back
 * (old kernels use the PAT only if there are MTRRs). */
static const struct {
    uint32_t first, last;
    uint64_t value;
} constants[] = {
    {0x8B, 0x8B, 0x01000065},    {0xFE, 0xFE, 0x508},
    {0x174, 0x17B, 0},           {0x200, 0x20F, 0},
    {0x250, 0x26F, 0},           {0x2FF, 0x2FF, 0x806},
    {0x400, 0x47F, 0},           {0xC0000103, 0xC0000103, 0},
    {0xC0010000, 0xC0010007, 0}, {0xC0010010, 0xC0010010, 1ull << 23},
    {0xC001001F, 0xC001001F, 0}, {0xC0010015, 0xC0010015, 1ull << 24 | 1},
    {0xC0010055, 0xC0010055, 0}, {0xC0010114, 0xC0010114, 0},
    {0xC0010200, 0xC001020B, 0}, {0xC0011004, 0xC0011005, 0},
    {0xC0011020, 0xC0011022, 0}, {0xC0011029, 0xC0011029, 2},
};

static const struct live_msr *find_live(uint32_t msr)
{
    for (unsigned i = 0; i < sizeof live / sizeof live[0]; i++) {
        if (msr >= live[i].first && msr <= live[i].last) {
            return &live[i];
        }
    }
    return NULL;
}

static bool find_constant(uint32_t msr, uint64_t *value)
{
    for (unsigned i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (msr >= constants[i].first && msr <= constants[i].last) {
            *value = constants[i].value;
            return true;
        }
    }
    return false;
}

bool guest_msr_read(struct vcpu *vcpu, uint32_t msr, uint64_t *value)
{
    const struct live_msr *entry = find_live(msr);
    return entry != NULL ? entry->read(vcpu, msr, value) : find_constant(msr, value);
}

bool guest_msr_write(struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
    const struct live_msr *entry = find_live(msr);
    uint64_t constant = 0;
    if (entry != NULL) {
        return entry->write != NULL && entry->write(vcpu, msr, value);
    }
    return find_constant(msr, &constant);
}
