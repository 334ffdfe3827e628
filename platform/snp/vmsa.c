/* SPDX-License-Identifier: BSD-2-Clause */
/* The register states that processors start with, ours and the guest's first; see vmsa.h. */
#include "vmsa.h"

#include "cpu.h"
#include "ops.h"
#include "paging.h"
#include "snp.h"

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
#define CR4_START    (CR4_PAE | CR4_MCE)
#define MXCSR_RESET  0x1f80u
#define FTW_EMPTY    0x5555u
#define FCW_RESET    0x40u

#define GUEST_CS    0x10u
#define GUEST_DS    0x18u
#define GUEST_LIMIT 0x1fu /* of its descriptor table */
#define GUEST_VMPL  2u

/* 64-bit mode with flat segments; nothing else may be taken for zero. */
static void fill_common(struct igvm_vmsa *v, uint16_t code, uint16_t data)
{
    const struct igvm_vmsa_segment none = {0}, flat = {data, DATA_32, UINT32_MAX, 0};

    v->es = v->ss = v->ds = v->fs = v->gs = flat;
    v->cs = (struct igvm_vmsa_segment){code, CODE_64, UINT32_MAX, 0};
    v->ldtr = (struct igvm_vmsa_segment){0, LOCAL_TABLE, 0xffff, 0};
    v->tr = (struct igvm_vmsa_segment){0, TASK, 0xffff, 0};
    v->gdtr = v->idtr = none;
    v->cr4 = CR4_START;
    v->cr0 = CR0_START;
    v->dr7 = DR7_RESET;
    v->dr6 = DR6_RESET;
    v->rflags = RFLAGS_RESET;
    v->g_pat = PAT_RESET;
    v->xcr0 = 1;
    v->mxcsr = MXCSR_RESET;
    v->x87_ftw = FTW_EMPTY;
    v->x87_fcw = FCW_RESET;
}

void vmsa_fill(struct igvm_vmsa *v, const struct cpu *cpu, uint64_t features)
{
    fill_common(v, KERNEL_CS, KERNEL_DS);
    v->efer = EFER_LONG | EFER_NXE | EFER_SVME;
    v->cr3 = paging_kernel_root();
    v->rip = (uint64_t)machine_cpu_entry;
    v->rsp = cpu->stack_top - sizeof(uint64_t);
    v->rdi = (uint64_t)cpu;
    v->sev_features = features;
}

void vmsa_fill_guest(struct igvm_vmsa *v, const struct boot_guest *guest, uint64_t features)
{
    fill_common(v, GUEST_CS, GUEST_DS);
    v->gdtr = (struct igvm_vmsa_segment){0, 0, GUEST_LIMIT, guest->gdt};
    v->vmpl = GUEST_VMPL;
    v->efer = EFER_LONG | EFER_SVME;
    v->cr3 = guest->tables.pa | platform_private_mask;
    v->rip = guest->entry;
    v->rsp = guest->stack_top;
    v->rsi = guest->boot_params;
    v->sev_features = features;
}
