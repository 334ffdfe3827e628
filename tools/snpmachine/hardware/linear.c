/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU reports a nested fault by its guest physical address; a #VC sets CR2 to the linear one. The
 * candidates are what the instruction can have touched; the first that translates to the fault's
 * page is taken. If none does (an operand form not known here) CR2 keeps its value.
 */
#include "hardware/vcpu.h"

#define CODE_MAX   15u
#define CANDIDATES 6u

struct decoder {
    const struct vcpu *vcpu;
    const uint8_t *code;
    size_t length, at;
    uint8_t rex;
    uint64_t segment_base;
};

HOT uint64_t vcpu_linear_rip(const struct vcpu *vcpu)
{
    const struct svm_save *save = &vcpu->vmcb->save;
    bool flat = (save->efer & EFER_LMA) && (save->cs.attributes & ATTR_LONG);
    return flat ? save->rip : save->cs.base + save->rip;
}

HOT size_t vcpu_code(const struct vcpu *vcpu, uint8_t *bytes, size_t size)
{
    const struct svm_save *save = &vcpu->vmcb->save;
    uint64_t linear = vcpu_linear_rip(vcpu);
    size_t first = PAGE_SIZE - (linear & (PAGE_SIZE - 1));
    if (walk_read(save, linear, bytes, size).kind == WALK_OK)
        return size;
    if (first < size && walk_read(save, linear, bytes, first).kind == WALK_OK)
        return first;
    return 0;
}

HOT struct vcpu_word vcpu_word(const struct vcpu *vcpu)
{
    struct vcpu_word word = {0, 0};
    uint64_t linear = vcpu_linear_rip(vcpu);
    if (linear % PAGE_SIZE > PAGE_SIZE - sizeof word.code) {
        vcpu_code(vcpu, (uint8_t *)&word.code, sizeof word.code);
        return word;
    }
    struct walk walk = walk_access(&vcpu->vmcb->save, linear, false);
    if (walk.kind == WALK_OK) {
        word.spa = walk.spa;
        memcpy(&word.code, physical(walk.spa), sizeof word.code);
    }
    return word;
}

uint64_t *vcpu_register(struct vcpu *vcpu, unsigned number)
{
    struct guest_registers *r = &vcpu->registers;
    uint64_t *const low[8] = {&vcpu->vmcb->save.rax, &r->rcx, &r->rdx, &r->rbx,
                              &vcpu->vmcb->save.rsp, &r->rbp, &r->rsi, &r->rdi};
    return number < 8 ? low[number] : &r->r8_to_r15[number - 8];
}

static uint64_t register_value(const struct decoder *d, unsigned number)
{
    return *vcpu_register((struct vcpu *)(uintptr_t)d->vcpu, number);
}

static uint8_t next(struct decoder *d)
{
    return d->at < d->length ? d->code[d->at++] : 0;
}

static int64_t displacement(struct decoder *d, unsigned bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint32_t)next(d) << 8 * i;
    return bytes == 1 ? (int8_t)value : (int32_t)value;
}

static void skip_prefixes(struct decoder *d)
{
    const struct svm_save *save = &d->vcpu->vmcb->save;
    for (;;) {
        uint8_t byte = d->at < d->length ? d->code[d->at] : 0;
        if (byte == 0x64 || byte == 0x65)
            d->segment_base = byte == 0x64 ? save->fs.base : save->gs.base;
        else if ((byte & 0xF0) == 0x40)
            d->rex = byte;
        else if (byte != 0x66 && byte != 0x67 && byte != 0xF0 && byte != 0xF2 && byte != 0xF3 &&
                 byte != 0x2E && byte != 0x36 && byte != 0x3E && byte != 0x26)
            return;
        d->at++;
    }
}

/* The effective address of the operand with this ModRM byte, 64-bit addressing. */
static uint64_t modrm_address(struct decoder *d)
{
    uint8_t modrm = next(d);
    unsigned mod = modrm >> 6, rm = modrm & 7;
    uint64_t address = 0;
    if (rm == 4) {
        uint8_t sib = next(d);
        unsigned index = (sib >> 3 & 7) | (d->rex & 2 ? 8u : 0), base = sib & 7;
        if (index != 4)
            address += register_value(d, index) << (sib >> 6);
        if (base == 5 && mod == 0)
            return d->segment_base + address + (uint64_t)displacement(d, 4);
        address += register_value(d, base | (d->rex & 1 ? 8u : 0));
    } else if (rm == 5 && mod == 0) {
        /* RIP-relative: immediates after it are not known, the page nearly always is */
        int64_t offset = displacement(d, 4);
        return d->vcpu->vmcb->save.rip + d->at + (uint64_t)offset;
    } else {
        address = register_value(d, rm | (d->rex & 1 ? 8u : 0));
    }
    if (mod)
        address += (uint64_t)displacement(d, mod == 1 ? 1 : 4);
    return d->segment_base + address;
}

static uint64_t operand_address(const struct vcpu *vcpu, const uint8_t *code, size_t length)
{
    struct decoder d = {.vcpu = vcpu, .code = code, .length = length};
    skip_prefixes(&d);
    uint8_t opcode = next(&d);
    if (opcode == 0x0F) {
        opcode = next(&d);
        if (opcode == 0x38 || opcode == 0x3A)
            next(&d);
    }
    return modrm_address(&d);
}

uint64_t linear_of_access(const struct vcpu *vcpu, uint64_t gpa)
{
    const struct svm_save *save = &vcpu->vmcb->save;
    uint8_t code[CODE_MAX];
    size_t length = vcpu_code(vcpu, code, sizeof code);
    const uint64_t candidates[CANDIDATES] = {length ? operand_address(vcpu, code, length)
                                                    : vcpu_linear_rip(vcpu),
                                             vcpu->registers.rdi,
                                             vcpu->registers.rsi,
                                             save->rsp - 8,
                                             save->rsp,
                                             vcpu_linear_rip(vcpu)};
    for (unsigned i = 0; i < CANDIDATES; i++)
        for (unsigned ahead = 0; ahead <= CODE_MAX; ahead += CODE_MAX) {
            struct walk walk = walk_linear(save, candidates[i] + ahead, false);
            if (walk.kind == WALK_OK && (walk.gpa ^ gpa) < PAGE_SIZE)
                return (candidates[i] + ahead - walk.gpa) + gpa;
        }
    return save->cr2;
}
