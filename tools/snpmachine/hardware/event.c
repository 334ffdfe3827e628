/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions that the hardware raises in the guest. QEMU's EVENTINJ delivers all but #VC, for which
 * it pushes no error code; #VC is therefore delivered here, in software, as the CPU would do it.
 */
#include "hardware/vcpu.h"
#include "trace.h"

#define GATE_SIZE      16u
#define GATE_SIZE_32   8u
#define GATE_PRESENT   0x80u
#define GATE_TYPE      0x0Fu
#define GATE_INTERRUPT 0x0Eu
#define TSS_RSP0       4u
#define TSS_IST1       0x24u
#define FRAME_WORDS    6u
#define FLAGS_CLEARED  (RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM)

void event_inject(struct vcpu *vcpu, unsigned vector)
{
    vcpu->vmcb->event_inj = HW_EVENT_VALID | HW_EVENT_EXCEPT | vector;
}

void event_inject_error(struct vcpu *vcpu, unsigned vector, uint32_t error)
{
    vcpu->vmcb->event_inj =
        HW_EVENT_VALID | HW_EVENT_EXCEPT | HW_EVENT_ERROR | vector | (uint64_t)error << 32;
}

HOT enum exit_verdict event_to_host(struct vcpu *vcpu, uint64_t code, uint64_t info1,
                                    uint64_t info2)
{
    vcpu->host->exit_code = code;
    vcpu->host->exit_info1 = info1;
    vcpu->host->exit_info2 = info2;
    return EXIT_TO_HOST;
}

enum exit_verdict event_failed_walk(struct vcpu *vcpu, const struct walk *walk, uint64_t linear)
{
    switch (walk->kind) {
    case WALK_PAGE_FAULT:
        vcpu->vmcb->save.cr2 = linear;
        event_inject_error(vcpu, VECTOR_PF, walk->error);
        return EXIT_RESUME;
    case WALK_NPF:
        return event_to_host(vcpu, HW_EXIT_NPF, walk->info1, walk->gpa);
    case WALK_MMIO:
        vcpu->vmcb->save.cr2 = linear;
        return event_vc(vcpu, EXIT_NPF);
    default:
        vcpu->vmcb->save.cr2 = linear;
        return event_vc(vcpu, EXIT_UNVALIDATED);
    }
}

/* A fault while #VC itself is being delivered: a second contributory fault. */
static enum exit_verdict delivery_failed(struct vcpu *vcpu, const struct walk *walk)
{
    if (walk->kind == WALK_NPF)
        return event_to_host(vcpu, HW_EXIT_NPF, walk->info1, walk->gpa);
    event_inject_error(vcpu, VECTOR_DF, 0);
    return EXIT_RESUME;
}

/* Loads CS as a far transfer to this selector does; false: not a present code segment. */
static bool load_code_segment(struct svm_save *save, uint16_t selector)
{
    uint64_t descriptor;
    uint16_t offset = selector & 0xFFF8;
    if (!offset || offset + 7u > save->gdtr.limit ||
        walk_read(save, save->gdtr.base + offset, &descriptor, sizeof descriptor).kind != WALK_OK)
        return false;
    if ((descriptor >> 43 & 3) != 3 || !(descriptor >> 47 & 1))
        return false;
    uint32_t limit = (uint32_t)((descriptor & 0xFFFF) | (descriptor >> 32 & 0xF0000));
    save->cs.selector = selector & 0xFFFC;
    save->cs.attributes = (uint16_t)((descriptor >> 40 & 0xFF) | (descriptor >> 44 & 0xF00));
    save->cs.limit = descriptor >> 55 & 1 ? limit << 12 | 0xFFF : limit;
    save->cs.base = (descriptor >> 16 & 0xFFFFFF) | (descriptor >> 56 << 24);
    return true;
}

static void enter_handler(struct svm_save *save, uint64_t rip, unsigned type)
{
    save->rflags &= ~(uint64_t)FLAGS_CLEARED;
    if (type == GATE_INTERRUPT)
        save->rflags &= ~RFLAGS_IF;
    save->rip = rip;
}

/* The stack a 64-bit gate switches to; 0 in *failed->kind means found. */
static struct walk handler_stack(const struct svm_save *save, unsigned ist, uint64_t *stack)
{
    struct walk found = {.kind = WALK_OK};
    *stack = save->rsp;
    if (ist)
        found = walk_read(save, save->tr.base + TSS_IST1 + 8 * (ist - 1), stack, sizeof *stack);
    else if (save->cpl)
        found = walk_read(save, save->tr.base + TSS_RSP0, stack, sizeof *stack);
    return found;
}

static enum exit_verdict deliver_long(struct vcpu *vcpu, uint32_t code)
{
    struct svm_save *save = &vcpu->vmcb->save;
    uint32_t gate[4];
    uint64_t stack;
    struct walk walk = walk_read(save, save->idtr.base + VECTOR_VC * GATE_SIZE, gate, sizeof gate);
    if (walk.kind != WALK_OK)
        return delivery_failed(vcpu, &walk);
    if (save->idtr.limit < VECTOR_VC * GATE_SIZE + GATE_SIZE - 1 ||
        !(gate[1] >> 8 & GATE_PRESENT)) {
        event_inject_error(vcpu, VECTOR_DF, 0);
        return EXIT_RESUME;
    }
    walk = handler_stack(save, gate[1] & 7, &stack);
    if (walk.kind != WALK_OK)
        return delivery_failed(vcpu, &walk);
    const uint64_t frame[FRAME_WORDS] = {
        code, save->rip, save->cs.selector, save->rflags | RFLAGS_RF, save->rsp, save->ss.selector};
    stack = (stack & ~15ull) - sizeof frame;
    walk = walk_write(save, stack, frame, sizeof frame);
    if (walk.kind != WALK_OK)
        return delivery_failed(vcpu, &walk);
    if (!load_code_segment(save, (uint16_t)(gate[0] >> 16))) {
        event_inject_error(vcpu, VECTOR_DF, 0);
        return EXIT_RESUME;
    }
    if (save->cpl)
        save->ss = (struct svm_segment){0, 0, 0, 0};
    save->cpl = 0;
    save->rsp = stack;
    enter_handler(save, (gate[0] & 0xFFFF) | (gate[1] & 0xFFFF0000) | (uint64_t)gate[2] << 32,
                  gate[1] >> 8 & GATE_TYPE);
    return EXIT_RESUME;
}

/* Protected mode without long mode: a 32-bit gate and no change of the privilege level. */
static enum exit_verdict deliver_protected(struct vcpu *vcpu, uint32_t code)
{
    struct svm_save *save = &vcpu->vmcb->save;
    uint32_t gate[2];
    struct walk walk =
        walk_read(save, save->idtr.base + VECTOR_VC * GATE_SIZE_32, gate, sizeof gate);
    if (walk.kind != WALK_OK)
        return delivery_failed(vcpu, &walk);
    if (save->idtr.limit < VECTOR_VC * GATE_SIZE_32 + GATE_SIZE_32 - 1 ||
        !(gate[1] >> 8 & GATE_PRESENT)) {
        event_inject_error(vcpu, VECTOR_DF, 0);
        return EXIT_RESUME;
    }
    const uint32_t frame[4] = {code, (uint32_t)save->rip, save->cs.selector,
                               (uint32_t)(save->rflags | RFLAGS_RF)};
    uint64_t stack = (uint32_t)(save->rsp - sizeof frame);
    walk = walk_write(save, save->ss.base + stack, frame, sizeof frame);
    if (walk.kind != WALK_OK)
        return delivery_failed(vcpu, &walk);
    if (!load_code_segment(save, (uint16_t)(gate[0] >> 16))) {
        event_inject_error(vcpu, VECTOR_DF, 0);
        return EXIT_RESUME;
    }
    save->rsp = stack;
    enter_handler(save, (gate[0] & 0xFFFF) | (gate[1] & 0xFFFF0000), gate[1] >> 8 & GATE_TYPE);
    return EXIT_RESUME;
}

enum exit_verdict event_vc(struct vcpu *vcpu, uint32_t code)
{
    struct svm_save *save = &vcpu->vmcb->save;
    uint64_t interrupted = vcpu->vmcb->exit_int_info;
    trace(save->vmpl, TRACE_VC, code, save->rip);
    if (interrupted & HW_EVENT_VALID && EVENT_TYPE(interrupted) == EVENT_TYPE(HW_EVENT_EXCEPT)) {
        if (EVENT_VECTOR(interrupted) == VECTOR_DF)
            return event_to_host(vcpu, HW_EXIT_SHUTDOWN, 0, 0);
        event_inject_error(vcpu, VECTOR_DF, 0);
        return EXIT_RESUME;
    }
    if (save->efer & EFER_LMA)
        return deliver_long(vcpu, code);
    if ((save->cr0 & CR0_PE) && !save->cpl && !(save->rflags & RFLAGS_VM))
        return deliver_protected(vcpu, code);
    machine_stop(
        MACHINE_NOT_MODELLED,
        "not modelled: #VC %x in real or virtual-8086 mode or at 32-bit CPL %u, at rip %lx", code,
        save->cpl, save->cs.base + save->rip);
}
