/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMSA to VMCB and back, the FPU included. The VMSA in guest memory is the truth whenever its vCPU
 * is not inside hw_run, because an SVSM reads and edits the VMSAs of other VMPLs.
 */
#include "hardware/fpu.h"
#include "hardware/vcpu.h"
#include "x86.h"

#define MXCSR_VALID     0xFFFFu
#define X87_FCW_INITIAL 0x37Fu
#define X87_FSW_TOP     0x3800u
#define X87_FTW_EMPTY   0xFFFFu
#define XSAVE_HEADER    512u
#define XSAVE_YMM       576u

HOT static bool has_xsave(void)
{
    return (cr4_read() & CR4_OSXSAVE) != 0;
}

/* A string of moves: to TCG that is one block, and a string instruction as many as it has words. */
static inline __attribute__((always_inline)) void move(void *to, const void *from, size_t size)
{
    volatile uint64_t *out = to;
    const uint64_t *in = from;
#pragma GCC unroll 64
    for (size_t i = 0; i < size / sizeof *out; i++)
        out[i] = in[i];
}

/* ---- FPU ---- */

/* FNSAVE left the x87 state as FNINIT does, but the registers as they were: the first for TOP 0.
 * What is there already is not loaded, for QEMU's sake: with each load any CPU writes to a word of
 * flags of the first one, without a lock, and may undo what VMRUN there has just set (README.md).
 */
HOT_INLINE bool x87_is_there(const struct svm_vmsa *vmsa, const struct x87_image *left)
{
    bool same = vmsa->x87_fcw == X87_FCW_INITIAL && vmsa->x87_fsw == 0 &&
                vmsa->x87_ftw == X87_FTW_EMPTY && !(left->fsw & X87_FSW_TOP);
    for (unsigned st = 0; st < 8 && same; st++) {
        uint64_t mantissa[2];
        uint16_t exponent[2];
        memcpy(&mantissa[0], left->st[st].mantissa, 8);
        memcpy(&mantissa[1], vmsa->x87_mantissa[st], 8);
        memcpy(&exponent[0], left->st[st].exponent, 2);
        memcpy(&exponent[1], vmsa->x87_exponent[st], 2);
        same = mantissa[0] == mantissa[1] && exponent[0] == exponent[1];
    }
    return same;
}

/* FXSAVE would bring the XMM registers too, which are quicker one by one. Where the last x87
 * instruction and its operand lay is not kept: TCG loads neither from any image. A status word is
 * loaded only if there is one, for QEMU's sake: with it any CPU writes to a word of flags of the
 * first CPU, without a lock, and may undo what VMRUN has just set there. */
HOT static void x87_load(struct vcpu *vcpu)
{
    const struct svm_vmsa *vmsa = vcpu->vmsa;
    struct x87_image *image = &vcpu->x87;
    if (x87_is_there(vmsa, image))
        return;
    image->fcw = vmsa->x87_fcw;
    image->fsw = vmsa->x87_fsw;
    image->ftw = vmsa->x87_ftw;
    for (unsigned st = 0; st < 8; st++) {
        memcpy(image->st[st].mantissa, vmsa->x87_mantissa[st], 8);
        memcpy(image->st[st].exponent, vmsa->x87_exponent[st], 2);
    }
    if (image->fsw)
        x87_restore(image);
    else
        x87_compose(image);
}

HOT static void x87_store(struct vcpu *vcpu)
{
    struct svm_vmsa *vmsa = vcpu->vmsa;
    struct x87_image *image = &vcpu->x87;
    x87_save(image);
    vmsa->x87_fcw = (uint16_t)image->fcw;
    vmsa->x87_fsw = (uint16_t)image->fsw;
    vmsa->x87_ftw = (uint16_t)image->ftw;
    vmsa->x87_rip = vmsa->x87_dp = 0;
    for (unsigned st = 0; st < 8; st++) {
        memcpy(vmsa->x87_mantissa[st], image->st[st].mantissa, 8);
        memcpy(vmsa->x87_exponent[st], image->st[st].exponent, 2);
    }
}

HOT static void avx_load(struct vcpu *vcpu)
{
    const struct svm_vmsa *vmsa = vcpu->vmsa;
    if (xcr0_read() != vmsa->xcr0)
        xcr0_write(vmsa->xcr0);
    if (!(vmsa->xcr0 & XSTATE_AVX))
        return;
    memset(vcpu->fpu + XSAVE_HEADER, 0, XSAVE_YMM - XSAVE_HEADER);
    vcpu->fpu[XSAVE_HEADER] = XSTATE_AVX;
    memcpy(vcpu->fpu + XSAVE_YMM, vmsa->ymm_high, sizeof vmsa->ymm_high);
    fpu_restore_avx(vcpu->fpu);
}

HOT static void avx_store(struct vcpu *vcpu)
{
    struct svm_vmsa *vmsa = vcpu->vmsa;
    vmsa->xcr0 = xcr0_read();
    if (!(vmsa->xcr0 & XSTATE_AVX))
        return;
    memset(vcpu->fpu + XSAVE_YMM, 0, sizeof vmsa->ymm_high);
    fpu_save_avx(vcpu->fpu);
    memcpy(vmsa->ymm_high, vcpu->fpu + XSAVE_YMM, sizeof vmsa->ymm_high);
}

/* MXCSR comes last, as restoring AVX may set it too. Bits it has not would fault here, in the
 * machine. */
HOT static void fpu_load(struct vcpu *vcpu)
{
    if (has_xsave())
        avx_load(vcpu);
    x87_load(vcpu);
    xmm_load(vcpu->vmsa->xmm);
    mxcsr_restore(vcpu->vmsa->mxcsr & MXCSR_VALID);
}

HOT static void fpu_store(struct vcpu *vcpu)
{
    x87_store(vcpu);
    xmm_store(vcpu->vmsa->xmm);
    vcpu->vmsa->mxcsr = mxcsr_save();
    if (has_xsave())
        avx_store(vcpu);
}

/* ---- The save area ---- */

/* What VMRUN, VMLOAD and the exits read and write of it; the rest stays in the VMSA as it is. */
static inline __attribute__((always_inline)) void move_save(struct svm_save *to,
                                                            const struct svm_save *from)
{
    move(&to->es, &from->es, offsetof(struct svm_save, ssp_pl));
    move(&to->reserved_c8, &from->reserved_c8, 16);
    move(&to->xss, &from->xss, offsetof(struct svm_save, dr) - offsetof(struct svm_save, xss));
    to->rsp = from->rsp;
    move(&to->rax, &from->rax,
         offsetof(struct svm_save, reserved_248) - offsetof(struct svm_save, rax));
    move(&to->g_pat, &from->g_pat, 16);
}

HOT void vmsa_load(struct vcpu *vcpu)
{
    const struct svm_vmsa *vmsa = vcpu->vmsa;
    move_save(&vcpu->vmcb->save, &vmsa->save);
    move(&vcpu->registers.rcx, &vmsa->rcx, 3 * sizeof vmsa->rcx);
    move(&vcpu->registers.rbp, &vmsa->rbp, 11 * sizeof vmsa->rbp);
    vcpu->sev_features = vmsa->sev_features;
    if (vcpu->tsc_aux != vmsa->save.tsc_aux)
        msr_write(MSR_TSC_AUX, vmsa->save.tsc_aux);
    vcpu->tsc_aux = vmsa->save.tsc_aux;
    fpu_load(vcpu);
}

HOT void vmsa_store(struct vcpu *vcpu)
{
    struct svm_vmsa *vmsa = vcpu->vmsa;
    move_save(&vmsa->save, &vcpu->vmcb->save);
    vmsa->save.efer |= EFER_SVME;
    vmsa->save.tsc_aux = (uint32_t)vcpu->tsc_aux;
    move(&vmsa->rcx, &vcpu->registers.rcx, 3 * sizeof vmsa->rcx);
    move(&vmsa->rbp, &vcpu->registers.rbp, 11 * sizeof vmsa->rbp);
    vmsa->exit_code = vcpu->host->exit_code;
    vmsa->exit_info1 = vcpu->host->exit_info1;
    vmsa->exit_info2 = vcpu->host->exit_info2;
    vmsa->exit_int_info = vcpu->host->exit_int_info;
    vmsa->nrip = vmsa->save.rip;
    fpu_store(vcpu);
}
