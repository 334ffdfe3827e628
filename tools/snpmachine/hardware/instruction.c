/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PVALIDATE, RMPADJUST, RMPQUERY and VMGEXIT: to TCG the first three are undefined opcodes and the
 * last is VMMCALL. Each checks in the architecture's order and changes state only at its end.
 */
#include "hardware/vcpu.h"
#include "trace.h"

#define CODE_LENGTH 4u

#define RESULT_SUCCESS      0u
#define RESULT_INPUT        1u
#define RESULT_PERMISSION   2u
#define RESULT_INUSE        3u
#define RESULT_SIZEMISMATCH 6u

#define FLAG_PF 0x004ull
#define FLAG_AF 0x010ull
#define FLAG_ZF 0x040ull
#define FLAG_SF 0x080ull
#define FLAG_OF 0x800ull

#define ADJUST_VMSA      (1ull << 16)
#define PAGE_FAULT_C_BIT 9u /* present, reserved: the operand page is not private */

/* The page an instruction works on, after all checks that can fault. */
struct operand {
    struct rmp_entry *entry; /* governs the page */
    uint64_t gpa, spa, size;
    uint32_t result; /* nonzero: the instruction ends with this code */
};

static enum exit_verdict finish(struct vcpu *vcpu, uint32_t result)
{
    struct svm_save *save = &vcpu->vmcb->save;
    save->rflags &= ~(FLAG_OF | FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF);
    save->rflags |= result ? 0 : FLAG_ZF;
    save->rflags |= __builtin_parity(result & 0xFF) ? 0 : FLAG_PF;
    save->rax = result;
    save->rip += CODE_LENGTH;
    return EXIT_RESUME;
}

HOT static uint64_t operand_linear(const struct vcpu *vcpu)
{
    const struct svm_save *save = &vcpu->vmcb->save;
    return save->cs.attributes & ATTR_LONG ? save->rax : (uint32_t)save->rax;
}

static enum exit_verdict operand_npf(struct vcpu *vcpu, uint64_t gpa, uint64_t info1)
{
    return event_to_host(vcpu, HW_EXIT_NPF,
                         info1 | HW_NPF_PRESENT | HW_NPF_RMP | HW_NPF_FINAL | HW_NPF_ENC, gpa);
}

/* RMP and page-size checks that PVALIDATE, RMPADJUST and RMPQUERY share. Under hardware_lock. */
static bool operand_check(struct operand *operand, bool large, uint64_t *npf)
{
    struct nested nested = nested_lookup(operand->gpa);
    *npf = 0;
    if (nested.kind != NESTED_MEMORY)
        return false;
    operand->spa = nested.spa & ~(PAGE_SIZE - 1);
    operand->entry = rmp_entry(operand->spa);
    if (!operand->entry || !operand->entry->assigned ||
        rmp_gpa(operand->spa) != (operand->gpa & ~(PAGE_SIZE - 1)))
        return false;
    operand->size = large ? LARGE_SIZE : PAGE_SIZE;
    if (large && (!operand->entry->large || nested.size == PAGE_SIZE)) {
        operand->result = RESULT_SIZEMISMATCH;
    } else if (!large && operand->entry->large) {
        *npf = HW_NPF_SIZEM;
        return false;
    } else if (!large && nested.size == LARGE_SIZE) {
        return false;
    }
    return true;
}

/* Translates RAX; false: *verdict says how the instruction ended instead. */
static bool operand_walk(struct vcpu *vcpu, struct operand *operand, enum exit_verdict *verdict)
{
    uint64_t linear = operand_linear(vcpu);
    struct walk walk = walk_linear(&vcpu->vmcb->save, linear, false);
    operand->gpa = walk.gpa;
    if (walk.kind != WALK_OK) {
        *verdict = event_failed_walk(vcpu, &walk, linear);
        return false;
    }
    if (!walk.private) {
        vcpu->vmcb->save.cr2 = linear;
        event_inject_error(vcpu, VECTOR_PF, PAGE_FAULT_C_BIT);
        *verdict = EXIT_RESUME;
        return false;
    }
    return true;
}

static bool bad_page(uint64_t linear, uint64_t size_code)
{
    return size_code > 1 || (linear & ((size_code ? LARGE_SIZE : PAGE_SIZE) - 1));
}

/* ---- PVALIDATE ---- */

static bool pvalidate_commit(struct operand *operand, bool validate)
{
    bool unchanged = operand->entry->validated == validate;
    operand->entry->validated = validate;
    if (!unchanged && !validate) {
        view_forget(operand->gpa, operand->size);
        view_settle();
    }
    return unchanged;
}

static enum exit_verdict pvalidate(struct vcpu *vcpu)
{
    struct svm_save *save = &vcpu->vmcb->save;
    uint32_t size_code = (uint32_t)vcpu->registers.rcx;
    struct operand operand = {0};
    enum exit_verdict verdict;
    if (save->vmpl) {
        machine_log("VMPL%u executes PVALIDATE at rip %lx: #GP", save->vmpl, save->rip);
        event_inject_error(vcpu, VECTOR_GP, 0);
        return EXIT_RESUME;
    }
    save->rflags &= ~RFLAGS_CF;
    if (bad_page(operand_linear(vcpu), size_code))
        return finish(vcpu, RESULT_INPUT);
    if (!operand_walk(vcpu, &operand, &verdict))
        return verdict;
    uint64_t npf;
    bool unchanged = false;
    spin_lock(&hardware_lock);
    bool good = operand_check(&operand, size_code == 1, &npf);
    if (good && !operand.result)
        unchanged = pvalidate_commit(&operand, vcpu->registers.rdx & 1);
    spin_unlock(&hardware_lock);
    if (!good)
        return operand_npf(vcpu, operand.gpa, npf);
    save->rflags |= unchanged ? RFLAGS_CF : 0;
    return finish(vcpu, operand.result);
}

/* ---- RMPADJUST ---- */

static uint32_t rmpadjust_commit(struct vcpu *vcpu, struct operand *operand)
{
    unsigned own = vcpu->vmcb->save.vmpl, target = vcpu->registers.rdx & 0xFF;
    uint8_t perms = vcpu->registers.rdx >> 8 & 0xFF;
    bool vmsa = (vcpu->registers.rdx & ADJUST_VMSA) != 0;
    struct rmp_entry *entry = operand->entry;
    if (perms & ~entry->perms[own])
        return RESULT_PERMISSION;
    if (!own && !vmsa && rmp_in_use(operand->spa))
        return RESULT_INUSE;
    bool fewer = entry->perms[target] & ~perms;
    entry->perms[target] = perms;
    if (!own)
        entry->vmsa = vmsa;
    view_forget_vmpl(operand->gpa, operand->size, target);
    if (fewer)
        view_settle();
    return RESULT_SUCCESS;
}

/* Input checks, then those of the page; all but the last two kinds come before any state is read.
 */
static uint32_t rmpadjust_input(const struct vcpu *vcpu)
{
    uint64_t rdx = vcpu->registers.rdx, size_code = vcpu->registers.rcx;
    unsigned target = rdx & 0xFF;
    uint8_t perms = rdx >> 8 & 0xFF;
    if (target <= vcpu->vmcb->save.vmpl)
        return RESULT_PERMISSION;
    bool vmsa = !vcpu->vmcb->save.vmpl && (rdx & ADJUST_VMSA);
    if (target >= VMPLS || bad_page(operand_linear(vcpu), size_code) || perms & ~PERM_ALL ||
        ((perms & PERM_WRITE) && !(perms & PERM_READ)) || (vmsa && size_code))
        return RESULT_INPUT;
    return RESULT_SUCCESS;
}

static enum exit_verdict rmpadjust(struct vcpu *vcpu)
{
    struct operand operand = {0};
    enum exit_verdict verdict;
    uint32_t result = rmpadjust_input(vcpu);
    if (result)
        return finish(vcpu, result);
    if (!operand_walk(vcpu, &operand, &verdict))
        return verdict;
    uint64_t npf;
    spin_lock(&hardware_lock);
    bool good = operand_check(&operand, vcpu->registers.rcx == 1, &npf);
    bool validated = good && operand.entry->validated;
    if (validated && !operand.result)
        operand.result = rmpadjust_commit(vcpu, &operand);
    spin_unlock(&hardware_lock);
    if (!good)
        return operand_npf(vcpu, operand.gpa, npf);
    if (!validated) {
        vcpu->vmcb->save.cr2 = operand_linear(vcpu);
        return event_vc(vcpu, EXIT_UNVALIDATED);
    }
    return finish(vcpu, operand.result);
}

/* ---- RMPQUERY ---- */

static enum exit_verdict rmpquery(struct vcpu *vcpu)
{
    struct operand operand = {0};
    enum exit_verdict verdict;
    unsigned target = vcpu->registers.rdx & 0xFF;
    if (target >= VMPLS)
        return finish(vcpu, RESULT_INPUT);
    if (target < vcpu->vmcb->save.vmpl)
        return finish(vcpu, RESULT_PERMISSION);
    if (!operand_walk(vcpu, &operand, &verdict))
        return verdict;
    uint64_t npf;
    struct rmp_entry entry = {0};
    spin_lock(&hardware_lock);
    struct nested nested = nested_lookup(operand.gpa);
    bool large = nested.kind == NESTED_MEMORY && nested.size == LARGE_SIZE;
    bool good = operand_check(&operand, large, &npf);
    if (good)
        entry = *operand.entry;
    spin_unlock(&hardware_lock);
    if (!good)
        return operand_npf(vcpu, operand.gpa, npf);
    if (!entry.validated) {
        vcpu->vmcb->save.cr2 = operand_linear(vcpu);
        return event_vc(vcpu, EXIT_UNVALIDATED);
    }
    vcpu->registers.rdx = (uint64_t)entry.perms[target] << 8 | (entry.vmsa ? ADJUST_VMSA : 0);
    vcpu->registers.rcx = entry.large;
    return finish(vcpu, RESULT_SUCCESS);
}

/* ---- Who is who ---- */

HOT static enum exit_verdict vmgexit(struct vcpu *vcpu)
{
    vcpu->vmcb->save.rip += CODE_LENGTH;
    return event_to_host(vcpu, HW_EXIT_VMGEXIT, 0, 0);
}

static const struct {
    uint32_t code; /* the lowest byte comes first */
    bool privileged;
    enum exit_verdict (*run)(struct vcpu *);
} instructions[] HOT_TABLE = {
    {0xFF010FF2, true, pvalidate}, {0xFE010FF3, true, rmpadjust}, {0xFD010FF3, true, rmpquery},
    {0xD9010FF3, false, vmgexit},  {0xD9010FF2, false, vmgexit},
};

/* Runs it and leaves a trace of the RMP instructions; their index in the table is their number. */
HOT static enum exit_verdict run_instruction(struct vcpu *vcpu, unsigned number)
{
    struct svm_save *save = &vcpu->vmcb->save;
    uint64_t linear = operand_linear(vcpu), operand = vcpu->registers.rdx & 0xFFFF;
    enum exit_verdict verdict = instructions[number].run(vcpu);
    if (instructions[number].privileged && verdict == EXIT_RESUME)
        trace(save->vmpl, TRACE_INSTRUCTION, number | (save->rax & 0xFF) << 8 | operand << 16,
              linear);
    return verdict;
}

HOT enum exit_verdict exit_undefined(struct vcpu *vcpu)
{
    uint32_t code = (uint32_t)vcpu_word(vcpu).code;
    for (unsigned i = 0; i < sizeof instructions / sizeof *instructions; i++) {
        if (code != instructions[i].code)
            continue;
        if (!instructions[i].privileged || !vcpu->vmcb->save.cpl)
            return run_instruction(vcpu, i);
        event_inject_error(vcpu, VECTOR_GP, 0);
        return EXIT_RESUME;
    }
    event_inject(vcpu, VECTOR_UD);
    return EXIT_RESUME;
}

/* Here lies a VMGEXIT; what follows it may be an RDMSR. */
HOT static enum exit_verdict vmgexit_at(struct vcpu *vcpu, struct vcpu_word word)
{
    const struct svm_save *save = &vcpu->vmcb->save;
    if (word.spa && msr_is_read(word.code >> 8 * CODE_LENGTH))
        vcpu->follower[save->vmpl] = (struct follower){save->rip + CODE_LENGTH, save->cr3,
                                                       word.spa + CODE_LENGTH, view_generation};
    return vmgexit(vcpu);
}

static bool is_vmgexit(uint64_t code)
{
    return (uint32_t)code == 0xD9010FF3 || (uint32_t)code == 0xD9010FF2;
}

HOT enum exit_verdict exit_at_vmgexit(struct vcpu *vcpu)
{
    struct vcpu_word word = vcpu_word(vcpu);
    bool next = is_vmgexit(word.code) && !(vcpu->vmcb->save.rflags & RFLAGS_TF);
    return next ? vmgexit_at(vcpu, word) : EXIT_RESUME;
}

HOT enum exit_verdict exit_vmmcall(struct vcpu *vcpu)
{
    struct vcpu_word word = vcpu_word(vcpu);
    return is_vmgexit(word.code) ? vmgexit_at(vcpu, word) : event_vc(vcpu, EXIT_VMMCALL);
}
