/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MSRs of an SNP guest. What VMRUN or VMLOAD swap is the guest's own and never leaves it; the few
 * of the SEV architecture are answered here; each other one is #VC 7C.
 */
#include "hardware/vcpu.h"
#include "x86.h"

#define MSR_PAT            0x277u
#define MSR_GHCB           0xC0010130u
#define MSR_SEV_STATUS     0xC0010131u
#define MSR_GUEST_TSC_FREQ 0xC0010134u
#define LENGTH             2u
#define RDMSR_CODE         0x320Fu
#define BITMAP_PAGES       2u

static const uint32_t own_msrs[] = {
    0x174,      0x175,      0x176,      /* SYSENTER_CS, _ESP, _EIP */
    0xC0000080,                         /* EFER */
    0xC0000081, 0xC0000082, 0xC0000083, /* STAR, LSTAR, CSTAR */
    0xC0000084,                         /* SFMASK */
    0xC0000100, 0xC0000101, 0xC0000102, /* FS_BASE, GS_BASE, KERNEL_GS_BASE */
};

static uint8_t *bitmap;

static void pass_through(uint32_t msr)
{
    uint32_t bit = msr < 0x2000 ? 2 * msr : 2 * (0x2000 + (msr - 0xC0000000));
    bitmap[bit / 8] &= (uint8_t) ~(3u << bit % 8);
}

void msr_start(void)
{
    bitmap = memory_pages(BITMAP_PAGES);
    memset(bitmap, 0xFF, BITMAP_PAGES * PAGE_SIZE);
    for (size_t i = 0; i < sizeof own_msrs / sizeof *own_msrs; i++)
        pass_through(own_msrs[i]);
}

uint64_t msr_bitmap(void)
{
    return physical_of(bitmap);
}

static enum exit_verdict refuse(struct vcpu *vcpu)
{
    event_inject_error(vcpu, VECTOR_GP, 0);
    return EXIT_RESUME;
}

HOT static enum exit_verdict answer(struct vcpu *vcpu, uint64_t value)
{
    vcpu->vmcb->save.rax = (uint32_t)value;
    vcpu->registers.rdx = value >> 32;
    vcpu->vmcb->save.rip += LENGTH;
    return EXIT_RESUME;
}

HOT static enum exit_verdict read(struct vcpu *vcpu, uint32_t msr)
{
    switch (msr) {
    case MSR_GHCB:
        return answer(vcpu, vcpu->host->ghcb_msr);
    case MSR_SEV_STATUS:
        return answer(vcpu, 3 | vcpu->sev_features << 2);
    case MSR_PAT:
        return answer(vcpu, vcpu->vmcb->save.g_pat);
    case MSR_TSC_AUX:
        return answer(vcpu, vcpu->tsc_aux);
    case MSR_GUEST_TSC_FREQ:
        return refuse(vcpu);
    default:
        return event_vc(vcpu, EXIT_MSR);
    }
}

HOT static enum exit_verdict write(struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_GHCB:
        vcpu->host->ghcb_msr = value;
        vcpu->vmcb->save.rip += LENGTH;
        return exit_at_vmgexit(vcpu);
    case MSR_PAT:
        vcpu->vmcb->save.g_pat = value;
        break;
    case MSR_TSC_AUX:
        vcpu->tsc_aux = (uint32_t)value;
        msr_write(MSR_TSC_AUX, vcpu->tsc_aux);
        break;
    case MSR_SEV_STATUS:
    case MSR_GUEST_TSC_FREQ:
        return refuse(vcpu);
    default:
        return event_vc(vcpu, EXIT_MSR);
    }
    vcpu->vmcb->save.rip += LENGTH;
    return EXIT_RESUME;
}

HOT void msr_read_after_vmgexit(struct vcpu *vcpu)
{
    const struct svm_save *save = &vcpu->vmcb->save;
    struct follower *next = &vcpu->follower[save->vmpl];
    if (next->rip && next->rip == save->rip && next->cr3 == save->cr3 &&
        next->generation == view_generation && (uint32_t)vcpu->registers.rcx == MSR_GHCB &&
        !save->cpl && msr_is_read(*(const volatile uint16_t *)physical(next->spa)))
        read(vcpu, MSR_GHCB);
    next->rip = 0;
}

HOT bool msr_is_read(uint64_t code)
{
    return (uint16_t)code == RDMSR_CODE;
}

HOT enum exit_verdict exit_msr(struct vcpu *vcpu)
{
    uint32_t msr = (uint32_t)vcpu->registers.rcx;
    if (!vcpu->vmcb->exit_info1)
        return read(vcpu, msr);
    return write(vcpu, msr, (uint32_t)vcpu->vmcb->save.rax | vcpu->registers.rdx << 32);
}
