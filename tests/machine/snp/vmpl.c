/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMPLs and CPUs: making VMSAs, switching, and what must hold across a switch.
 */
#include "guest.h"
#include "layout.h"

#define AP_CREATE      0x80000013ull
#define CREATE_ON_INIT 0ull
#define CREATE_NOW     1ull
#define RUN_VMPL       0x016ull
#define RUN_DONE       0x017ull
#define VMSA_ADJUST    (1ull << 16 | 1)
#define STACK          8192u
#define PLACES         8u
#define MSR_GS_BASE    0xC0000101u

extern uint8_t image_end[];

/* Places 0..3: VMPLs of this CPU; 4..7: other CPUs at VMPL0. */
static uint8_t vmsas[PLACES][PAGE] __attribute__((aligned(4096)));
static uint8_t stacks[PLACES][STACK] __attribute__((aligned(16)));
static struct context contexts[PLACES];
static uint64_t granted;

static void put(unsigned place, unsigned offset, uint64_t value)
{
    *(volatile uint64_t *)(vmsas[place] + offset) = value;
}

static uint64_t get(unsigned place, unsigned offset)
{
    return *(volatile uint64_t *)(vmsas[place] + offset);
}

static void put_segment(unsigned place, unsigned index, uint64_t head)
{
    put(place, index * 16, head);
}

static uint64_t read_cr(unsigned number)
{
    uint64_t value;
    if (number == 0)
        __asm__ volatile("mov %%cr0, %0" : "=r"(value));
    else if (number == 3)
        __asm__ volatile("mov %%cr3, %0" : "=r"(value));
    else
        __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static _Noreturn void level_main(void)
{
    for (;;) {
        struct context *own = context();
        own->result = own->job(own->argument);
        own->done++;
        ghcb_msr_call(RUN_VMPL);
    }
}

static _Noreturn void cpu_main(void)
{
    struct context *own = context();
    own->result = own->job(own->argument);
    own->done++;
    for (;;)
        __asm__ volatile("hlt");
}

/* The GDT, IDT and TSS in use here serve there too, but for the TSS's busy bit. */
static void copy_tables(unsigned place)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) gdtr, idtr;
    __asm__ volatile("sgdt %0; sidt %1" : "=m"(gdtr), "=m"(idtr));
    const uint64_t *gdt = (const uint64_t *)gdtr.base;
    put(place, VMSA_GDTR, (uint64_t)gdtr.limit << 32);
    put(place, VMSA_GDTR + 8, gdtr.base);
    put(place, VMSA_IDTR, (uint64_t)idtr.limit << 32);
    put(place, VMSA_IDTR + 8, idtr.base);
    put(place, VMSA_TR, 0x18 | 0x8Bull << 16 | 0x67ull << 32);
    put(place, VMSA_TR + 8, (gdt[3] >> 16 & 0xFFFFFF) | gdt[3] >> 56 << 24);
}

static void fill_vmsa(unsigned place, unsigned vmpl, void (*entry)(void))
{
    for (unsigned offset = 0; offset < PAGE; offset += 8)
        put(place, offset, 0);
    for (unsigned segment = 0; segment < 6; segment++)
        put_segment(place, segment, 0x10 | 0xC93ull << 16 | 0xFFFFFFFFull << 32);
    put_segment(place, 1, 8 | 0xA9Bull << 16 | 0xFFFFFFFFull << 32);
    put(place, VMSA_GS + 8, (uint64_t)(uintptr_t)&contexts[place]);
    copy_tables(place);
    put_segment(place, 7, 0x82ull << 16);
    vmsas[place][VMSA_LEVELS + 2] = (uint8_t)vmpl;
    put(place, VMSA_EFER, 0x1D00);
    put(place, VMSA_CR4, read_cr(4));
    put(place, VMSA_CR3, read_cr(3));
    put(place, VMSA_CR0, read_cr(0));
    put(place, VMSA_DR7, 0x400);
    put(place, VMSA_DR6, 0xFFFF0FF0);
    put(place, VMSA_RFLAGS, 2);
    put(place, VMSA_RIP, (uint64_t)(uintptr_t)entry);
    put(place, VMSA_RSP, (uint64_t)(uintptr_t)(stacks[place] + STACK) - 8);
    put(place, VMSA_PAT, 0x0007040600070406);
    put(place, VMSA_FEATURES, 1);
    put(place, VMSA_XCR0, 1);
    put(place, VMSA_MXCSR, 0x1F80 | 0xFFFFull << 32); /* no x87 register is in use */
    put(place, VMSA_FCW, 0x37F);
    contexts[place].self = &contexts[place];
}

static void create(unsigned place, uint64_t info1)
{
    struct ghcb_call call = {AP_CREATE, info1, (uint64_t)(uintptr_t)vmsas[place], 1};
    if (rmpadjust((uint64_t)(uintptr_t)vmsas[place], 0, VMSA_ADJUST))
        die("RMPADJUST of a VMSA");
    ghcb_call(&call);
    expect("AP creation", call.info1, 0);
}

/* RMPADJUST from VMPL0 writes the VMSA bit each time, so VMSAs are left out. */
void vmpl_make(unsigned vmpl)
{
    uint64_t first = (uint64_t)(uintptr_t)vmsas, end = first + sizeof vmsas;
    for (uint64_t page = IMAGE; page < (uint64_t)(uintptr_t)image_end; page += PAGE)
        if ((page < first || page >= end) && rmpadjust(page, 0, VMPL_ALL << 8 | vmpl))
            die("grant");
    for (uint64_t page = TABLES; page < TABLES + 6 * PAGE; page += PAGE)
        if (rmpadjust(page, 0, VMPL_ALL << 8 | vmpl))
            die("grant");
    granted |= 1ull << vmpl;
    fill_vmsa(vmpl, vmpl, level_main);
    create(vmpl, (uint64_t)vmpl << 16 | CREATE_ON_INIT);
}

void vmpl_copy_vmsa(unsigned vmpl, uint64_t to)
{
    for (unsigned offset = 0; offset < PAGE; offset += 8)
        *(volatile uint64_t *)(to + offset) = get(vmpl, offset);
}

struct context *vmpl_context(unsigned vmpl)
{
    return &contexts[vmpl];
}

uint64_t vmpl_run(unsigned vmpl, uint64_t (*function)(uint64_t), uint64_t argument)
{
    struct context *there = &contexts[vmpl];
    uint64_t before = there->done;
    there->job = function;
    there->argument = argument;
    expect("run VMPL", ghcb_msr_call((uint64_t)vmpl << 32 | RUN_VMPL), RUN_DONE);
    expect("it ran once", there->done, before + 1);
    return there->result;
}

void cpu_start(unsigned apic_id, uint64_t (*function)(uint64_t), uint64_t argument)
{
    unsigned place = 4 + apic_id;
    fill_vmsa(place, 0, cpu_main);
    contexts[place].job = function;
    contexts[place].argument = argument;
    create(place, (uint64_t)apic_id << 32 | CREATE_NOW);
}

/* ---- Cases ---- */

/* What register_probe loads into the registers before it asks for VMPL0. */
static uint64_t pattern[16];

static uint64_t low_registers(uint64_t seed)
{
    for (unsigned i = 0; i < 16; i++)
        pattern[i] = seed * (i + 1);
    return register_probe(pattern);
}

static void spoil_fpu(void)
{
    __asm__ volatile(
        "fninit; fldz; pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7; pxor %%xmm15, %%xmm15" ::
            : "memory");
}

static void case_registers(void)
{
    struct context *there = vmpl_context(2);
    vmpl_make(2);
    there->job = low_registers;
    there->argument = 0x0123456789ABCDEFull;
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    expect("it is in the middle", there->done, 0);
    expect("VMSA: exit code", get(2, VMSA_EXIT), 0x403);
    expect("VMSA: RDX", get(2, VMSA_RDX), pattern[5]);
    expect("VMSA: RAX", get(2, VMSA_RAX), pattern[3]);
    expect("VMSA: RSI", get(2, VMSA_RSI), pattern[6]);
    expect("VMSA: RDI", get(2, VMSA_RDI), pattern[4]);
    expect("VMSA: RBP", get(2, VMSA_RBP), pattern[7]);
    for (unsigned r = 0; r < 8; r++)
        expect("VMSA: R8..R15", get(2, VMSA_R8 + 8 * r), pattern[8 + r]);
    expect("VMSA: XMM0", get(2, VMSA_XMM), pattern[0]);
    expect("VMSA: XMM7", get(2, VMSA_XMM + 7 * 16), pattern[1]);
    expect("VMSA: XMM15", get(2, VMSA_XMM + 15 * 16), pattern[2]);
    expect("VMSA: ST0 is 1", get(2, VMSA_X87), 1ull << 63);
    expect("VMSA: EFER", get(2, VMSA_EFER), 0x1D00);
    expect("VMSA: carry", get(2, VMSA_RFLAGS) & 1, 1);
    spoil_fpu();
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    expect("all came back", there->result, 0);
    expect("it ended", there->done, 1);
}

struct x87_number {
    uint8_t mantissa[8], exponent[2];
};
static struct x87_number numbers[8];
static struct {
    uint32_t fcw, fsw, ftw, place[4];
    struct x87_number st[8];
} x87_found;

/* x87 states whose status word is 0: all registers used, or all empty with something in them. */
static uint64_t low_x87(uint64_t fcw_empty)
{
    uint16_t fcw = (uint16_t)fcw_empty;
    bool empty = fcw_empty >> 16;
    for (unsigned st = 0; st < 8; st++)
        numbers[st] = (struct x87_number){{(uint8_t)st, [7] = 0x80}, {0xFF, 0x3F}};
    numbers[5] = (struct x87_number){{0}, {0}};
    __asm__ volatile("fninit");
    for (unsigned st = 8; st-- > 0;)
        __asm__ volatile("fldt %0" ::"m"(numbers[st]));
    __asm__ volatile("ffree %%st(3); fldcw %0" ::"m"(fcw));
    for (unsigned st = 0; st < 8 && empty; st++)
        __asm__ volatile("ffree %st(0); fincstp");
    msr_write(0xC0010130, RUN_VMPL);
    __asm__ volatile(".byte 0xF3, 0x0F, 0x01, 0xD9; fnsave %0" : "=m"(x87_found)::"memory");
    return 0;
}

static void x87_comes_back(uint64_t empty, uint32_t fcw, uint32_t ftw)
{
    struct context *there = vmpl_context(2);
    there->job = low_x87;
    there->argument = empty << 16 | fcw;
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    spoil_fpu();
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    expect("FCW", x87_found.fcw & 0xFFFF, fcw);
    expect("FSW", x87_found.fsw & 0xFFFF, 0);
    expect("FTW", x87_found.ftw & 0xFFFF, ftw);
    for (unsigned st = 0; st < 8; st++) {
        for (unsigned i = 0; i < 8; i++)
            expect("mantissa", x87_found.st[st].mantissa[i], numbers[st].mantissa[i]);
        for (unsigned i = 0; i < 2; i++)
            expect("exponent", x87_found.st[st].exponent[i], numbers[st].exponent[i]);
    }
}

static void case_x87(void)
{
    vmpl_make(2);
    x87_comes_back(0, 0x27F, 0x4C0);
    x87_comes_back(1, 0x37F, 0xFFFF);
    x87_comes_back(1, 0x27F, 0xFFFF);
}

static uint64_t ymm[16];

static uint64_t low_avx(uint64_t unused)
{
    (void)unused;
    return avx_probe(ymm);
}

/* XCR0 and the upper halves of YMM belong to the VMSA too. */
static void case_avx(void)
{
    struct context *there = vmpl_context(2);
    for (unsigned i = 0; i < 8; i++)
        ymm[i] = 0x1111111111111111ull * (i + 1);
    vmpl_make(2);
    there->job = low_avx;
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    expect("VMSA: XCR0", get(2, VMSA_XCR0), 7);
    expect("VMSA: YMM3, upper half", get(2, VMSA_YMM + 3 * 16 + 8), ymm[3]);
    expect("VMSA: YMM12, upper half", get(2, VMSA_YMM + 12 * 16), ymm[6]);
    avx_spoil();
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    expect("XCR0", there->result, 7);
    for (unsigned i = 0; i < 8; i++)
        expect("YMM", ymm[8 + i], ymm[i]);
}

/* What VMPL0 writes into the VMSA is what VMPL2 finds: how an SVSM returns results. */
static uint64_t low_ask(uint64_t value)
{
    uint64_t rax = value, rcx = 0xC0010130, rdx = 0, r8 = 0;
    __asm__ volatile("wrmsr" ::"c"(rcx), "a"(RUN_VMPL), "d"(0) : "memory");
    register uint64_t r9 __asm__("r9") = value;
    __asm__ volatile(".byte 0xF3, 0x0F, 0x01, 0xD9"
                     : "+a"(rax), "+c"(rcx), "+d"(rdx), "+r"(r9)::"memory");
    (void)r8;
    return rax + rcx + rdx + r9;
}

static void case_edit(void)
{
    struct context *there = vmpl_context(2);
    vmpl_make(2);
    there->job = low_ask;
    there->argument = 5;
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    expect("R9 in the VMSA", get(2, VMSA_R8 + 8), 5);
    put(2, VMSA_RAX, 0x1000);
    put(2, VMSA_RCX, 0x200);
    put(2, VMSA_RDX, 0x30);
    put(2, VMSA_R8 + 8, 0x4);
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    expect("the sum of what VMPL0 wrote", there->result, 0x1234);
}

static uint64_t low_own_msrs(uint64_t value)
{
    msr_write(0xC0000082, value);
    msr_write(0xC0000102, value + 1);
    msr_write(0x277, 0x0007040600070406);
    return msr_read(0xC0000082) ^ msr_read(0xC0000102);
}

static void case_msrs(void)
{
    vmpl_make(2);
    msr_write(0xC0000082, 0x1111);
    msr_write(0xC0000102, 0x2222);
    expect("VMPL2 has its own", vmpl_run(2, low_own_msrs, 0x4444), 0x4444 ^ 0x4445);
    expect("LSTAR of VMPL0", msr_read(0xC0000082), 0x1111);
    expect("KERNEL_GS_BASE of VMPL0", msr_read(0xC0000102), 0x2222);
    expect("LSTAR in the VMSA", get(2, VMSA_STAR + 8), 0x4444);
    expect("SEV_STATUS", msr_read(0xC0010131), 7);
    msr_write(0xC0010130, GHCB);
    expect("GHCB MSR of VMPL2 is its own", vmpl_run(2, low_own_msrs, 8), 8 ^ 9);
}

/* Every VMPL below 0: it has what it was given, finds its level and cannot reach above itself. */
static uint64_t low_level(uint64_t vmpl)
{
    uint64_t rdx = vmpl, rcx;
    uint64_t bad = rmpquery(IMAGE, &rdx, &rcx) | (rdx ^ VMPL_ALL << 8);
    for (uint64_t target = 0; target < 5; target++) {
        uint64_t wanted = target <= vmpl ? 2 : target == 4 ? 1 : 0;
        bad |= rmpadjust(WINDOW, 0, VMPL_R << 8 | target) ^ wanted;
    }
    return bad;
}

static void case_each(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    for (unsigned vmpl = 1; vmpl < 4; vmpl++) {
        vmpl_make(vmpl);
        expect("give it to the VMPL", rmpadjust(WINDOW, 0, VMPL_RW << 8 | vmpl), 0);
        expect("RMPADJUST and RMPQUERY there", vmpl_run(vmpl, low_level, vmpl), 0);
        expect("the exit code in its VMSA", get(vmpl, VMSA_EXIT), 0x403);
    }
    expect("VMPL1 still runs", vmpl_run(1, low_level, 1), 0);
}

/* A VMSA that runs on another CPU is in use: it stays a VMSA, and no second CPU may run it. */
static uint64_t spin(uint64_t flag)
{
    while (*(volatile uint64_t *)flag != 2)
        *(volatile uint64_t *)flag |= 1;
    return 0;
}

static void case_inuse(void)
{
    static volatile uint64_t flag;
    uint64_t vmsa = (uint64_t)(uintptr_t)vmsas[5];
    cpu_start(1, spin, (uint64_t)(uintptr_t)&flag);
    while (!flag)
        __asm__ volatile("pause");
    expect("RMPADJUST without the VMSA bit", rmpadjust(vmsa, 0, 1), 3);
    expect("with it", rmpadjust(vmsa, 0, VMSA_ADJUST), 0);
    print("guest: a second CPU\n");
    struct ghcb_call call = {AP_CREATE, CREATE_NOW, vmsa, 1};
    ghcb_call(&call);
    die("two CPUs ran one VMSA");
}

/* Clearing EFER.SVME in the VMSA parks the vCPU: the hardware refuses to run it. */
static void case_parked(void)
{
    vmpl_make(2);
    vmpl_run(2, low_own_msrs, 1);
    put(2, VMSA_EFER, 0x0D00);
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    die("a parked VMSA ran");
}

/* State that no CPU can have, written into a VMSA, is the VMSA's fault and not the machine's. */
static void case_bad_xcr0(void)
{
    vmpl_make(2);
    put(2, VMSA_MXCSR, 0xFFFFFFFF | 0x5555ull << 32);
    expect("MXCSR is cut to what there is", vmpl_run(2, low_own_msrs, 1), 1 ^ 2);
    put(2, VMSA_XCR0, 5);
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    die("AVX without SSE ran");
}

static uint64_t low_instructions(uint64_t unused)
{
    (void)unused;
    uint64_t rdx = 2, rcx = 0;
    return rmpquery(IMAGE, &rdx, &rcx) | msr_read(0xC0010131);
}

/* In 64-bit mode the base of CS does not count, for no instruction. */
static void case_cs_base(void)
{
    vmpl_make(2);
    put(2, VMSA_CS + 8, 0x123456000);
    expect("RMPQUERY, RDMSR, VMGEXIT", vmpl_run(2, low_instructions, 0), 7);
}

static void case_no_vmsa(void)
{
    expect("run VMPL without a VMSA", ghcb_msr_call(3ull << 32 | RUN_VMPL), 1ull << 32 | RUN_DONE);
    expect("run VMPL 0 is no change", ghcb_msr_call(RUN_VMPL), RUN_DONE);
}

/* A page that was never made a VMSA. */
static void case_not_a_vmsa(void)
{
    vmpl_make(2);
    if (rmpadjust((uint64_t)(uintptr_t)vmsas[2], 0, 1))
        die("RMPADJUST");
    ghcb_msr_call(2ull << 32 | RUN_VMPL);
    die("an ordinary page ran as VMSA");
}

const struct test_case vmpl_cases[] = {
    {"vmpl-registers", case_registers},
    {"vmpl-avx", case_avx},
    {"vmpl-x87", case_x87},
    {"vmpl-edit", case_edit},
    {"vmpl-msrs", case_msrs},
    {"vmpl-parked", case_parked},
    {"vmpl-bad-xcr0", case_bad_xcr0},
    {"vmpl-cs-base", case_cs_base},
    {"vmpl-each", case_each},
    {"vmsa-in-use", case_inuse},
    {"vmpl-none", case_no_vmsa},
    {"vmpl-not-a-vmsa", case_not_a_vmsa},
    {0},
};
