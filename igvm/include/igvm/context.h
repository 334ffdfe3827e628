/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contents of a VP_CONTEXT's data page: the registers a virtual CPU starts with.
 *
 * Which of the two layouts a page has follows from the platform its header names: struct
 * igvm_native_context for NATIVE and SEV, struct igvm_vmsa for SEV_SNP and SEV_ES. Both fill the
 * front of a 4096-byte page whose rest is zero.
 */
#ifndef IGVM_CONTEXT_H
#define IGVM_CONTEXT_H

#include "igvm/format.h"
#include "igvm/vmsa.h"

#include <stddef.h>

struct IGVM_LAYOUT igvm_native_context {
    uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip;
    uint64_t rflags;
    uint64_t idtr_base;
    uint16_t idtr_limit;
    uint16_t reserved[2];
    uint16_t gdtr_limit;
    uint64_t gdtr_base;
    uint16_t code_selector;
    uint16_t code_attributes;
    uint32_t code_base;
    uint32_t code_limit;
    uint16_t data_selector;
    uint16_t data_attributes;
    uint32_t data_base;
    uint32_t data_limit;
    uint64_t gs_base;
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t efer;
};

#define IGVM_NATIVE_CONTEXT_SIZE 232u

/* KVM keeps every VMSA at this address as far as the launch digest is concerned. */
#define IGVM_KVM_VMSA_GPA 0xFFFFFFFFF000u

_Static_assert(sizeof(struct igvm_native_context) == IGVM_NATIVE_CONTEXT_SIZE, "native context");
_Static_assert(offsetof(struct igvm_native_context, gdtr_limit) == 0x9E, "gdtr_limit");
_Static_assert(offsetof(struct igvm_native_context, code_selector) == 0xA8, "code_selector");
_Static_assert(offsetof(struct igvm_native_context, gs_base) == 0xC0, "gs_base");

#endif
