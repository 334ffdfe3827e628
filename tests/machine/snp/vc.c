/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which events become #VC, with which error code, and which do not.
 */
#include "guest.h"

#define VC 29u
#define GP 13u
#define UD 6u

/* One instruction; its operands come from the argument where it has any. */
#define PROBE(name, text)                                                                          \
    static uint64_t name(uint64_t argument)                                                        \
    {                                                                                              \
        __asm__ volatile(text                                                                      \
                         : "+a"(argument)::"rbx", "rcx", "rdx", "rsi", "rdi", "memory", "cc");     \
        return argument;                                                                           \
    }

PROBE(do_cpuid, "cpuid")
PROBE(do_in8, "mov $0x60, %%edx; inb %%dx, %%al")
PROBE(do_in32, "inl $0x60, %%eax")
PROBE(do_out16, "outw %%ax, $0x80")
PROBE(do_insb, "mov $0x60, %%edx; mov %%rax, %%rdi; insb")
PROBE(do_outsb, "mov $0x80, %%edx; mov %%rax, %%rsi; mov $4, %%ecx; rep outsb")
PROBE(do_rdmsr, "mov %%eax, %%ecx; rdmsr")
PROBE(do_wrmsr, "mov %%eax, %%ecx; xor %%eax, %%eax; xor %%edx, %%edx; wrmsr")
PROBE(do_rdpmc, "xor %%ecx, %%ecx; rdpmc")
PROBE(do_vmmcall, "vmmcall")
PROBE(do_vmrun, "vmrun %%rax")
PROBE(do_vmload, "vmload %%rax")
PROBE(do_vmsave, "vmsave %%rax")
PROBE(do_stgi, "stgi")
PROBE(do_clgi, "clgi")
PROBE(do_invlpga, "xor %%ecx, %%ecx; .byte 0x0F, 0x01, 0xDF")
PROBE(do_wbinvd, "wbinvd")
PROBE(do_invd, "invd")
PROBE(do_monitor, "xor %%ecx, %%ecx; xor %%edx, %%edx; .byte 0x0F, 0x01, 0xC8")
PROBE(do_mwait, "xor %%eax, %%eax; xor %%ecx, %%ecx; .byte 0x0F, 0x01, 0xC9")
PROBE(do_read_dr7, "mov %%dr7, %%rax")
PROBE(do_write_dr7, "mov $0x400, %%eax; mov %%rax, %%dr7")
PROBE(do_single_step, "pushfq; orq $0x100, (%%rsp); popfq; nop; nop")
PROBE(do_read8, "movb (%%rax), %%al")
PROBE(do_write32, "movl $1, 4(%%rax)")
PROBE(do_call, "call *%%rax")
PROBE(do_push, "mov %%rsp, %%rbx; lea 8(%%rax), %%rsp; pushq %%rax; mov %%rbx, %%rsp")
PROBE(do_undefined, "ud2")
PROBE(do_rmpupdate, ".byte 0xF2, 0x0F, 0x01, 0xFE")
PROBE(do_psmash, ".byte 0xF3, 0x0F, 0x01, 0xFF")
PROBE(do_rdtsc, "rdtsc")
PROBE(do_invlpg, "invlpg (%%rax)")
PROBE(do_cr, "mov %%cr4, %%rax; mov %%rax, %%cr4; mov %%cr3, %%rax; mov %%rax, %%cr3")
PROBE(do_ts, "mov %%cr0, %%rax; or $8, %%eax; mov %%rax, %%cr0; clts")
PROBE(do_wp, "mov %%cr0, %%rax; btc $16, %%rax; mov %%rax, %%cr0; btc $16, %%rax; mov %%rax, %%cr0")
PROBE(do_dr0, "mov %%rax, %%dr0; mov %%dr0, %%rax; mov %%dr6, %%rax")
PROBE(do_pause, "pause")

struct probe {
    const char *name;
    uint64_t (*run)(uint64_t);
    uint64_t argument, vector, error;
};

/* Table 15-35 of APM volume 2 as far as TCG has the instructions. */
static const struct probe faults[] = {
    {"CPUID", do_cpuid, 0, VC, 0x72},
    {"IN 8", do_in8, 0, VC, 0x7B},
    {"IN 32", do_in32, 0, VC, 0x7B},
    {"OUT 16", do_out16, 0, VC, 0x7B},
    {"INS", do_insb, IMAGE, VC, 0x7B},
    {"REP OUTS", do_outsb, IMAGE, VC, 0x7B},
    {"RDMSR TSC", do_rdmsr, 0x10, VC, 0x7C},
    {"RDMSR APIC_BASE", do_rdmsr, 0x1B, VC, 0x7C},
    {"RDMSR SYSCFG", do_rdmsr, 0xC0010010, VC, 0x7C},
    {"RDMSR SVSM_CAA", do_rdmsr, 0xC001F000, VC, 0x7C},
    {"WRMSR X2APIC", do_wrmsr, 0x80B, VC, 0x7C},
    {"WRMSR SEV_STATUS", do_wrmsr, 0xC0010131, GP, 0},
    {"RDMSR GUEST_TSC_FREQ", do_rdmsr, 0xC0010134, GP, 0},
    {"RDPMC", do_rdpmc, 0, VC, 0x6F},
    {"VMMCALL", do_vmmcall, 0, VC, 0x81},
    {"VMRUN", do_vmrun, IMAGE, VC, 0x80},
    {"VMLOAD", do_vmload, IMAGE, VC, 0x82},
    {"VMSAVE", do_vmsave, IMAGE, VC, 0x83},
    {"STGI", do_stgi, 0, VC, 0x84},
    {"CLGI", do_clgi, 0, VC, 0x85},
    {"INVLPGA", do_invlpga, IMAGE, VC, 0x7A},
    {"WBINVD", do_wbinvd, 0, VC, 0x89},
    {"INVD", do_invd, 0, VC, 0x76},
    {"MONITOR", do_monitor, IMAGE, VC, 0x8A},
    {"MWAIT", do_mwait, 0, VC, 0x8B},
    {"DR7 read", do_read_dr7, 0, VC, 0x27},
    {"DR7 write", do_write_dr7, 0, VC, 0x37},
    {"#DB", do_single_step, 0, VC, 0x41},
    {"UD2", do_undefined, 0, UD, 0},
    {"RMPUPDATE", do_rmpupdate, 0, UD, 0},
    {"PSMASH", do_psmash, 0, UD, 0},
};

static const struct probe quiet[] = {
    {"RDTSC", do_rdtsc, 0, 0, 0},
    {"INVLPG", do_invlpg, IMAGE, 0, 0},
    {"CR3, CR4", do_cr, 0, 0, 0},
    {"CR0.TS", do_ts, 0, 0, 0},
    {"CR0.WP", do_wp, 0, 0, 0},
    {"DR0, DR6", do_dr0, IMAGE, 0, 0},
    {"PAUSE", do_pause, 0, 0, 0},
    {"RDMSR GHCB", do_rdmsr, 0xC0010130, 0, 0},
    {"RDMSR PAT", do_rdmsr, 0x277, 0, 0},
    {"RDMSR EFER", do_rdmsr, 0xC0000080, 0, 0},
    {"RDMSR KERNEL_GS_BASE", do_rdmsr, 0xC0000102, 0, 0},
};

static void run(const struct probe *probes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool trapped = attempt(probes[i].run, probes[i].argument);
        if (probes[i].vector)
            expect_trap(probes[i].name, trapped, probes[i].vector, probes[i].error);
        else
            expect(probes[i].name,
                   trapped ? context()->trap.vector << 32 | context()->trap.error : 0, 0);
    }
}

static void case_codes(void)
{
    run(faults, sizeof faults / sizeof *faults);
    run(quiet, sizeof quiet / sizeof *quiet);
}

/* The frame: the faulting instruction's RIP, IST stack, IF clear, the flags as they were. */
static void case_frame(void)
{
    uint64_t rsp;
    __asm__ volatile("movq %%rsp, %0" : "=r"(rsp));
    expect_trap("CPUID", attempt(do_cpuid, 0), VC, 0x72);
    const struct trap *trap = &context()->trap;
    const uint8_t *code = (const uint8_t *)trap->rip;
    expect("the bytes at RIP", (uint64_t)code[0] << 8 | code[1], 0x0FA2);
    expect("pushed CS", trap->cs, 8);
    expect("pushed RSP is near ours", rsp - trap->rsp < 4096, true);
    expect("pushed RFLAGS.RF", trap->rflags >> 16 & 1, 1);
    expect("pushed RFLAGS bit 1", trap->rflags & 2, 2);
}

/* An address without RAM: the host marks it, the guest gets 400h and CR2. */
static void case_mmio(void)
{
    expect_trap("MMIO read", attempt(do_read8, MMIO + 0xF0), VC, 0x400);
    expect("CR2", context()->trap.cr2, MMIO + 0xF0);
    expect_trap("MMIO write", attempt(do_write32, MMIO + 0x100), VC, 0x400);
    expect("CR2", context()->trap.cr2, MMIO + 0x104);
    expect_trap("far beyond RAM", attempt(do_read8, HIGH), VC, 0x400);
    expect("CR2", context()->trap.cr2, HIGH);
}

/* Memory of the guest that was never validated: every kind of access is 404h with CR2. */
static void case_unvalidated(void)
{
    expect_trap("read", attempt(do_read8, WINDOW + 0x3008), VC, 0x404);
    expect("CR2 of a read", context()->trap.cr2, WINDOW + 0x3008);
    expect_trap("write", attempt(do_write32, WINDOW + 0x4000), VC, 0x404);
    expect("CR2 of a write", context()->trap.cr2, WINDOW + 0x4004);
    expect_trap("fetch", attempt(do_call, WINDOW + 0x5000), VC, 0x404);
    expect("CR2 of a fetch", context()->trap.cr2, WINDOW + 0x5000);
    expect_trap("push", attempt(do_push, WINDOW + 0x6000), VC, 0x404);
    expect("CR2 of a push", context()->trap.cr2, WINDOW + 0x6000);
}

/* Instructions at CPL 3, copied to memory that it may use: privilege checks come before the exit.
 */
static const struct {
    const char *name;
    uint8_t code[4];
    uint64_t vector, error;
} user_faults[] = {
    {"CPUID", {0x0F, 0xA2}, VC, 0x72},
    {"VMMCALL", {0x0F, 0x01, 0xD9}, VC, 0x81},
    {"IN", {0xE4, 0x60}, GP, 0},
    {"HLT", {0xF4}, GP, 0},
    {"WBINVD", {0x0F, 0x09}, GP, 0},
    {"RDMSR", {0x0F, 0x32}, GP, 0},
    {"PVALIDATE", {0xF2, 0x0F, 0x01, 0xFF}, GP, 0},
    {"RMPADJUST", {0xF3, 0x0F, 0x01, 0xFE}, GP, 0},
    {"UD2", {0x0F, 0x0B}, UD, 0},
};

static void case_user(void)
{
    uint64_t page = WINDOW + 0x10000;
    expect("validate", pvalidate(page, 0, 1), 0);
    for (size_t i = 0; i < sizeof user_faults / sizeof *user_faults; i++) {
        for (unsigned b = 0; b < sizeof user_faults[i].code; b++)
            ((volatile uint8_t *)page)[b] = user_faults[i].code[b];
        expect_trap(user_faults[i].name, attempt(user_mode, page), user_faults[i].vector,
                    user_faults[i].error);
        expect("from CPL 3", context()->trap.cs, 0x2B);
        expect("RIP", context()->trap.rip, page);
        expect("its stack", context()->trap.rsp, page);
    }
}

static void case_status(void)
{
    expect("SEV_STATUS", msr_read(0xC0010131), 7);
    expect("C-bit of CPUID and of the GHCB", c_bit(), 1ull << (ghcb_msr_call(2) >> 24 & 0xFF));
}

/* The secure processor filled the page: four keys, all different. */
static void case_secrets(void)
{
    const uint32_t *secrets = (const uint32_t *)SECRETS;
    expect("secrets version", secrets[0] >= 2, true);
    for (unsigned key = 0; key < 4; key++)
        expect("VMPCK is set and not the first",
               secrets[8 + 8 * key] && (!key || secrets[8 + 8 * key] != secrets[8]), true);
}

/* The page of the IDT loses its validation after a #VC went through it: the next one cannot be
 * delivered, nor can what follows from that. */
static void case_idt_gone(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) idtr;
    __asm__ volatile("sidt %0" : "=m"(idtr));
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    for (unsigned i = 0; i <= idtr.limit; i++)
        ((volatile uint8_t *)WINDOW)[i] = ((const uint8_t *)idtr.base)[i];
    idtr.base = WINDOW;
    __asm__ volatile("lidt %0" ::"m"(idtr));
    expect_trap("CPUID", attempt(do_cpuid, 0), VC, 0x72);
    expect("rescind", pvalidate(WINDOW, 0, 0), 0);
    attempt(do_cpuid, 0);
    die("#VC was delivered");
}

const struct test_case vc_cases[] = {
    {"vc-codes", case_codes},

    {"vc-frame", case_frame},
    {"vc-mmio", case_mmio},
    {"vc-unvalidated", case_unvalidated},
    {"vc-user", case_user},
    {"vc-idt-gone", case_idt_gone},
    {"status", case_status},
    {"secrets", case_secrets},
    {0},
};
