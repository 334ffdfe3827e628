/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU's state changes: which VMPL it runs, how it starts, stops and is woken. The loop that runs
 * it is in run.c. Everything here but vcpu_post_start and the pins runs on the vCPU's own CPU.
 */
#include "host/vcpu.h"
#include "host/ghcb.h"
#include "trace.h"

HOT_HOST struct host host;

static void level_eoi(uint8_t vector)
{
    spin_lock(&host.ioapic_lock);
    ioapic_eoi(&host.ioapic, vector);
    spin_unlock(&host.ioapic_lock);
}

void guest_pin(unsigned pin, bool level)
{
    spin_lock(&host.ioapic_lock);
    ioapic_set_pin(&host.ioapic, pin, level);
    spin_unlock(&host.ioapic_lock);
}

void vcpus_init(unsigned count, uint64_t tsc_hz)
{
    host.vcpu_count = count;
    apic_bus_init(&host.bus, host.apic, count, tsc_hz);
    host.bus.kick = cpu_kick;
    host.bus.level_eoi = level_eoi;
    ioapic_reset(&host.ioapic, &host.bus);
    for (unsigned i = 0; i < count; i++) {
        struct vcpu *vcpu = &host.vcpu[i];
        vcpu->index = i;
        vcpu->apic_id = i;
        vcpu->apic = &host.apic[i];
        vcpu->apic->bus = &host.bus;
        vcpu->state = VCPU_STOPPED;
        apic_reset(vcpu->apic, i, i == 0);
        for (unsigned vmpl = 0; vmpl < VMPLS; vmpl++) {
            vcpu->level[vmpl].ghcb = GHCB_NONE;
        }
    }
}

/* A fresh VMSA begins with interrupts masked as far as the host can know. */
void vcpu_start_level(struct vcpu *vcpu, unsigned vmpl, uint64_t vmsa)
{
    struct level *level = &vcpu->level[vmpl];
    level->vmcb = (struct hw_vmcb){
        .vmsa = vmsa,
        .ghcb_msr = ghcb_msr_reset_value(),
        .irq_masked = true,
    };
    level->waiting_vmsa = 0;
    level->ghcb = GHCB_NONE;
    level->doorbell = 0;
    vcpu->vmpl = vmpl;
    vcpu->state = VCPU_RUNNING;
}

HOT bool vcpu_switch_level(struct vcpu *vcpu, unsigned vmpl)
{
    if (vmpl >= VMPLS) {
        return false;
    }
    struct level *level = &vcpu->level[vmpl];
    if (level->waiting_vmsa != 0) {
        vcpu_start_level(vcpu, vmpl, level->waiting_vmsa);
    }
    if (level->vmcb.vmsa == 0) {
        return false;
    }
    trace(TRACE_HOST, TRACE_SWITCH, vmpl, 0);
    vcpu->vmpl = vmpl;
    return true;
}

void vcpu_post_start(struct vcpu *vcpu, unsigned vmpl, struct start_request request)
{
    spin_lock(&vcpu->lock);
    vcpu->request[vmpl] = request;
    atomic_store(&vcpu->requested, true);
    spin_unlock(&vcpu->lock);
    cpu_kick(vcpu->index);
}

HOT unsigned vcpu_interrupt_level(const struct vcpu *vcpu)
{
    for (unsigned vmpl = VMPLS - 1; vmpl > 0; vmpl--) {
        if (vcpu->level[vmpl].vmcb.vmsa != 0) {
            return vmpl;
        }
    }
    return 0;
}

struct vcpu *vcpu_by_apic_id(uint32_t apic_id)
{
    for (unsigned i = 0; i < host.vcpu_count; i++) {
        if (host.vcpu[i].apic_id == apic_id) {
            return &host.vcpu[i];
        }
    }
    return NULL;
}

static void stop_level(struct vcpu *vcpu, unsigned vmpl)
{
    vcpu->level[vmpl].vmcb.vmsa = 0;
    vcpu->level[vmpl].waiting_vmsa = 0;
    if (vcpu->vmpl == vmpl) {
        vcpu->state = VCPU_STOPPED;
    }
}

static void take_requests(struct vcpu *vcpu)
{
    struct start_request request[VMPLS];
    spin_lock(&vcpu->lock);
    memcpy(request, vcpu->request, sizeof request);
    memset(vcpu->request, 0, sizeof vcpu->request);
    atomic_store(&vcpu->requested, false);
    spin_unlock(&vcpu->lock);
    for (unsigned vmpl = 0; vmpl < VMPLS; vmpl++) {
        if (request[vmpl].kind == START_NOW) {
            vcpu_start_level(vcpu, vmpl, request[vmpl].vmsa);
        } else if (request[vmpl].kind == START_STOP) {
            stop_level(vcpu, vmpl);
        }
    }
}

/* INIT makes a waiting VMSA effective. A vCPU without one does not react: its registers are not
 * the host's to reset. */
static void take_init(struct vcpu *vcpu)
{
    for (unsigned vmpl = VMPLS; vmpl-- > 0;) {
        if (vcpu->level[vmpl].waiting_vmsa != 0) {
            vcpu_start_level(vcpu, vmpl, vcpu->level[vmpl].waiting_vmsa);
            return;
        }
    }
}

/* The end of an AP reset hold: a nonzero answer in the form the wait began with. */
static void take_startup(struct vcpu *vcpu)
{
    const uint64_t woken = 1;
    struct level *level = vcpu_level(vcpu);
    if (vcpu->state == VCPU_HELD_MSR) {
        level->vmcb.ghcb_msr |= woken << 12;
        vcpu->state = VCPU_RUNNING;
    } else if (vcpu->state == VCPU_HELD_PAGE) {
        (void)hw_write(level->ghcb + 0x3A0, &woken, sizeof woken);
        vcpu->state = VCPU_RUNNING;
    }
}

HOT void vcpu_take_events(struct vcpu *vcpu)
{
    uint32_t events = apic_take_events(vcpu->apic);
    if (atomic_load(&vcpu->requested)) {
        take_requests(vcpu);
    }
    if ((events & APIC_EVENT_INIT) != 0) {
        take_init(vcpu);
    }
    if ((events & APIC_EVENT_STARTUP) != 0) {
        take_startup(vcpu);
    }
    vcpu->nmi_pending |= (events & APIC_EVENT_NMI) != 0;
    if (vcpu->apic->deadline != APIC_NO_DEADLINE)
        apic_timer_run(vcpu->apic, machine_tsc());
}
