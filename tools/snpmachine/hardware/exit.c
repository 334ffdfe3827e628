/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of each exit of QEMU's: an automatic exit that the host sees, a #VC in the guest, or
 * an instruction that the model runs.
 */
#include "hardware/vcpu.h"

#define CODE_MAX    5u
#define INVD_OPCODE 0x08u

/* Non-automatic exits: #VC with the exit code as error code (APM volume 2, 15.35.5). Those not for
 * "all" are #GP above CPL 0 before they are anything else; QEMU 10 has that order wrong for some.
 */
static const struct {
    uint32_t code;
    bool all;
} vc_exits[] = {
    {0x27, false}, {0x37, false},                               /* DR7 */
    {0x41, true},  {0x51, true},                                /* #DB, #AC */
    {0x6F, true},  {0x72, true},                                /* RDPMC, CPUID */
    {0x73, true},  {0x7A, false},                               /* RSM, INVLPGA */
    {0x7B, true},  {0x7D, true},                                /* IOIO, task switch */
    {0x80, false}, {0x82, false}, {0x83, false}, {0x84, false}, /* VMRUN VMLOAD VMSAVE STGI */
    {0x85, false}, {0x86, false},                               /* CLGI, SKINIT */
    {0x8A, false}, {0x8B, false}, {0x8C, false},                /* MONITOR, MWAIT */
    {0x8E, true},                                               /* RDPRU */
};

/* Guest CR0 writes that change more than TS and MP: the view depends on PG, so they exit. */
static enum exit_verdict write_cr0(struct vcpu *vcpu, uint64_t value, unsigned length)
{
    struct svm_save *save = &vcpu->vmcb->save;
    bool paging = (value & CR0_PG) != 0, was_paging = (save->cr0 & CR0_PG) != 0;
    if (value >> 32 || (paging && !(value & CR0_PE)) ||
        (paging && !was_paging && (save->efer & EFER_LME) && !(save->cr4 & CR4_PAE))) {
        event_inject_error(vcpu, VECTOR_GP, 0);
        return EXIT_RESUME;
    }
    if (paging && (save->efer & EFER_LME))
        save->efer |= EFER_LMA;
    if (!paging)
        save->efer &= ~EFER_LMA;
    save->cr0 = value | 0x10;
    save->rip += length;
    return EXIT_RESUME;
}

enum exit_verdict exit_cr0(struct vcpu *vcpu)
{
    uint8_t code[CODE_MAX] = {0};
    size_t length = vcpu_code(vcpu, code, sizeof code), at = 0;
    unsigned rex = 0;
    while (at < length && (code[at] == 0x66 || code[at] == 0x67 || (code[at] & 0xF0) == 0x40))
        rex = code[at++];
    const uint8_t *opcode = code + at;
    uint64_t cr0 = vcpu->vmcb->save.cr0;
    if (at + 3 <= sizeof code && opcode[0] == 0x0F && opcode[1] == 0x22) {
        unsigned number = (opcode[2] & 7) | ((rex & 0xF1) == 0x41 ? 8u : 0);
        return write_cr0(vcpu, *vcpu_register(vcpu, number), (unsigned)at + 3);
    }
    if (at + 3 <= sizeof code && opcode[0] == 0x0F && opcode[1] == 0x01 && opcode[2] >= 0xF0 &&
        opcode[2] <= 0xF7) {
        uint64_t word = *vcpu_register(vcpu, opcode[2] & 7) & 0xF;
        return write_cr0(vcpu, (cr0 & ~0xEull) | word, (unsigned)at + 3);
    }
    machine_stop(MACHINE_NOT_MODELLED, "not modelled: a write to CR0 by opcode %x %x, at rip %lx",
                 opcode[0], opcode[1], vcpu->vmcb->save.cs.base + vcpu->vmcb->save.rip);
}

static enum exit_verdict halt(struct vcpu *vcpu)
{
    vcpu->vmcb->save.rip += 1;
    vcpu->vmcb->int_state = 0;
    return event_to_host(vcpu, HW_EXIT_HLT, 0, 0);
}

static enum exit_verdict privileged(struct vcpu *vcpu, uint64_t code)
{
    if (!vcpu->vmcb->save.cpl)
        return event_vc(vcpu, (uint32_t)code);
    event_inject_error(vcpu, VECTOR_GP, 0);
    return EXIT_RESUME;
}

/* QEMU 7.2 reports INVD as WBINVD. */
static enum exit_verdict cache_flush(struct vcpu *vcpu)
{
    uint8_t code[2] = {0};
    vcpu_code(vcpu, code, sizeof code);
    return privileged(vcpu, code[0] == 0x0F && code[1] == INVD_OPCODE ? EXIT_INVD : EXIT_WBINVD);
}

/* False: the code is in no table. */
static bool reflect(struct vcpu *vcpu, uint64_t code, enum exit_verdict *verdict)
{
    for (size_t i = 0; i < sizeof vc_exits / sizeof *vc_exits; i++) {
        if (vc_exits[i].code != code)
            continue;
        *verdict = vc_exits[i].all ? event_vc(vcpu, (uint32_t)code) : privileged(vcpu, code);
        return true;
    }
    return false;
}

HOT enum exit_verdict exit_handle(struct vcpu *vcpu)
{
    uint64_t code = vcpu->vmcb->exit_code;
    enum exit_verdict verdict;
    if ((uint32_t)code == 0xFFFFFFFF)
        return event_to_host(vcpu, HW_EXIT_INVALID, 0, 0);
    switch (code) {
    case EXIT_VMMCALL:
        return exit_vmmcall(vcpu);
    case EXIT_NPF:
        return exit_npf(vcpu);
    case EXIT_MSR:
        return exit_msr(vcpu);
    case EXIT_EXCEPTION + VECTOR_UD:
        return exit_undefined(vcpu);
    case EXIT_CR0_SEL:
        return exit_cr0(vcpu);
    case EXIT_HLT:
        return halt(vcpu);
    case EXIT_INVD:
    case EXIT_WBINVD:
        return cache_flush(vcpu);
    case EXIT_INTR:
    case EXIT_NMI:
    case EXIT_VINTR:
    case EXIT_SHUTDOWN:
        return event_to_host(vcpu, code, 0, 0);
    default:
        break;
    }
    if (reflect(vcpu, code, &verdict))
        return verdict;
    machine_stop(MACHINE_NOT_MODELLED, "not modelled: exit %lx, info %lx %lx, at rip %lx", code,
                 vcpu->vmcb->exit_info1, vcpu->vmcb->exit_info2,
                 vcpu->vmcb->save.cs.base + vcpu->vmcb->save.rip);
}
