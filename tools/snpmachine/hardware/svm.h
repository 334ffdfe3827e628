/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Layouts of AMD's SVM: the VMCB that QEMU runs and the VMSA that an SEV-ES guest's state lives in.
 * The first 300h bytes of a VMSA have the offsets of the VMCB's save area (APM volume 2, appendix
 * B).
 */
#ifndef SNPMACHINE_SVM_H
#define SNPMACHINE_SVM_H

#include <stddef.h>
#include <stdint.h>

struct svm_segment {
    uint16_t selector, attributes;
    uint32_t limit;
    uint64_t base;
};

struct svm_save {
    struct svm_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    uint64_t ssp_pl[4], u_cet;
    uint16_t reserved_c8;
    uint8_t vmpl, cpl;
    uint32_t reserved_cc;
    uint64_t efer, reserved_d8[13];
    uint64_t xss, cr4, cr3, cr0, dr7, dr6, rflags, rip;
    uint64_t dr[4], dr_mask[4], reserved_1c0[3];
    uint64_t rsp, s_cet, ssp, isst, rax;
    uint64_t star, lstar, cstar, sfmask, kernel_gs_base;
    uint64_t sysenter_cs, sysenter_esp, sysenter_eip, cr2;
    uint64_t reserved_248[4], g_pat, dbgctl, last_branch[4], reserved_298[9];
    uint64_t spec_ctrl;
    uint32_t pkru, tsc_aux;
    uint64_t tsc_scale, tsc_offset;
};

struct svm_vmsa {
    struct svm_save save;
    uint64_t reg_prot_nonce;
    uint64_t rcx, rdx, rbx, secure_avic, rbp, rsi, rdi, r8_to_r15[8];
    uint64_t reserved_380[2];
    uint64_t exit_info1, exit_info2, exit_int_info, nrip;
    uint64_t sev_features, vintr_ctrl, exit_code, virtual_tom, tlb_id, pcpu_id, event_inj, xcr0;
    uint64_t reserved_3f0[2];
    uint64_t x87_dp;
    uint32_t mxcsr;
    uint16_t x87_ftw, x87_fsw, x87_fcw, x87_fop, x87_ds, x87_cs;
    uint64_t x87_rip;
    uint8_t x87_mantissa[8][8], x87_exponent[8][2];
    uint8_t xmm[16][16], ymm_high[16][16];
    uint8_t rest[0x1000 - 0x670];
};

#define SVM_VMCB_USED 0x700u

struct svm_vmcb {
    uint16_t intercept_cr_read, intercept_cr_write, intercept_dr_read, intercept_dr_write;
    uint32_t intercept_exceptions, intercept1, intercept2;
    uint8_t reserved_14[0x40 - 0x14];
    uint64_t iopm, msrpm, tsc_offset;
    uint32_t asid, tlb_control, int_ctl, int_vector;
    uint64_t int_state, exit_code, exit_info1, exit_info2, exit_int_info, nested_enable;
    uint8_t reserved_98[0xA8 - 0x98];
    uint64_t event_inj, nested_cr3, lbr;
    uint8_t reserved_c0[0x400 - 0xC0];
    struct svm_save save;
    uint8_t rest[0x1000 - SVM_VMCB_USED];
};

_Static_assert(offsetof(struct svm_save, vmpl) == 0x0CA, "VMSA");
_Static_assert(offsetof(struct svm_save, efer) == 0x0D0, "VMSA");
_Static_assert(offsetof(struct svm_save, xss) == 0x140, "VMSA");
_Static_assert(offsetof(struct svm_save, rip) == 0x178, "VMSA");
_Static_assert(offsetof(struct svm_save, rsp) == 0x1D8, "VMSA");
_Static_assert(offsetof(struct svm_save, rax) == 0x1F8, "VMSA");
_Static_assert(offsetof(struct svm_save, cr2) == 0x240, "VMSA");
_Static_assert(offsetof(struct svm_save, g_pat) == 0x268, "VMSA");
_Static_assert(offsetof(struct svm_save, spec_ctrl) == 0x2E0, "VMSA");
_Static_assert(sizeof(struct svm_save) == 0x300, "VMSA");
_Static_assert(offsetof(struct svm_vmsa, rcx) == 0x308, "VMSA");
_Static_assert(offsetof(struct svm_vmsa, r8_to_r15) == 0x340, "VMSA");
_Static_assert(offsetof(struct svm_vmsa, exit_info1) == 0x390, "VMSA");
_Static_assert(offsetof(struct svm_vmsa, sev_features) == 0x3B0, "VMSA");
_Static_assert(offsetof(struct svm_vmsa, xcr0) == 0x3E8, "VMSA");
_Static_assert(offsetof(struct svm_vmsa, mxcsr) == 0x408, "VMSA");
_Static_assert(offsetof(struct svm_vmsa, x87_mantissa) == 0x420, "VMSA");
_Static_assert(offsetof(struct svm_vmsa, xmm) == 0x470, "VMSA");
_Static_assert(sizeof(struct svm_vmsa) == 0x1000, "VMSA");
_Static_assert(offsetof(struct svm_vmcb, int_ctl) == 0x60, "VMCB");
_Static_assert(offsetof(struct svm_vmcb, exit_code) == 0x70, "VMCB");
_Static_assert(offsetof(struct svm_vmcb, event_inj) == 0xA8, "VMCB");
_Static_assert(offsetof(struct svm_vmcb, nested_cr3) == 0xB0, "VMCB");
_Static_assert(sizeof(struct svm_vmcb) == 0x1000, "VMCB");

/* Exit codes; those above 400h are of SEV-ES. */
#define EXIT_CR0_SEL     0x65u
#define EXIT_EXCEPTION   0x40u /* + vector */
#define EXIT_INTR        0x60u
#define EXIT_NMI         0x61u
#define EXIT_VINTR       0x64u
#define EXIT_CPUID       0x72u
#define EXIT_INVD        0x76u
#define EXIT_WBINVD      0x89u
#define EXIT_HLT         0x78u
#define EXIT_IOIO        0x7Bu
#define EXIT_MSR         0x7Cu
#define EXIT_SHUTDOWN    0x7Fu
#define EXIT_VMMCALL     0x81u
#define EXIT_NPF         0x400u
#define EXIT_VMGEXIT     0x403u
#define EXIT_UNVALIDATED 0x404u

/* Bits of intercept1 and intercept2: exit codes 60h + n and 80h + n. */
#define INTERCEPT1(exit) (1u << ((exit)-0x60u))
#define INTERCEPT2(exit) (1u << ((exit)-0x80u))

#define INT_CTL_TPR      0xFFull
#define INT_CTL_IRQ      (1u << 8)
#define INT_CTL_PRIO     (0xFu << 16)
#define INT_CTL_IGN_TPR  (1u << 20)
#define INT_CTL_MASKING  (1u << 24)
#define INT_STATE_SHADOW 1ull

#define VECTOR_DB 1u
#define VECTOR_UD 6u
#define VECTOR_DF 8u
#define VECTOR_GP 13u
#define VECTOR_PF 14u
#define VECTOR_AC 17u
#define VECTOR_HV 28u
#define VECTOR_VC 29u

#define EVENT_TYPE(event)   (((event) >> 8) & 7u)
#define EVENT_VECTOR(event) ((event)&0xFFu)
#define EVENT_TYPE_SOFT     4u

#define EFER_SVME   (1ull << 12)
#define EFER_LMA    (1ull << 10)
#define EFER_LME    (1ull << 8)
#define EFER_NXE    (1ull << 11)
#define CR0_PE      (1ull << 0)
#define CR0_WP      (1ull << 16)
#define CR0_PG      (1ull << 31)
#define CR4_PSE     (1ull << 4)
#define CR4_PAE     (1ull << 5)
#define CR4_PGE     (1ull << 7)
#define CR4_SMEP    (1ull << 20)
#define CR4_SMAP    (1ull << 21)
#define CR4_LA57    (1ull << 12)
#define CR4_OSXSAVE (1ull << 18)
#define RFLAGS_CF   (1ull << 0)
#define RFLAGS_IF   (1ull << 9)
#define RFLAGS_RF   (1ull << 16)
#define RFLAGS_TF   (1ull << 8)
#define RFLAGS_NT   (1ull << 14)
#define RFLAGS_VM   (1ull << 17)
#define ATTR_LONG   (1u << 9)
#define ATTR_BIG    (1u << 10)

/* SEV_FEATURES */
#define FEATURE_SNP                  (1ull << 0)
#define FEATURE_RESTRICTED_INJECTION (1ull << 3)
#define FEATURE_DEBUG_SWAP           (1ull << 5)

#endif
