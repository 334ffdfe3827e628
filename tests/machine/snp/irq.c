/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts from the host's local APIC: taken when the guest allows it, out of HLT and out of a
 * running loop, at the VMPL they belong to and at no other, and from one CPU to another.
 *
 * The APIC is reached as a guest without a #VC handler reaches it: by the GHCB's MMIO calls.
 */
#include "irq.h"
#include "layout.h"

#define APIC     0xFEE00000ull
#define PERIODIC 0x20000u
#define TO_SELF  0x44000u
#define TO_OTHER 0x04000u
#define GATES    0x60u
#define SOON     200000u /* nanoseconds */

extern const uint8_t irq_ipi[], irq_tick[], irq_slow[];

/* How often each came, and whose context the last one found. */
volatile uint64_t irq_count[2];
struct context *volatile irq_where;

__asm__("irq_ipi: incq irq_count(%rip)\n"
        "   jmp 1f\n"
        "irq_tick: incq irq_count+8(%rip)\n"
        "1: pushq %rax\n"
        "   movq %gs:0, %rax\n"
        "   movq %rax, irq_where(%rip)\n"
        "   popq %rax\n"
        "   iretq\n"
        "irq_slow: incq irq_count+8(%rip)\n" /* 400,000 instructions without an exit */
        "   pushq %rcx\n"
        "   movl $200000, %ecx\n"
        "2: decl %ecx\n"
        "   jnz 2b\n"
        "   popq %rcx\n"
        "   iretq\n");

static struct gate gates[GATES];

void irq_gate(unsigned vector, const uint8_t *handler)
{
    uint64_t at = (uint64_t)(uintptr_t)handler;
    gates[vector] =
        (struct gate){(uint16_t)at, 8, 0, 0x8E, (uint16_t)(at >> 16), (uint32_t)(at >> 32), 0};
}

static void extend_idt(void)
{
    struct pointer idtr;
    __asm__ volatile("sidt %0" : "=m"(idtr));
    const struct gate *old = (const struct gate *)idtr.base;
    for (unsigned i = 0; i < (idtr.limit + 1u) / sizeof *old; i++)
        gates[i] = old[i];
    irq_gate(VECTOR_IPI, irq_ipi);
    irq_gate(VECTOR_TICK, irq_tick);
    idtr = (struct pointer){sizeof gates - 1, (uint64_t)(uintptr_t)gates};
    __asm__ volatile("lidt %0" ::"m"(idtr));
}

void apic_write(unsigned offset, uint32_t value)
{
    mmio_write32(APIC + offset, value);
}

uint32_t apic_read(unsigned offset)
{
    return mmio_read32(APIC + offset);
}

static void timer_start(void)
{
    apic_write(APIC_DIVIDE, 0xB);
    apic_write(APIC_LVT, VECTOR_TICK);
    apic_write(APIC_COUNT, SOON);
}

void irq_window(void)
{
    __asm__ volatile("sti; nop; nop; cli" ::: "memory");
}

void irq_prepare(void)
{
    extend_idt();
    apic_write(APIC_SPUR, 0x1FF);
}

static void case_mask(void)
{
    irq_prepare();
    apic_write(APIC_ICR, TO_SELF | VECTOR_IPI);
    expect("held while IF is clear", irq_count[0], 0);
    irq_window();
    expect("taken in the window", irq_count[0], 1);
    expect("in service", apic_read(APIC_ISR2) >> 16 & 1, 1);
    apic_write(APIC_ICR, TO_SELF | VECTOR_IPI);
    irq_window();
    expect("none before the EOI", irq_count[0], 1);
    apic_write(APIC_EOI, 0);
    irq_window();
    expect("one after it", irq_count[0], 2);
    apic_write(APIC_EOI, 0);
    expect("nothing in service", apic_read(APIC_ISR2), 0);
}

static void case_halt(void)
{
    irq_prepare();
    timer_start();
    __asm__ volatile("sti; hlt; cli" ::: "memory");
    expect("the tick ended HLT", irq_count[1], 1);
    apic_write(APIC_EOI, 0);
    timer_start();
    __asm__ volatile("sti" ::: "memory");
    while (irq_count[1] < 2)
        ;
    __asm__ volatile("cli" ::: "memory");
    expect("and a loop", irq_count[1], 2);
}

/* The next tick's time comes while the handler of this one runs: under -icount QEMU then looks up
 * in the middle of it, and must not find the interrupt a second time. */
static void case_once(void)
{
    irq_prepare();
    irq_gate(VECTOR_TICK, irq_slow);
    apic_write(APIC_DIVIDE, 0xB);
    apic_write(APIC_LVT, PERIODIC | VECTOR_TICK);
    apic_write(APIC_COUNT, SOON);
    for (uint64_t ticks = 1; ticks <= 10; ticks++) {
        __asm__ volatile("sti; hlt; cli" ::: "memory");
        expect("each interrupt once", irq_count[1], ticks);
        apic_write(APIC_EOI, 0);
    }
}

static uint64_t open_window(uint64_t unused)
{
    (void)unused;
    irq_window();
    return irq_count[0];
}

static uint64_t halt_for_tick(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("sti; hlt; cli" ::: "memory");
    return irq_count[1];
}

/* With VMPL2 there, interrupts are its own: VMPL0 does not see them, whatever its IF says. */
static void case_levels(void)
{
    irq_prepare();
    vmpl_make(2);
    expect("nothing yet", vmpl_run(2, open_window, 0), 0);
    apic_write(APIC_ICR, TO_SELF | VECTOR_IPI);
    irq_window();
    expect("not at VMPL0", irq_count[0], 0);
    expect("at VMPL2", vmpl_run(2, open_window, 0), 1);
    expect("in its context", irq_where == vmpl_context(2), true);
    apic_write(APIC_EOI, 0);
    timer_start();
    expect("VMPL2 sleeps until its tick", vmpl_run(2, halt_for_tick, 0), 1);
    expect("in its context", irq_where == vmpl_context(2), true);
}

static volatile uint64_t ready;

static uint64_t wait_for_ipi(uint64_t unused)
{
    (void)unused;
    struct pointer idtr = {sizeof gates - 1, (uint64_t)(uintptr_t)gates};
    __asm__ volatile("lidt %0" ::"m"(idtr));
    apic_write(APIC_SPUR, 0x1FF);
    ready = 1;
    while (irq_count[0] == 0)
        __asm__ volatile("sti; hlt; cli" ::: "memory");
    ready = 2;
    return 0;
}

static void case_ipi(void)
{
    irq_prepare();
    cpu_start(1, wait_for_ipi, 0);
    while (ready == 0)
        __asm__ volatile("pause");
    apic_write(APIC_ICR_TO, 1u << 24);
    apic_write(APIC_ICR, TO_OTHER | VECTOR_IPI);
    while (ready == 1)
        __asm__ volatile("pause");
    expect("once", irq_count[0], 1);
    expect("on the other CPU", irq_where != context(), true);
}

/* ---- Restricted injection: no vectors, but #HV and a doorbell page ---- */

#define DOORBELL     0x80000014ull
#define SET_PAGE     1ull
#define QUERY_PAGE   2ull
#define CLEAR_PAGE   3ull
#define BELL         (OPEN + 4 * PAGE)
#define VECTOR_HV    28u
#define NO_SIGNAL    0x8000u
#define PENDING_NMI  0x0100u
#define DELIVERY_NMI 0x00400u

extern const uint8_t irq_hv[];
volatile uint64_t hv_count;

__asm__("irq_hv: incq hv_count(%rip)\n"
        "   iretq\n");

static volatile uint16_t *bell(void)
{
    return (volatile uint16_t *)(BELL + ALIAS);
}

static uint64_t doorbell(uint64_t operation, uint64_t gpa, uint64_t *info2)
{
    struct ghcb_call call = {DOORBELL, operation, gpa, 0};
    ghcb_call(&call);
    *info2 = call.info2;
    return call.info1;
}

static void ring(uint32_t command)
{
    apic_write(APIC_ICR, command);
}

static void prepare_bell(void)
{
    uint64_t info2;
    irq_prepare();
    irq_gate(VECTOR_HV, irq_hv);
    expect("private page refused", doorbell(SET_PAGE, IMAGE, &info2), 2);
    expect("as invalid input", info2, 5);
    expect("unaligned refused", doorbell(SET_PAGE, BELL + 8, &info2), 2);
    expect("accepted", doorbell(SET_PAGE, BELL, &info2), 0);
    expect("asked for", doorbell(QUERY_PAGE, 0, &info2), 0);
    expect("it is the page", info2, BELL);
    expect("features", ghcb_msr_call(0x080) >> 12 & 4, 4);
}

/* #HV comes whatever IF says, and once until the guest has looked. */
static void case_doorbell(void)
{
    prepare_bell();
    ring(TO_SELF | VECTOR_IPI);
    expect("#HV with IF clear", hv_count, 1);
    expect("the vector is in the page", *bell(), NO_SIGNAL | VECTOR_IPI);
    expect("not through the IDT", irq_count[0], 0);
    expect("in service", apic_read(APIC_ISR2) >> 16 & 1, 1);
    apic_write(APIC_EOI, 0);
    ring(TO_SELF | VECTOR_TICK);
    expect("the first is not taken out yet", *bell(), NO_SIGNAL | VECTOR_IPI);
    *bell() = NO_SIGNAL;
    expect("features, for an exit", ghcb_msr_call(0x080) & 0xFFF, 0x081);
    expect("the second", *bell(), NO_SIGNAL | VECTOR_TICK);
    expect("without a signal", hv_count, 1);
    *bell() = 0;
    apic_write(APIC_EOI, 0);
    ring(TO_SELF | DELIVERY_NMI);
    expect("an NMI", *bell(), NO_SIGNAL | PENDING_NMI);
    expect("with a signal", hv_count, 2);
}

static void case_doorbell_halt(void)
{
    uint64_t info2;
    prepare_bell();
    timer_start();
    __asm__ volatile("hlt" ::: "memory");
    expect("the tick ended HLT", *bell(), NO_SIGNAL | VECTOR_TICK);
    expect("#HV", hv_count, 1);
    *bell() = 0;
    apic_write(APIC_EOI, 0);
    expect("cleared", doorbell(CLEAR_PAGE, 0, &info2), 0);
    ring(TO_SELF | VECTOR_IPI);
    expect("held without a page", hv_count, 1);
    expect("set again", doorbell(SET_PAGE, BELL, &info2), 0);
    expect("it comes", *bell(), NO_SIGNAL | VECTOR_IPI);
    expect("#HV", hv_count, 2);
}

/* Without the feature in the VMSA there is no doorbell. */
static void case_doorbell_none(void)
{
    uint64_t info2;
    expect("refused", doorbell(SET_PAGE, BELL, &info2), 2);
    expect("as an invalid event", info2, 6);
    irq_prepare();
    ring(TO_SELF | VECTOR_IPI);
    irq_window();
    expect("vectors come as ever", irq_count[0], 1);
}

const struct test_case irq_cases[] = {
    {"irq-mask", case_mask},
    {"irq-halt", case_halt},
    {"irq-once", case_once},
    {"irq-levels", case_levels},
    {"irq-ipi", case_ipi},
    {"doorbell", case_doorbell},
    {"doorbell-halt", case_doorbell_halt},
    {"doorbell-none", case_doorbell_none},
    {NULL, NULL},
};
