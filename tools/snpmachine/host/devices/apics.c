/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MMIO windows of the interrupt controllers. Registers are 32 bits wide; other sizes read as
 * zero and are not written, as the architecture leaves them undefined.
 */
#include "host/devices/devices.h"

static uint64_t local_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    uint32_t value = 0;
    if (size == 4) {
        (void)apic_mmio_read(vcpu->apic, (uint32_t)offset, machine_tsc(), &value);
    }
    return value;
}

static void local_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    if (size == 4) {
        (void)apic_mmio_write(vcpu->apic, (uint32_t)offset, machine_tsc(), (uint32_t)value);
    }
}

static uint64_t io_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    uint32_t value = 0;
    (void)vcpu;
    if (size == 4) {
        spin_lock(&host.ioapic_lock);
        value = ioapic_read(&host.ioapic, (uint32_t)offset);
        spin_unlock(&host.ioapic_lock);
    }
    return value;
}

static void io_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)vcpu;
    if (size == 4) {
        spin_lock(&host.ioapic_lock);
        ioapic_write(&host.ioapic, (uint32_t)offset, (uint32_t)value);
        spin_unlock(&host.ioapic_lock);
    }
}

static const struct bus_range windows[] = {
    {APIC_MMIO_BASE, APIC_MMIO_SIZE, local_read, local_write},
    {IOAPIC_MMIO_BASE, IOAPIC_MMIO_SIZE, io_read, io_write},
    {0},
};

void apics_init(void)
{
    bus_add_mmio(windows);
}
