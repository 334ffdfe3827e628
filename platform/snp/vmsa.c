/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The register state another processor starts with: 64-bit mode, the kernel's tables, its own
 * stack.
 *
 * Offsets are those of AMD's manual, volume 2, appendix B. The host sees none of it.
 */
#include <stddef.h>

#include "cpu.h"
#include "ops.h"
#include "paging.h"
#include "snp.h"

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
    uint8_t unused4[0x268 - 0x1e0];
    uint64_t pat;
    uint8_t unused5[0x338 - 0x270];
    uint64_t rdi;
    uint8_t unused6[0x3b0 - 0x340];
    uint64_t sev_features;
    uint8_t unused7[0x3e8 - 0x3b8];
    uint64_t xcr0;
    uint8_t unused8[0x408 - 0x3f0];
    uint32_t mxcsr;
    uint16_t ftw, fsw, fcw;
    uint8_t unused9[4096 - 0x412];
};

_Static_assert(offsetof(struct vmsa, vmpl) == 0x0ca, "the manual's");
_Static_assert(offsetof(struct vmsa, cr4) == 0x148, "the manual's");
_Static_assert(offsetof(struct vmsa, rip) == 0x178, "the manual's");
_Static_assert(offsetof(struct vmsa, rsp) == 0x1d8, "the manual's");
_Static_assert(offsetof(struct vmsa, pat) == 0x268, "the manual's");
_Static_assert(offsetof(struct vmsa, rdi) == 0x338, "the manual's");
_Static_assert(offsetof(struct vmsa, sev_features) == 0x3b0, "the manual's");
_Static_assert(offsetof(struct vmsa, xcr0) == 0x3e8, "the manual's");
_Static_assert(offsetof(struct vmsa, mxcsr) == 0x408, "the manual's");
_Static_assert(offsetof(struct vmsa, fcw) == 0x410, "the manual's");
_Static_assert(sizeof(struct vmsa) == 4096, "one page");

#define CODE_64      0xa9bu
#define DATA_32      0xc93u
#define LOCAL_TABLE  0x082u
#define TASK         0x08bu
#define CR0_START    (UINT64_C(0x80000011) | CR0_NE | CR0_WP) /* PG ET PE */
#define EFER_LONG    UINT64_C(0x500)                          /* LME LMA */
#define RFLAGS_RESET 2u
#define DR6_RESET    UINT64_C(0xffff0ff0)
#define DR7_RESET    UINT64_C(0x400)
#define PAT_RESET    UINT64_C(0x0007040600070406)
#define MXCSR_RESET  0x1f80u
#define FTW_EMPTY    0x5555u
#define FCW_RESET    0x40u

void vmsa_fill(void *page, const struct cpu *cpu, uint64_t features)
{
    struct vmsa *v = page;
    struct segment data = {KERNEL_DS, DATA_32, UINT32_MAX, 0};

    for (unsigned int i = 0; i < SEGMENTS; i++) {
        v->segments[i] = data;
    }
    v->segments[CS] = (struct segment){KERNEL_CS, CODE_64, UINT32_MAX, 0};
    v->segments[LDTR] = (struct segment){0, LOCAL_TABLE, 0xffff, 0};
    v->segments[TR] = (struct segment){0, TASK, 0xffff, 0};
    v->segments[GDTR] = (struct segment){0, 0, 0, 0};
    v->segments[IDTR] = (struct segment){0, 0, 0, 0};
    v->efer = EFER_LONG | EFER_NXE | EFER_SVME;
    v->cr4 = CR4_PAE | CR4_MCE;
    v->cr3 = paging_kernel_root();
    v->cr0 = CR0_START;
    v->dr7 = DR7_RESET;
    v->dr6 = DR6_RESET;
    v->rflags = RFLAGS_RESET;
    v->rip = (uint64_t)machine_cpu_entry;
    v->rsp = cpu->stack_top - sizeof(uint64_t);
    v->pat = PAT_RESET;
    v->rdi = (uint64_t)cpu;
    v->sev_features = features;
    v->xcr0 = 1;
    v->mxcsr = MXCSR_RESET;
    v->ftw = FTW_EMPTY;
    v->fcw = FCW_RESET;
}
