/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The saved state of a virtual CPU, as far as we read or write it.
 *
 * Offsets are those of AMD's manual, volume 2, appendix B. The processor loads it when the host
 * runs the page and writes it back at every exit; the host sees none of it.
 */
#ifndef SNP_VMSA_H
#define SNP_VMSA_H

#include <stddef.h>
#include <stdint.h>

#include <boot/boot_block.h>

struct cpu;

struct segment {
    uint16_t selector;
    uint16_t attributes;
    uint32_t limit;
    uint64_t base;
};

enum { ES, CS, SS, DS, FS, GS, GDTR, LDTR, IDTR, TR, SEGMENTS };

struct vmsa {
    struct segment segments[SEGMENTS];
    uint8_t unused0[0x0ca - 0x0a0];
    uint8_t vmpl, cpl;
    uint32_t unused1;
    uint64_t efer;
    uint8_t unused2[0x148 - 0x0d8];
    uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
    uint8_t unused3[0x1d8 - 0x180];
    uint64_t rsp;
    uint8_t unused4[0x1f8 - 0x1e0];
    uint64_t rax;
    uint8_t unused5[0x268 - 0x200];
    uint64_t pat;
    uint8_t unused6[0x308 - 0x270];
    uint64_t rcx, rdx, rbx;
    uint8_t unused7[0x330 - 0x320];
    uint64_t rsi, rdi, r8, r9;
    uint8_t unused8[0x3b0 - 0x350];
    uint64_t sev_features, vintr_ctrl, exit_code;
    uint8_t unused9[0x3e8 - 0x3c8];
    uint64_t xcr0;
    uint8_t unused10[0x408 - 0x3f0];
    uint32_t mxcsr;
    uint16_t ftw, fsw, fcw;
    uint8_t unused11[4096 - 0x412];
};

_Static_assert(offsetof(struct vmsa, vmpl) == 0x0ca, "the manual's");
_Static_assert(offsetof(struct vmsa, efer) == 0x0d0, "the manual's");
_Static_assert(offsetof(struct vmsa, cr4) == 0x148, "the manual's");
_Static_assert(offsetof(struct vmsa, rip) == 0x178, "the manual's");
_Static_assert(offsetof(struct vmsa, rsp) == 0x1d8, "the manual's");
_Static_assert(offsetof(struct vmsa, rax) == 0x1f8, "the manual's");
_Static_assert(offsetof(struct vmsa, pat) == 0x268, "the manual's");
_Static_assert(offsetof(struct vmsa, rcx) == 0x308, "the manual's");
_Static_assert(offsetof(struct vmsa, rdi) == 0x338, "the manual's");
_Static_assert(offsetof(struct vmsa, r9) == 0x348, "the manual's");
_Static_assert(offsetof(struct vmsa, sev_features) == 0x3b0, "the manual's");
_Static_assert(offsetof(struct vmsa, exit_code) == 0x3c0, "the manual's");
_Static_assert(offsetof(struct vmsa, xcr0) == 0x3e8, "the manual's");
_Static_assert(offsetof(struct vmsa, mxcsr) == 0x408, "the manual's");
_Static_assert(offsetof(struct vmsa, fcw) == 0x410, "the manual's");
_Static_assert(sizeof(struct vmsa) == 4096, "one page");

/* What a processor that is not the first starts with: the kernel, at VMPL0. */
void vmsa_fill(struct vmsa *vmsa, const struct cpu *cpu, uint64_t features);
/* What the guest's first processor starts with: 64-bit code on its own tables, at VMPL2. */
void vmsa_fill_guest(struct vmsa *vmsa, const struct boot_guest *guest, uint64_t features);

#endif
