/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interrupt at every instruction of a kernel's way down to CPL 3 and back (sweep.S), each time
 * one instruction later: under -icount one nanosecond is one instruction. It must come once, where
 * IF allows it, find both GS bases right, and leave every register and CR3 as they were. Where IF
 * is clear the machine still leaves the guest at that instruction and enters it again.
 */
#include "irq.h"

#define MSR_EFER      0xC0000080u
#define MSR_STAR      0xC0000081u
#define MSR_LSTAR     0xC0000082u
#define MSR_SFMASK    0xC0000084u
#define MSR_KERNEL_GS 0xC0000102u
#define EFER_SCE      1u
#define STAR          (0x2Bull << 48 | 8ull << 32)
#define RFLAGS_IF     0x200u
#define RFLAGS_CF     1u
#define USER_CODE     WINDOW
#define USER_GS       0x123000u
#define FIRST         2000u /* nanoseconds: before the way begins */
#define STEPS_MAX     4000u
#define WAY_DOWN      9u /* instructions with IF clear before CPL 3 */
#define PLACES_USER   20u
#define PLACES_KERNEL 5u /* out of a shadow, which this machine does not always keep: 7 in all */
#define SEEN          13u

extern const uint8_t sweep_user[], sweep_user_end[], sweep_open[], sweep_closed[], sweep_syscall[],
    sweep_tick[];
void sweep_pass(uint64_t user_code);

uint64_t sweep_kernel_rsp, sweep_user_rsp, sweep_user_cr3, sweep_other_cr3, sweep_context,
    sweep_user_gs = USER_GS, sweep_seen[SEEN];
volatile uint64_t sweep_ticks, sweep_wrong, sweep_rip;

static uint64_t other_root[512] __attribute__((aligned(4096)));

static uint64_t cr3_read(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr3, %0" : "=r"(value));
    return value;
}

static void prepare(void)
{
    irq_prepare();
    irq_gate(VECTOR_TICK, sweep_tick);
    page_state(USER_CODE, 1);
    pvalidate(USER_CODE, 0, 1);
    for (size_t i = 0; i < (size_t)(sweep_user_end - sweep_user); i++)
        ((volatile uint8_t *)USER_CODE)[i] = sweep_user[i];
    for (unsigned i = 0; i < 512; i++)
        other_root[i] = ((const uint64_t *)TABLES)[i];
    sweep_other_cr3 = (uint64_t)(uintptr_t)other_root | c_bit();
    sweep_context = (uint64_t)(uintptr_t)context();
    msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SCE);
    msr_write(MSR_STAR, STAR);
    msr_write(MSR_LSTAR, (uint64_t)(uintptr_t)sweep_syscall);
    msr_write(MSR_SFMASK, RFLAGS_IF);
    msr_write(MSR_KERNEL_GS, USER_GS);
}

/* What an interrupt may not change. */
static void check_state(uint64_t cr3)
{
    static const uint64_t pattern[SEEN - 1] = {0x1B,  0x1D,  0x15,  0x1A,  0x18,  0x19,
                                               0x1A0, 0x1C0, 0x1D0, 0x1E0, 0x1F0, 0x1DD};
    for (unsigned i = 0; i < SEEN - 1; i++)
        expect("a register of CPL 3", sweep_seen[i], pattern[i]);
    expect("its flags", sweep_seen[SEEN - 1] & (RFLAGS_IF | RFLAGS_CF), RFLAGS_IF | RFLAGS_CF);
    expect("CR3", cr3_read(), cr3);
    expect("GS base", (uint64_t)(uintptr_t)context(), sweep_context);
    expect("KERNEL_GS_BASE", msr_read(MSR_KERNEL_GS), USER_GS);
    expect("wrong in between", sweep_wrong, 0);
}

/* Where the interrupt of one pass came; 0: not before its end. */
static uint64_t pass(uint32_t delay)
{
    uint64_t before = sweep_ticks, cr3 = cr3_read();
    apic_write(APIC_COUNT, delay);
    sweep_pass(USER_CODE);
    uint64_t during = sweep_ticks - before, rip = sweep_rip;
    while (sweep_ticks == before)
        irq_window();
    irq_window();
    expect("interrupts of one pass", sweep_ticks - before, 1);
    check_state(cr3);
    apic_write(APIC_EOI, 0);
    return during ? rip : 0;
}

static uint8_t user_places[PAGE], kernel_places[PAGE];

static void note_place(uint64_t rip)
{
    uint64_t at = rip - (uint64_t)(uintptr_t)sweep_open;
    bool open = at < (uint64_t)(sweep_closed - sweep_open);
    expect("where IF is set", open || rip - USER_CODE < PAGE, true);
    (open ? kernel_places : user_places)[(open ? at : rip) % PAGE] = 1;
}

static unsigned places(const uint8_t *noted)
{
    unsigned count = 0;
    for (unsigned i = 0; i < PAGE; i++)
        count += noted[i];
    return count;
}

static void case_sweep(void)
{
    uint64_t early = 0, rip = USER_CODE;
    prepare();
    apic_write(APIC_DIVIDE, 0xB);
    apic_write(APIC_LVT, VECTOR_TICK);
    for (uint32_t i = 0; i < STEPS_MAX && rip && !failures(); i++) {
        rip = pass(FIRST + i);
        early += rip == USER_CODE;
        if (rip)
            note_place(rip);
    }
    expect("to after the last instruction", rip, 0);
    expect("from before the first", early > WAY_DOWN, true);
    expect("at every place of CPL 3", places(user_places), PLACES_USER);
    expect("and of the kernel", places(kernel_places) >= PLACES_KERNEL, true);
}

const struct test_case sweep_cases[] = {
    {"irq-sweep", case_sweep},
    {NULL, NULL},
};
