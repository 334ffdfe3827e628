/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hw_run: checks the VMSA as VMRUN does, loads it, runs it until an automatic exit, stores it.
 */
#include "hardware/vcpu.h"
#include "trace.h"
#include "x86.h"

#define IOPM_PAGES        3u
#define FEATURES_MODELLED (FEATURE_SNP | FEATURE_RESTRICTED_INJECTION | FEATURE_DEBUG_SWAP)
#define XCR0_X87          1ull
#define XCR0_SSE          2ull
#define XCR0_AVX          4ull
#define XCR0_MODELLED     (XCR0_X87 | XCR0_SSE | XCR0_AVX)
#define DR7_BIT           0x80u
#define HLT_OPCODE        0xF4u

HOT_DATA static struct vcpu *vcpus[CPUS_MAX];
static void *iopm;

void vmrun(struct guest_registers *registers, uint64_t guest_vmcb, uint64_t gs_base);

static void start_vmcb(struct svm_vmcb *vmcb)
{
    vmcb->intercept1 = INTERCEPT1(0x60) | INTERCEPT1(0x61) | INTERCEPT1(0x65) | INTERCEPT1(0x6F) |
                       INTERCEPT1(0x72) | INTERCEPT1(0x73) | INTERCEPT1(0x76) | INTERCEPT1(0x78) |
                       INTERCEPT1(0x7A) | INTERCEPT1(0x7B) | INTERCEPT1(0x7C) | INTERCEPT1(0x7D) |
                       INTERCEPT1(0x7F);
    vmcb->intercept2 = INTERCEPT2(0x80) | INTERCEPT2(0x81) | INTERCEPT2(0x82) | INTERCEPT2(0x83) |
                       INTERCEPT2(0x84) | INTERCEPT2(0x85) | INTERCEPT2(0x86) | INTERCEPT2(0x89) |
                       INTERCEPT2(0x8A) | INTERCEPT2(0x8B) | INTERCEPT2(0x8C) | INTERCEPT2(0x8E);
    vmcb->intercept_exceptions = 1u << VECTOR_DB | 1u << VECTOR_UD | 1u << VECTOR_AC;
    vmcb->iopm = physical_of(iopm);
    vmcb->msrpm = msr_bitmap();
    vmcb->asid = 1;
    vmcb->nested_enable = 1;
}

/* Each CPU calls this for itself, with the first hw_run. */
static __attribute__((cold)) struct vcpu *start_vcpu(void)
{
    uint8_t *page = memory_page();
    struct vcpu *vcpu = (struct vcpu *)(void *)(page + SVM_VMCB_USED);
    vcpu->vmcb = (struct svm_vmcb *)(void *)page;
    start_vmcb(vcpu->vmcb);
    walk_start(vcpu->kept);
    msr_write(MSR_HSAVE_PA, physical_of(memory_page()));
    vcpu->gs_base = msr_read(MSR_GS_BASE);
    return vcpu;
}

void run_start(void)
{
    iopm = memory_pages(IOPM_PAGES);
    memset(iopm, 0xFF, IOPM_PAGES * PAGE_SIZE);
    msr_start();
}

/* x87 always; AVX only with SSE. */
static bool good_xcr0(uint64_t xcr0)
{
    return (xcr0 & XCR0_X87) && !(xcr0 & ~XCR0_MODELLED) &&
           (!(xcr0 & XCR0_AVX) || (xcr0 & XCR0_SSE));
}

HOT static uint64_t vmsa_refused(const struct svm_vmsa *vmsa)
{
    if (vmsa->sev_features & ~FEATURES_MODELLED)
        machine_stop(MACHINE_NOT_MODELLED, "not modelled: SEV_FEATURES %lx of a VMSA",
                     vmsa->sev_features);
    bool good = (vmsa->save.efer & EFER_SVME) && (vmsa->sev_features & FEATURE_SNP) &&
                vmsa->save.vmpl < VMPLS && good_xcr0(vmsa->xcr0);
    return good ? 0 : HW_EXIT_INVALID;
}

/* The RMP says that this page is a VMSA. What it said before holds until anything in it changes; it
 * is kept by page, because VMPLs run in turns. */
HOT static bool is_vmsa(struct vcpu *vcpu, uint64_t spa)
{
    struct kept *known = &vcpu->known_vmsa[spa / PAGE_SIZE % VMPLS];
    if (known->spa == spa && known->generation == view_generation)
        return true;
    const struct rmp_entry *entry = spa & (PAGE_SIZE - 1) ? NULL : rmp_own(spa);
    if (!entry || !entry->assigned || !entry->vmsa || entry->immutable)
        return false; /* no 2 MiB entry is one */
    rmp_decrypt(spa, PAGE_SIZE);
    *known = (struct kept){.spa = spa, .generation = view_generation};
    return true;
}

/* VMRUN's checks of the VMSA page; takes it into use. Returns 0 or the exit code. */
HOT static uint64_t take_vmsa(struct vcpu *vcpu, unsigned cpu, uint64_t spa)
{
    uint64_t refused = HW_EXIT_INVALID;
    spin_lock(&hardware_lock);
    if (is_vmsa(vcpu, spa)) {
        refused = rmp_in_use(spa) ? HW_EXIT_BUSY : vmsa_refused(physical(spa));
        if (!refused)
            rmp_running[cpu] = spa | RMP_RUNS;
    }
    spin_unlock(&hardware_lock);
    return refused;
}

HOT static void leave_vmsa(unsigned cpu)
{
    __atomic_store_n(&rmp_running[cpu], 0, __ATOMIC_RELEASE);
}

HOT static bool injection_allowed(const struct vcpu *vcpu)
{
    uint64_t event = vcpu->host->event_inj;
    if (!(event & HW_EVENT_VALID) || !(vcpu->sev_features & FEATURE_RESTRICTED_INJECTION))
        return true;
    return EVENT_VECTOR(event) == VECTOR_HV && (event & 0x700) == HW_EVENT_EXCEPT;
}

HOT static void set_controls(struct vcpu *vcpu)
{
    struct svm_vmcb *vmcb = vcpu->vmcb;
    uint16_t dr7 = vcpu->sev_features & FEATURE_DEBUG_SWAP ? 0 : DR7_BIT;
    vmcb->intercept_dr_read = vmcb->intercept_dr_write = dr7;
    vmcb->event_inj = vcpu->host->event_inj;
    if (vmcb->event_inj)
        trace(vmcb->save.vmpl, TRACE_INJECT, vmcb->event_inj, 0);
    vcpu->host->event_inj = 0;
    vmcb->int_state = 0;
    vmcb->exit_int_info = 0;
    vmcb->int_ctl = INT_CTL_MASKING | vcpu->host->tpr;
    vmcb->intercept1 &= ~INTERCEPT1(EXIT_VINTR);
    if (!vcpu->host->want_window)
        return;
    vmcb->intercept1 |= INTERCEPT1(EXIT_VINTR);
    vmcb->int_ctl |= INT_CTL_IRQ | INT_CTL_PRIO | INT_CTL_IGN_TPR;
}

/* QEMU would deliver a host's #VC without its error code, so it goes the way of the hardware's own.
 */
HOT static enum exit_verdict deliver_host_vc(struct vcpu *vcpu)
{
    const uint64_t kind = HW_EVENT_VALID | HW_EVENT_EXCEPT | HW_EVENT_ERROR | VECTOR_VC;
    uint64_t event = vcpu->vmcb->event_inj;
    if ((uint32_t)event != kind)
        return EXIT_RESUME;
    vcpu->vmcb->event_inj = 0;
    return event_vc(vcpu, (uint32_t)(event >> 32));
}

/* QEMU 7.2 forgets the shadow after STI at VMRUN. It matters when HLT follows and an interrupt
 * waits: the guest must halt first, or it sleeps through its wake-up. */
HOT static bool halts_in_shadow(const struct vcpu *vcpu)
{
    uint8_t opcode;
    return vcpu->host->irq_shadow && vcpu->host->want_window && vcpu_code(vcpu, &opcode, 1) &&
           opcode == HLT_OPCODE;
}

/* QEMU forgets all it knows of memory once more, at the entry and at the exit, for a difference in
 * these bits; none of them matters to the machine itself. */
HOT static void match_paging(const struct svm_save *save)
{
    const uint64_t free = CR4_PSE | CR4_PGE | CR4_SMEP | CR4_SMAP;
    uint64_t own = cr4_read();
    if ((own ^ save->cr4) & CR4_LA57 || !(save->cr0 & CR0_PG))
        return; /* it forgets in any case */
    if ((own ^ save->cr4) & free)
        cr4_write((own & ~free) | (save->cr4 & free));
}

/* QEMU delivers an external interrupt at the entry and keeps its number: should QEMU look up before
 * the next exit or exception (a CPU's turn or a timer's time under -icount, work of another CPU's),
 * it delivers it a second time. An interrupt of the machine's own ends this run before the first
 * instruction of the handler, and QEMU forgets the number. */
HOT static void deliver_once(const struct svm_vmcb *vmcb)
{
    uint64_t event = vmcb->event_inj;
    if (event & HW_EVENT_VALID && EVENT_TYPE(event) == EVENT_TYPE(HW_EVENT_INTR))
        cpu_kick(cpu_number());
}

HOT_INLINE void enter(struct vcpu *vcpu, unsigned cpu)
{
    struct svm_vmcb *vmcb = vcpu->vmcb;
    vmcb->nested_cr3 = view_root(vmcb->save.vmpl, walk_is_flat(&vmcb->save));
    vmcb->save.efer |= EFER_SVME;
    match_paging(&vmcb->save);
    deliver_once(vmcb);
    view_enter_guest(cpu);
    uint64_t entered = trace_on ? tsc_read() : 0;
    vmrun(&vcpu->registers, physical_of(vmcb), vcpu->gs_base);
    if (trace_on)
        trace_add(vmcb->save.vmpl, TRACE_EXIT, vmcb->exit_code, tsc_read() - entered);
    view_leave_guest(cpu);
    vmcb->event_inj = 0;
}

HOT static void report(struct vcpu *vcpu)
{
    const struct svm_vmcb *vmcb = vcpu->vmcb;
    struct hw_vmcb *host = vcpu->host;
    uint64_t event = vmcb->exit_int_info;
    host->exit_int_info = event & HW_EVENT_VALID ? event : 0;
    host->irq_masked = !(vmcb->save.rflags & RFLAGS_IF);
    host->irq_shadow = vmcb->int_state & INT_STATE_SHADOW;
    host->tpr = vmcb->int_ctl & INT_CTL_TPR;
}

HOT void hw_run(struct hw_vmcb *host)
{
    unsigned cpu = cpu_number();
    host->exit_int_info = 0;
    if (!vcpus[cpu])
        vcpus[cpu] = start_vcpu();
    struct vcpu *vcpu = vcpus[cpu];
    vcpu->host = host;
    uint64_t refused = take_vmsa(vcpu, cpu, host->vmsa);
    if (refused) {
        event_to_host(vcpu, refused, 0, 0);
        return;
    }
    vcpu->vmsa = physical(host->vmsa);
    vmsa_load(vcpu);
    enum exit_verdict verdict = EXIT_RESUME;
    if (!injection_allowed(vcpu)) {
        verdict = event_to_host(vcpu, HW_EXIT_INVALID, 0, 0);
    } else if (halts_in_shadow(vcpu)) {
        vcpu->vmcb->save.rip += 1;
        vcpu->vmcb->int_state = 0;
        verdict = event_to_host(vcpu, HW_EXIT_HLT, 0, 0);
    }
    if (vcpu->vmsa->exit_code == EXIT_VMGEXIT && !(vcpu->vmcb->save.rflags & RFLAGS_TF) &&
        !host->event_inj && !host->want_window)
        msr_read_after_vmgexit(vcpu);
    set_controls(vcpu);
    if (verdict == EXIT_RESUME)
        verdict = deliver_host_vc(vcpu);
    while (verdict == EXIT_RESUME) {
        enter(vcpu, cpu);
        verdict = exit_handle(vcpu);
    }
    report(vcpu);
    vmsa_store(vcpu);
    leave_vmsa(cpu);
    if (host->exit_code == EXIT_INTR)
        interrupts_window();
}
