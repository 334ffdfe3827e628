/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Only fields that KVM also has in its registers are set: QEMU refuses a VMSA with any other.
 */
#include "context.h"

#include "boot.h"

#include <boot/stub.h>

#define CODE_SELECTOR 0x08
#define DATA_SELECTOR 0x10
#define CODE64_NATIVE 0xa09b /* bits 15:12 are G, D, L, AVL; in a VMSA they are bits 11:8 */
#define DATA_NATIVE   0xc093
#define CODE64_VMSA   0xa9b
#define CODE32_VMSA   0xc9b
#define DATA_VMSA     0xc93
#define FLAT          0xffffffffu
#define RFLAGS_FIXED  2
#define EFER_SVME     0x1000
#define XCR0_X87      1

void context_native(const struct layout *layout, struct igvm_native_context *context)
{
    const struct boot_state state = boot_state(layout);

    *context = (struct igvm_native_context){
        .rdi = state.argument,
        .rsi = BOOT_NATIVE,
        .rsp = state.rsp,
        .rip = state.rip,
        .rflags = RFLAGS_FIXED,
        .code_selector = CODE_SELECTOR,
        .code_attributes = CODE64_NATIVE,
        .code_limit = FLAT,
        .data_selector = DATA_SELECTOR,
        .data_attributes = DATA_NATIVE,
        .data_limit = FLAT,
        .cr0 = BOOT_CR0,
        .cr3 = state.cr3,
        .cr4 = BOOT_CR4,
        .efer = BOOT_EFER,
    };
}

static void start_in_stub(const struct layout *layout, struct igvm_vmsa *vmsa)
{
    vmsa->cs = (struct igvm_vmsa_segment){CODE_SELECTOR, CODE32_VMSA, FLAT, 0};
    vmsa->cr0 = BOOT_CR0_FLAT;
    vmsa->efer = EFER_SVME;
    vmsa->rip = layout->block.stub.pa + BOOT_STUB_32;
    vmsa->rax = BOOT_SNP;
}

static void start_in_kernel(const struct layout *layout, struct igvm_vmsa *vmsa)
{
    const struct boot_state state = boot_state(layout);

    vmsa->cs = (struct igvm_vmsa_segment){CODE_SELECTOR, CODE64_VMSA, FLAT, 0};
    vmsa->cr0 = BOOT_CR0;
    vmsa->cr3 = state.cr3;
    vmsa->efer = BOOT_EFER | EFER_SVME;
    vmsa->rip = state.rip;
    vmsa->rsp = state.rsp;
    vmsa->rdi = state.argument;
    vmsa->rsi = BOOT_SNP;
}

void context_snp(const struct layout *layout, struct igvm_vmsa *vmsa)
{
    const struct build_profile *profile = layout->options->profile;
    const struct igvm_vmsa_segment data = {DATA_SELECTOR, DATA_VMSA, FLAT, 0};

    *vmsa = (struct igvm_vmsa){
        .es = data,
        .ss = data,
        .ds = data,
        .fs = data,
        .gs = data,
        .cr4 = BOOT_CR4,
        .dr6 = profile->dr6,
        .dr7 = profile->dr7,
        .rflags = RFLAGS_FIXED,
        .g_pat = profile->g_pat,
        .sev_features = layout->options->sev_features,
        .virtual_tom = profile->vtom,
        .xcr0 = XCR0_X87,
    };
    if (profile->direct)
        start_in_kernel(layout, vmsa);
    else
        start_in_stub(layout, vmsa);
}
