/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMSA to VMCB and back, the FPU included. The VMSA in guest memory is the truth whenever its vCPU
 * is not inside hw_run, because an SVSM reads and edits the VMSAs of other VMPLs.
 */
#include "hardware/fpu.h"
#include "hardware/vcpu.h"
#include "x86.h"

#define MXCSR_VALID  0xFFFFu
#define FX_MXCSR     24u
#define FX_ST        32u
#define XSAVE_HEADER 512u
#define XSAVE_YMM    576u
#define TAGS_EMPTY   0xFFFFu
#define TAG_EMPTY    3u
#define TAG_ZERO     1u
#define TAG_SPECIAL  2u

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

/* ---- x87 tags: the VMSA has two bits for each register, FXSAVE one ---- */

HOT static unsigned tag_of(const uint8_t *mantissa, const uint8_t *exponent)
{
    unsigned power = (exponent[0] | (unsigned)exponent[1] << 8) & 0x7FFF;
    uint64_t digits;
    memcpy(&digits, mantissa, sizeof digits);
    if (!power && !digits)
        return TAG_ZERO;
    return !power || power == 0x7FFF || !(digits >> 63) ? TAG_SPECIAL : 0;
}

/* Registers in the image are ST0.., tags go with the physical register: TOP is in FSW 13:11. */
HOT static uint16_t tags_from_image(const struct svm_vmsa *vmsa, uint8_t present)
{
    uint16_t tags = 0;
    if (!present)
        return TAGS_EMPTY;
    unsigned top = vmsa->x87_fsw >> 11 & 7;
    for (unsigned r = 0; r < 8; r++) {
        unsigned st = (r - top) & 7;
        unsigned tag = TAG_EMPTY;
        if (present & 1u << r)
            tag = tag_of(vmsa->x87_mantissa[st], vmsa->x87_exponent[st]);
        tags |= (uint16_t)(tag << 2 * r);
    }
    return tags;
}

HOT static uint8_t tags_to_image(uint16_t tags)
{
    uint8_t present = 0;
    if (tags == TAGS_EMPTY)
        return 0;
    for (unsigned r = 0; r < 8; r++)
        if ((tags >> 2 * r & 3) != TAG_EMPTY)
            present |= (uint8_t)(1u << r);
    return present;
}

HOT static void fpu_from_vmsa(const struct svm_vmsa *vmsa, uint8_t *image)
{
    uint8_t present = tags_to_image(vmsa->x87_ftw);
    memcpy(image, &vmsa->x87_fcw, 2);
    memcpy(image + 2, &vmsa->x87_fsw, 2);
    image[4] = present;
    image[5] = 0;
    memcpy(image + 6, &vmsa->x87_fop, 2);
    memcpy(image + 8, &vmsa->x87_rip, 8);
    memcpy(image + 16, &vmsa->x87_dp, 8);
    uint32_t mxcsr = vmsa->mxcsr & MXCSR_VALID; /* other bits would fault here, in the machine */
    memcpy(image + FX_MXCSR, &mxcsr, 4);
    for (unsigned st = 0; st < 8; st++) {
        memcpy(image + FX_ST + 16 * st, vmsa->x87_mantissa[st], 8);
        memcpy(image + FX_ST + 16 * st + 8, vmsa->x87_exponent[st], 2);
    }
}

HOT static void fpu_to_vmsa(struct svm_vmsa *vmsa, const uint8_t *image)
{
    memcpy(&vmsa->x87_fcw, image, 2);
    memcpy(&vmsa->x87_fsw, image + 2, 2);
    memcpy(&vmsa->x87_fop, image + 6, 2);
    memcpy(&vmsa->x87_rip, image + 8, 8);
    memcpy(&vmsa->x87_dp, image + 16, 8);
    memcpy(&vmsa->mxcsr, image + FX_MXCSR, 4);
    for (unsigned st = 0; st < 8; st++) {
        memcpy(vmsa->x87_mantissa[st], image + FX_ST + 16 * st, 8);
        memcpy(vmsa->x87_exponent[st], image + FX_ST + 16 * st + 8, 2);
    }
    vmsa->x87_ftw = tags_from_image(vmsa, image[4]);
}

HOT static void fpu_load(struct vcpu *vcpu)
{
    const struct svm_vmsa *vmsa = vcpu->vmsa;
    fpu_from_vmsa(vmsa, vcpu->fpu);
    fpu_restore(vcpu->fpu);
    xmm_load(vmsa->xmm);
    if (!has_xsave())
        return;
    if (xcr0_read() != vmsa->xcr0)
        xcr0_write(vmsa->xcr0);
    if (!(vmsa->xcr0 & XSTATE_AVX))
        return;
    memset(vcpu->fpu + XSAVE_HEADER, 0, XSAVE_YMM - XSAVE_HEADER);
    vcpu->fpu[XSAVE_HEADER] = XSTATE_AVX;
    memcpy(vcpu->fpu + XSAVE_YMM, vmsa->ymm_high, sizeof vmsa->ymm_high);
    fpu_restore_avx(vcpu->fpu);
}

HOT static void fpu_store(struct vcpu *vcpu)
{
    struct svm_vmsa *vmsa = vcpu->vmsa;
    fpu_save(vcpu->fpu);
    fpu_to_vmsa(vmsa, vcpu->fpu);
    xmm_store(vmsa->xmm);
    if (!has_xsave())
        return;
    vmsa->xcr0 = xcr0_read();
    if (!(vmsa->xcr0 & XSTATE_AVX))
        return;
    memset(vcpu->fpu + XSAVE_YMM, 0, sizeof vmsa->ymm_high);
    fpu_save_avx(vcpu->fpu);
    memcpy(vmsa->ymm_high, vcpu->fpu + XSAVE_YMM, sizeof vmsa->ymm_high);
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
