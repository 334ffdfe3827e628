/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of every vCPU: take what others asked for, inject, run, serve the exit.
 *
 * Interrupts belong to the least privileged VMPL that has a VMSA; while another VMPL runs they stay
 * in the local APIC. Nothing here knows registers: whether the guest can take an interrupt is read
 * from the VMCB's mask and shadow, as on hardware.
 */
#include "host/doorbell.h"
#include "host/ghcb.h"
#include "host/hostile.h"
#include "host/psc.h"

HOT static bool interrupts_here(const struct vcpu *vcpu)
{
    return vcpu->vmpl == vcpu_interrupt_level(vcpu);
}

/* The vector to inject now, or -1. Sets *wanted if one waits for the guest to open its window. */
HOT static int injectable(struct vcpu *vcpu, bool *wanted)
{
    const struct hw_vmcb *vmcb = &vcpu_level(vcpu)->vmcb;
    int vector = interrupts_here(vcpu) ? apic_pending(vcpu->apic) : -1;
    if (vector < 0 || vmcb->tpr >= (unsigned)vector >> 4) {
        return -1;
    }
    if (doorbell_used(vcpu_level(vcpu))) {
        return doorbell_open(vcpu_level(vcpu), false) ? vector : -1;
    }
    *wanted = vmcb->irq_masked || vmcb->irq_shadow;
    return *wanted ? -1 : vector;
}

/* An NMI waits for this VMPL and would be taken now. */
HOT_INLINE bool nmi_due(const struct vcpu *vcpu)
{
    const struct level *level = &vcpu->level[vcpu->vmpl];
    return vcpu->nmi_pending && interrupts_here(vcpu) &&
           (!doorbell_used(level) || doorbell_open(level, true));
}

/* At most one event for an entry: here an NMI, or this vector. */
HOT static void deliver(struct vcpu *vcpu, uint8_t vector, bool nmi)
{
    struct level *level = vcpu_level(vcpu);
    if (doorbell_used(level)) {
        doorbell_ring(level, vector, nmi);
    } else {
        level->vmcb.event_inj =
            HW_EVENT_VALID | (nmi ? HW_EVENT_NMI | 2u : HW_EVENT_INTR | (uint64_t)vector);
    }
}

HOT static void inject(struct vcpu *vcpu)
{
    struct hw_vmcb *vmcb = &vcpu_level(vcpu)->vmcb;
    vmcb->want_window = false;
    if (vmcb->event_inj != 0 || hostile_inject(vcpu)) {
        return;
    }
    if ((vmcb->exit_int_info & HW_EVENT_VALID) != 0) {
        vmcb->event_inj = vmcb->exit_int_info;
        vmcb->exit_int_info = 0;
        return;
    }
    if (nmi_due(vcpu)) {
        vcpu->nmi_pending = false;
        deliver(vcpu, 0, true);
        return;
    }
    int vector = injectable(vcpu, &vmcb->want_window);
    if (vector >= 0) {
        apic_acknowledge(vcpu->apic, (uint8_t)vector);
        deliver(vcpu, (uint8_t)vector, false);
    }
}

HOT static bool runnable(struct vcpu *vcpu)
{
    bool wanted = false;
    if (vcpu->state == VCPU_HALTED) {
        if (injectable(vcpu, &wanted) >= 0 || nmi_due(vcpu)) {
            vcpu->state = VCPU_RUNNING;
        }
    }
    return vcpu->state == VCPU_RUNNING;
}

HOT static void arm_timer(struct vcpu *vcpu)
{
    uint64_t deadline = vcpu->apic->deadline == APIC_NO_DEADLINE ? 0 : vcpu->apic->deadline;
    if (vcpu->armed != deadline) {
        vcpu->armed = deadline;
        cpu_timer_set(deadline);
    }
}

/* It may have been our timer, a little early: it is set again if its time has not come. */
static void exit_interrupt(struct vcpu *vcpu)
{
    vcpu->armed = 0;
}

static void exit_nothing(struct vcpu *vcpu)
{
    (void)vcpu;
}

static void exit_halt(struct vcpu *vcpu)
{
    vcpu->state = VCPU_HALTED;
}

static void exit_shutdown(struct vcpu *vcpu)
{
    machine_stop(MACHINE_SHUTDOWN, "vCPU %u VMPL %u shut down (triple fault)", vcpu->index,
                 vcpu->vmpl);
}

static void exit_invalid(struct vcpu *vcpu)
{
    machine_stop(MACHINE_SHUTDOWN,
                 "vCPU %u VMPL %u: the hardware refuses its VMSA (spa %llx): not a VMSA page, "
                 "EFER.SVME clear, or a state it cannot run",
                 vcpu->index, vcpu->vmpl, (unsigned long long)vcpu_level(vcpu)->vmcb.vmsa);
}

static void exit_busy(struct vcpu *vcpu)
{
    machine_stop(MACHINE_SHUTDOWN, "vCPU %u VMPL %u: its VMSA runs on another vCPU already",
                 vcpu->index, vcpu->vmpl);
}

static const struct {
    uint64_t code;
    void (*serve)(struct vcpu *);
} exits[] HOT_TABLE = {
    {HW_EXIT_VMGEXIT, ghcb_exit},      {HW_EXIT_INTR, exit_interrupt},  {HW_EXIT_HLT, exit_halt},
    {HW_EXIT_VINTR, exit_nothing},     {HW_EXIT_NPF, page_fault},       {HW_EXIT_NMI, exit_nothing},
    {HW_EXIT_SHUTDOWN, exit_shutdown}, {HW_EXIT_INVALID, exit_invalid}, {HW_EXIT_BUSY, exit_busy},
};

HOT static void serve(struct vcpu *vcpu)
{
    uint64_t code = vcpu_level(vcpu)->vmcb.exit_code;
    for (unsigned i = 0; i < sizeof exits / sizeof exits[0]; i++) {
        if (exits[i].code == code) {
            exits[i].serve(vcpu);
            return;
        }
    }
    machine_stop(MACHINE_NOT_MODELLED, "vCPU %u VMPL %u: exit %llx is not served", vcpu->index,
                 vcpu->vmpl, (unsigned long long)code);
}

HOT void vcpu_step(struct vcpu *vcpu)
{
    vcpu_take_events(vcpu);
    bool run = runnable(vcpu);
    if (run) {
        inject(vcpu);
    }
    arm_timer(vcpu);
    if (!run) {
        if (!hostile_idle(vcpu)) {
            cpu_idle();
        }
        vcpu->armed = 0;
        return;
    }
    hostile_before_entry(vcpu);
    vcpu->last_call = 0;
    hw_run(&vcpu_level(vcpu)->vmcb);
    serve(vcpu);
}

HOT __attribute__((noinline)) _Noreturn void vcpu_loop(struct vcpu *vcpu)
{
    for (;;) {
        vcpu_step(vcpu);
    }
}
