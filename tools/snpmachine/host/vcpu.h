/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host keeps of each vCPU, and the whole host's state.
 *
 * A struct vcpu belongs to the CPU of its number. Other CPUs may set its APIC's request words and,
 * under its lock, post a start request; then they kick. Each VMPL of a vCPU has its own VMCB, GHCB
 * MSR, registered GHCB and features; the local APIC is one per vCPU and serves interrupt_level().
 */
#ifndef SNPMACHINE_HOST_VCPU_H
#define SNPMACHINE_HOST_VCPU_H

#include "hardware/hardware.h"
#include "host/apic.h"
#include "host/ioapic.h"

#define GHCB_NONE UINT64_MAX

enum vcpu_state {
    VCPU_STOPPED, /* no VMSA to run; an AP creation starts it */
    VCPU_RUNNING,
    VCPU_HALTED,    /* after HLT */
    VCPU_HELD_MSR,  /* waits for SIPI inside an MSR-protocol AP reset hold */
    VCPU_HELD_PAGE, /* same, through the GHCB page */
};

/* One VMPL of one vCPU. */
struct level {
    struct hw_vmcb vmcb;   /* vmsa == 0: there is none yet */
    uint64_t waiting_vmsa; /* spa of a VMSA that becomes effective at INIT or Run VMPL, or 0 */
    uint64_t ghcb;         /* registered GHCB page, or GHCB_NONE */
    uint64_t doorbell;     /* registered doorbell page, or 0 */
    uint64_t features;     /* SEV_FEATURES of the first VMSA created here */
    bool features_known;
};

enum start_kind { START_NONE, START_NOW, START_STOP };

/* An AP creation or destruction another CPU asks for. */
struct start_request {
    enum start_kind kind;
    uint64_t vmsa;
};

struct vcpu {
    unsigned index;
    uint32_t apic_id;
    enum vcpu_state state;
    unsigned vmpl;
    struct apic *apic;
    struct level level[VMPLS];
    struct spinlock lock;
    struct start_request request[VMPLS]; /* under lock */
    _Atomic bool requested;              /* one of them is set */
    uint64_t armed;                      /* what this CPU's timer was last set to, 0 is off */
    uint64_t kvm_time_msr, kvm_wall_msr;
    bool nmi_pending;
    uint64_t last_call; /* exit code or MSR request of the GHCB call just served, else 0 */
};

struct host {
    struct apic apic[CPUS_MAX];
    unsigned vcpu_count;
    struct vcpu vcpu[CPUS_MAX];
    struct apic_bus bus;
    struct ioapic ioapic;
    struct spinlock ioapic_lock;
};
extern struct host host;

/* Makes the vCPUs, all stopped. */
void vcpus_init(unsigned count, uint64_t tsc_hz);

/* Gives (vcpu, vmpl) the fresh VMSA at spa and makes it what the vCPU runs next. */
void vcpu_start_level(struct vcpu *vcpu, unsigned vmpl, uint64_t vmsa);

/* Leaves the current VMPL for another one that has a VMSA; false if it has none. */
bool vcpu_switch_level(struct vcpu *vcpu, unsigned vmpl);

/* Posts an AP creation or destruction to any vCPU (also the caller's own) and kicks it. */
void vcpu_post_start(struct vcpu *vcpu, unsigned vmpl, struct start_request request);

/* The least privileged VMPL that has a VMSA: where the vCPU's interrupts belong. */
unsigned vcpu_interrupt_level(const struct vcpu *vcpu);

/* What other CPUs asked for and the timer brought since the last call. */
void vcpu_take_events(struct vcpu *vcpu);

/* The vCPU's life, and one round of it: events, injection, one entry (or one wait), its exit. */
void vcpu_step(struct vcpu *vcpu);
_Noreturn void vcpu_loop(struct vcpu *vcpu);

/* Raises or lowers a pin of the guest's IOAPIC; any CPU. */
void guest_pin(unsigned pin, bool level);

struct vcpu *vcpu_by_apic_id(uint32_t apic_id);

static inline struct level *vcpu_level(struct vcpu *vcpu)
{
    return &vcpu->level[vcpu->vmpl];
}

#endif
