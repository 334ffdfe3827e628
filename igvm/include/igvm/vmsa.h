/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The saved state of a virtual CPU of SEV-ES and SEV-SNP: AMD's manual, volume 2, appendix B.
 *
 * The processor loads it when the host runs the page and writes it back at every exit; the host
 * sees none of it. Fields that neither a file nor an SVSM reads or sets are left unnamed. A layout
 * and nothing else, for the library and for whoever handles VMSAs while it runs.
 */
#ifndef IGVM_VMSA_H
#define IGVM_VMSA_H

#include <stddef.h>
#include <stdint.h>

struct igvm_vmsa_segment {
    uint16_t selector;
    uint16_t attributes;
    uint32_t limit;
    uint64_t base;
};

struct igvm_vmsa {
    struct igvm_vmsa_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    uint8_t unnamed_0a0[0x0CA - 0x0A0];
    uint8_t vmpl;
    uint8_t cpl;
    uint8_t unnamed_0cc[4];
    uint64_t efer;
    uint8_t unnamed_0d8[0x140 - 0x0D8];
    uint64_t xss, cr4, cr3, cr0, dr7, dr6, rflags, rip;
    uint64_t dr0, dr1, dr2, dr3;
    uint8_t unnamed_1a0[0x1D8 - 0x1A0];
    uint64_t rsp;
    uint8_t unnamed_1e0[0x1F8 - 0x1E0];
    uint64_t rax, star, lstar, cstar, sfmask, kernel_gs_base;
    uint8_t unnamed_228[0x240 - 0x228];
    uint64_t cr2;
    uint8_t unnamed_248[0x268 - 0x248];
    uint64_t g_pat;
    uint8_t unnamed_270[0x308 - 0x270];
    uint64_t rcx, rdx, rbx;
    uint8_t unnamed_320[8];
    uint64_t rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
    uint8_t unnamed_380[0x3B0 - 0x380];
    uint64_t sev_features;
    uint8_t unnamed_3b8[8];
    uint64_t exit_code, virtual_tom;
    uint8_t unnamed_3d0[0x3E8 - 0x3D0];
    uint64_t xcr0;
    uint8_t unnamed_3f0[0x408 - 0x3F0];
    uint32_t mxcsr;
    uint16_t x87_ftw, x87_fsw, x87_fcw;
    uint8_t unnamed_412[0x1000 - 0x412];
};

_Static_assert(sizeof(struct igvm_vmsa) == 0x1000, "VMSA");
_Static_assert(offsetof(struct igvm_vmsa, vmpl) == 0x0CA, "vmpl");
_Static_assert(offsetof(struct igvm_vmsa, efer) == 0x0D0, "efer");
_Static_assert(offsetof(struct igvm_vmsa, xss) == 0x140, "xss");
_Static_assert(offsetof(struct igvm_vmsa, rip) == 0x178, "rip");
_Static_assert(offsetof(struct igvm_vmsa, dr3) == 0x198, "dr3");
_Static_assert(offsetof(struct igvm_vmsa, rsp) == 0x1D8, "rsp");
_Static_assert(offsetof(struct igvm_vmsa, rax) == 0x1F8, "rax");
_Static_assert(offsetof(struct igvm_vmsa, star) == 0x200, "star");
_Static_assert(offsetof(struct igvm_vmsa, cr2) == 0x240, "cr2");
_Static_assert(offsetof(struct igvm_vmsa, g_pat) == 0x268, "g_pat");
_Static_assert(offsetof(struct igvm_vmsa, rcx) == 0x308, "rcx");
_Static_assert(offsetof(struct igvm_vmsa, rbp) == 0x328, "rbp");
_Static_assert(offsetof(struct igvm_vmsa, r9) == 0x348, "r9");
_Static_assert(offsetof(struct igvm_vmsa, r15) == 0x378, "r15");
_Static_assert(offsetof(struct igvm_vmsa, sev_features) == 0x3B0, "sev_features");
_Static_assert(offsetof(struct igvm_vmsa, exit_code) == 0x3C0, "exit_code");
_Static_assert(offsetof(struct igvm_vmsa, virtual_tom) == 0x3C8, "virtual_tom");
_Static_assert(offsetof(struct igvm_vmsa, xcr0) == 0x3E8, "xcr0");
_Static_assert(offsetof(struct igvm_vmsa, mxcsr) == 0x408, "mxcsr");
_Static_assert(offsetof(struct igvm_vmsa, x87_fcw) == 0x410, "x87_fcw");

#endif
