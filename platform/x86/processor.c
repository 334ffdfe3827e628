/* SPDX-License-Identifier: BSD-2-Clause */
/* One processor's set-up; see processor.h. */
#include "processor.h"

#include "boot.h"
#include "cpu.h"
#include "fpu.h"
#include "memory.h"
#include "ops.h"
#include "paging.h"
#include "panic.h"
#include "window.h"

#define EARLY_TRAP_TOP  0x1000u /* in the stub's stack, whose upper end is in use */
#define EARLY_FATAL_TOP 0x2000u

#define FLAGS_CLEARED_BY_SYSCALL UINT64_C(0x257fd5) /* every flag there is */
#define FLAG_INTERRUPTS          UINT64_C(0x200)
#define FLAG_ALWAYS              UINT64_C(0x2)

extern const char entry_syscall[];

static struct descriptors early;
static bool pcid;
static bool xsave;

struct feature {
    uint32_t leaf;
    uint32_t subleaf;
    unsigned int output; /* of EAX EBX ECX EDX */
    uint32_t bit;
    const char *missing;
};

static const struct feature required[] = {
    {1, 0, 3, 24, "the processor lacks FXSAVE"},
    {7, 0, 1, 0, "the processor lacks FSGSBASE"},
    {7, 0, 1, 7, "the processor lacks SMEP"},
    {7, 0, 1, 20, "the processor lacks SMAP"},
    {7, 0, 2, 2, "the processor lacks UMIP"},
    {0x80000001, 0, 3, 11, "the processor lacks SYSCALL"},
    {0x80000001, 0, 3, 20, "the processor lacks NX"},
};

static bool has(uint32_t leaf, uint32_t subleaf, unsigned int output, uint32_t bit)
{
    struct cpuid_result r = {0};
    uint32_t words[4];

    if (!platform->cpuid(leaf, subleaf, &r)) {
        return false;
    }
    words[0] = r.eax;
    words[1] = r.ebx;
    words[2] = r.ecx;
    words[3] = r.edx;
    return (words[output] >> bit & 1) != 0;
}

void processor_check_features(void)
{
    for (unsigned int i = 0; i < sizeof(required) / sizeof(*required); i++) {
        const struct feature *f = &required[i];

        if (!has(f->leaf, f->subleaf, f->output, f->bit)) {
            panic(END_FEATURES, f->missing);
        }
    }
    pcid = has(1, 0, 2, 17);
    xsave = has(1, 0, 2, 26);
}

static void set_control_registers(void)
{
    uint64_t cr0 = x86_cr0() & ~(CR0_EM | CR0_AM | CR0_NW | CR0_CD);
    uint64_t cr4 = CR4_PAE | CR4_MCE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_UMIP |
                   CR4_FSGSBASE | CR4_SMEP | CR4_SMAP;

    x86_set_cr0(cr0 | CR0_MP | CR0_TS | CR0_NE | CR0_WP);
    x86_set_cr4(cr4 | (xsave ? CR4_OSXSAVE : 0));
    if (pcid) { /* only with PCID 0 loaded, as it is */
        x86_set_cr4(x86_cr4() | CR4_PCIDE);
    }
    x86_wrmsr(MSR_EFER, x86_rdmsr(MSR_EFER) | EFER_SCE | EFER_NXE);
}

static void set_system_call(void)
{
    x86_wrmsr(MSR_STAR, (uint64_t)KERNEL_CS << 32 | (uint64_t)KERNEL_DS << 48);
    x86_wrmsr(MSR_LSTAR, (uint64_t)entry_syscall);
    x86_wrmsr(MSR_CSTAR, 0); /* compatibility mode faults: no 32-bit segment exists */
    x86_wrmsr(MSR_SFMASK, FLAGS_CLEARED_BY_SYSCALL);
}

void processor_early(uint64_t stack_va)
{
    descriptors_init_traps();
    descriptors_load(&early, stack_va + EARLY_TRAP_TOP, stack_va + EARLY_FATAL_TOP);
}

static uint64_t stacks_of(const struct cpu *cpu)
{
    return PAGING_STACKS_VA + (uint64_t)cpu->id * STACK_STRIDE;
}

static void map_stack(uint64_t top, uint64_t pages)
{
    for (uint64_t i = 1; i <= pages; i++) {
        paging_map(top - i * PAGE_SIZE, window_phys(memory_take(1)),
                   PAGING_DATA | platform_private_mask);
    }
}

void processor_prepare(struct cpu *cpu)
{
    uint64_t base = stacks_of(cpu);

    _Static_assert(sizeof(struct processor) <= 4096, "one page");
    map_stack(base + STACK_TOP, STACK_PAGES);
    map_stack(base + TRAP_STACK_TOP, 1);
    map_stack(base + FATAL_TOP, 1);
    cpu->stack_top = base + STACK_TOP;
    cpu->arch = memory_take(1);
    cpu->no_flush = pcid ? UINT64_C(1) << 63 : 0;
    cpu->user_flags = FLAG_ALWAYS | (platform->interrupts ? FLAG_INTERRUPTS : 0);
}

void processor_become(struct cpu *cpu)
{
    uint64_t base = stacks_of(cpu);
    struct processor *processor = cpu->arch;

    x86_set_cr3(paging_kernel_root());
    descriptors_load(&processor->descriptors, base + TRAP_STACK_TOP, base + FATAL_TOP);
    x86_wrmsr(MSR_GS_BASE, (uint64_t)cpu);
    x86_wrmsr(MSR_KERNEL_GS_BASE, 0);
    set_control_registers();
    set_system_call();
    fpu_start(xsave);
}

struct cpu *processor_of_stack(uint64_t stack)
{
    uint64_t index = (stack - PAGING_STACKS_VA) / STACK_STRIDE;

    return stack >= PAGING_STACKS_VA && index < cpu_count ? cpus[index] : NULL;
}

void processor_start(struct cpu *cpu)
{
    processor_become(cpu);
    boot_processor_ready(cpu);
}
