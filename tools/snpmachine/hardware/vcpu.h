/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A running virtual CPU: one per physical CPU, holding the VMSA that runs there between hw_run's
 * load and store. Only hardware/ includes this, and only its own CPU touches it.
 */
#ifndef SNPMACHINE_VCPU_H
#define SNPMACHINE_VCPU_H

#include "hardware/fpu.h"
#include "hardware/svm.h"
#include "hardware/walk.h"

struct guest_registers { /* the order is vmrun.S's */
    uint64_t rcx, rdx, rbx, rbp, rsi, rdi, r8_to_r15[8];
};

/* An RDMSR right behind the VMGEXIT that ended a VMPL's last run: what was translated then holds
 * still, as a TLB's entry would, because that VMPL has executed nothing since. */
struct follower {
    uint64_t rip, cr3; /* rip 0: there is none */
    uint64_t spa, generation;
};

#define FPU_IMAGE 832u /* XSAVE's standard format up to the upper halves of YMM */

/* It lies in its VMCB's own page, behind what SVM uses of it: one page less to find at each exit.
 */
struct vcpu {
    struct svm_vmcb *vmcb;
    struct guest_registers registers;
    uint64_t gs_base; /* the machine's own */
    struct svm_vmsa *vmsa;
    struct hw_vmcb *host; /* what the host gave to hw_run */
    uint64_t sev_features, tsc_aux;
    struct kept kept[KEPT];
    struct kept known_vmsa[VMPLS]; /* by page; its key is not used */
    struct follower follower[VMPLS];
    struct x87_image x87;
    _Alignas(64) uint8_t fpu[FPU_IMAGE]; /* XSAVE image, for AVX */
};
_Static_assert(SVM_VMCB_USED + sizeof(struct vcpu) <= 0x1000 &&
                   SVM_VMCB_USED % _Alignof(struct vcpu) == 0,
               "one page");

/* What an exit handler decided. */
enum exit_verdict {
    EXIT_RESUME, /* back into the guest */
    EXIT_TO_HOST /* host->exit_* is filled in */
};

/* ---- run.c ---- */
void run_start(void);

/* ---- vmsa.c ---- */
void vmsa_load(struct vcpu *vcpu);
void vmsa_store(struct vcpu *vcpu);

/* ---- event.c: exceptions for the guest ---- */
void event_inject(struct vcpu *vcpu, unsigned vector); /* without error code */
void event_inject_error(struct vcpu *vcpu, unsigned vector, uint32_t error);
enum exit_verdict event_vc(struct vcpu *vcpu, uint32_t code); /* #VC */
enum exit_verdict event_failed_walk(struct vcpu *vcpu, const struct walk *walk, uint64_t linear);
enum exit_verdict event_to_host(struct vcpu *vcpu, uint64_t code, uint64_t info1, uint64_t info2);

/* ---- exit.c, fault.c, instruction.c, msr.c: handlers of VMCB exits ---- */
enum exit_verdict exit_handle(struct vcpu *vcpu);
enum exit_verdict exit_npf(struct vcpu *vcpu);
enum exit_verdict exit_undefined(struct vcpu *vcpu);
enum exit_verdict exit_vmmcall(struct vcpu *vcpu);
enum exit_verdict exit_cr0(struct vcpu *vcpu);
enum exit_verdict exit_msr(struct vcpu *vcpu);
void msr_start(void);

/* The MSR protocol is WRMSR, VMGEXIT, RDMSR. Where they stand side by side, the first and the last
 * are run together with the exit in the middle: each exit of QEMU's costs as much as 50,000
 * instructions. Neither is done under single-step or with an event to deliver. */
enum exit_verdict exit_at_vmgexit(struct vcpu *vcpu);
void msr_read_after_vmgexit(struct vcpu *vcpu);
bool msr_is_read(uint64_t code);
uint64_t msr_bitmap(void);

/* ---- linear.c: which linear address an instruction accessed ---- */
uint64_t linear_of_access(const struct vcpu *vcpu, uint64_t gpa);

/* The register with this number in an instruction (0 RAX ... 15 R15). */
uint64_t *vcpu_register(struct vcpu *vcpu, unsigned number);

/* Reads up to "size" bytes at RIP; returns how many there are (0: the fetch faults). */
size_t vcpu_code(const struct vcpu *vcpu, uint8_t *bytes, size_t size);

/* The first bytes at RIP, the lowest first, zeros where the fetch faults. */
struct vcpu_word {
    uint64_t code;
    uint64_t spa; /* where they lie, 0 if not all in one page */
};
struct vcpu_word vcpu_word(const struct vcpu *vcpu);

/* The linear address of RIP: CS.base counts outside 64-bit mode only. */
uint64_t vcpu_linear_rip(const struct vcpu *vcpu);

#endif
