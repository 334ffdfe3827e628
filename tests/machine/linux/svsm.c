/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest SVSM that a Linux kernel at VMPL2 needs: it makes the guest's memory valid, starts
 * the kernel at VMPL2 and answers the core protocol's REMAP_CA, PVALIDATE and QUERY_PROTOCOL for
 * one vCPU. A test of the machine, not of an SVSM: it trusts its guest and stops on anything
 * unexpected.
 *
 * Runs at VMPL0 on the guest's first page tables (4 GiB, one to one, private); nothing interrupts
 * it and it has no IDT. svsm.ld puts it at SVSM_BASE, image.c the pages below.
 */
#include "svsm.h"

#include "layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE          UINT64_C(0x1000)
#define LARGE         UINT64_C(0x200000)
#define VMPL2_ALL     UINT64_C(0x0f02)
#define VMPL2_NONE    UINT64_C(0x0002)
#define VMPL2_VMSA    UINT64_C(0x10102)
#define VMPL1_VMSA    UINT64_C(0x10001)
#define CPUS_MAX      8u
#define SIZE_MISMATCH 6u
#define GHCB_MSR      0xc0010130u
#define EFER_SVME     UINT64_C(0x1000)
#define VMGEXIT_CODE  0x403u
#define MSR_RUN_VMPL2 (UINT64_C(2) << 32 | 0x016)
#define STACK_SIZE    8192

#define BAD_PROTOCOL  UINT64_C(0x80000001)
#define BAD_CALL      UINT64_C(0x80000002)
#define BAD_PARAMETER UINT64_C(0x80000005)
#define PVALIDATE_ERR UINT64_C(0x80001000)

/* Offsets in a secrets page. */
enum {
    SECRETS_KEY0 = 0x020,
    SECRETS_KEY2 = 0x060,
    SECRETS_BASE = 0x140,
};

struct start {
    uint64_t ranges[6]; /* {start, end} of RAM, ended by zeros */
    uint64_t private_bit, tables, gdt, stack, entry, boot_params;
    uint64_t secrets, cpuid, calling_area; /* where the guest looks for them */
    uint64_t cpus;
};

/* A CPU's guest: its VMSA at VMPL2 (0: none yet) and its calling area. */
struct cpu {
    volatile uint64_t vmsa;
    uint64_t calling_area;
};

uint8_t svsm_stack[STACK_SIZE] __attribute__((aligned(16)));
static uint8_t stacks[CPUS_MAX][STACK_SIZE] __attribute__((aligned(16)));
static struct cpu cpus[CPUS_MAX];

_Noreturn void svsm_main(const struct start *start);

__asm__(".section .entry, \"ax\"\n"
        "   leaq svsm_stack+8192(%rip), %rsp\n"
        "   movq %rbx, %rdi\n"
        "   call svsm_main\n"
        "   ud2\n"
        ".text\n");

static volatile uint64_t *word(uint64_t address)
{
    return (volatile uint64_t *)address;
}

static uint64_t ghcb_msr(uint64_t value)
{
    uint32_t low = (uint32_t)value, high = (uint32_t)(value >> 32);
    __asm__ volatile("wrmsr; rep; vmmcall; rdmsr"
                     : "+a"(low), "+d"(high)
                     : "c"(GHCB_MSR)
                     : "memory");
    return (uint64_t)high << 32 | low;
}

static _Noreturn void stop(uint64_t code)
{
    for (;;)
        ghcb_msr(code << 16 | 0xd << 12 | 0x100);
}

/* EAX, and CF in bit 8. */
static uint32_t pvalidate(uint64_t address, uint32_t large, uint32_t valid)
{
    uint64_t result = address;
    uint8_t carry;
    __asm__ volatile(".byte 0xf2, 0x0f, 0x01, 0xff; setc %1"
                     : "+a"(result), "=q"(carry)
                     : "c"(large), "d"(valid)
                     : "memory", "cc");
    return (uint32_t)result | (uint32_t)carry << 8;
}

static uint32_t rmpadjust(uint64_t address, uint32_t large, uint64_t rights)
{
    uint64_t result = address;
    __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xfe"
                     : "+a"(result)
                     : "c"((uint64_t)large), "d"(rights)
                     : "memory", "cc");
    return (uint32_t)result;
}

static bool whole_large(uint64_t at, uint64_t end)
{
    return at % LARGE == 0 && end - at >= LARGE;
}

/* What the launch loaded is valid already; the carry flag that says so is no error here. */
static void accept(uint64_t at, uint64_t end)
{
    while (at < end) {
        if (whole_large(at, end) && (pvalidate(at, 1, 1) & 0xff) == 0) {
            at += LARGE;
            continue;
        }
        if ((pvalidate(at, 0, 1) & 0xff) != 0)
            stop(1);
        at += PAGE;
    }
}

static void grant(uint64_t at, uint64_t end)
{
    while (at < end) {
        if (at == SVSM_BASE) {
            at += SVSM_SIZE;
            continue;
        }
        if (whole_large(at, end) && rmpadjust(at, 1, VMPL2_ALL) == 0) {
            at += LARGE;
            continue;
        }
        if (rmpadjust(at, 0, VMPL2_ALL) != 0)
            stop(2);
        at += PAGE;
    }
}

static void copy_page(uint64_t to, uint64_t from)
{
    for (unsigned i = 0; i < PAGE; i += 8)
        *word(to + i) = *word(from + i);
}

static void hand_over_pages(const struct start *start)
{
    copy_page(start->cpuid, SVSM_CPUID);
    copy_page(start->secrets, SVSM_SECRETS);
    for (uint64_t at = SECRETS_KEY0; at < SECRETS_KEY2; at += 8)
        *word(start->secrets + at) = 0;
    *word(start->secrets + SECRETS_BASE) = SVSM_BASE;
    *word(start->secrets + SECRETS_BASE + 8) = SVSM_SIZE;
    *word(start->secrets + SECRETS_BASE + 16) = start->calling_area;
    *word(start->secrets + SECRETS_BASE + 24) = UINT64_C(2) << 32 | 1; /* VMPL2, version 1 */
    *word(start->calling_area) = 0;
}

static void put(uint64_t vmsa, unsigned offset, uint64_t value)
{
    *word(vmsa + offset) = value;
}

static uint64_t get(uint64_t vmsa, unsigned offset)
{
    return *word(vmsa + offset);
}

/* 64-bit code on the page tables of its VMPL; RIP, RSP and arguments are the caller's. */
static void fill_vmsa(const struct start *start, uint64_t vmsa, uint64_t vmpl)
{
    const uint64_t code = 0x10 | 0xa9b << 16 | UINT64_C(0xffffffff) << 32;
    const uint64_t data = 0x18 | 0xc93 << 16 | UINT64_C(0xffffffff) << 32;
    for (unsigned offset = 0; offset < PAGE; offset += 8)
        put(vmsa, offset, 0);
    for (unsigned segment = 0; segment < 6; segment++)
        put(vmsa, segment * 16, segment == 1 ? code : data);
    put(vmsa, VMSA_GDTR, UINT64_C(0x1f) << 32);
    put(vmsa, VMSA_GDTR + 8, start->gdt);
    put(vmsa, VMSA_LDTR, 0x82 << 16);
    put(vmsa, VMSA_TR, 0x8b << 16 | UINT64_C(0xffff) << 32);
    put(vmsa, VMSA_LEVELS, vmpl << 16);
    put(vmsa, VMSA_EFER, 0x1d00);
    put(vmsa, VMSA_CR4, 0x60);
    put(vmsa, VMSA_CR3, (vmpl == 0 ? SVSM_TABLES : start->tables) | start->private_bit);
    put(vmsa, VMSA_CR0, 0x80010031);
    put(vmsa, VMSA_DR7, 0x400);
    put(vmsa, VMSA_DR6, 0xffff0ff0);
    put(vmsa, VMSA_RFLAGS, 2);
    put(vmsa, VMSA_PAT, UINT64_C(0x0007040600070406));
    put(vmsa, VMSA_FEATURES, 1);
    put(vmsa, VMSA_XCR0, 1);
    put(vmsa, VMSA_MXCSR, 0x1f80);
    put(vmsa, VMSA_FCW, 0x37f);
}

/* The guest will use the pages of its first tables for other things. The 2 MiB around the GHCB are
 * shared in the copy. */
static void own_tables(const struct start *start)
{
    uint64_t moved = SVSM_TABLES - start->tables;
    for (uint64_t at = 0; at < 6 * PAGE; at += PAGE)
        copy_page(SVSM_TABLES + at, start->tables + at);
    *word(SVSM_TABLES) += moved;
    for (unsigned i = 0; i < 4; i++)
        *word(SVSM_TABLES + PAGE + i * 8) += moved;
    *word(SVSM_TABLES + 2 * PAGE + (SVSM_GHCB >> 21) * 8) &= ~start->private_bit;
    __asm__ volatile("mov %0, %%cr3" ::"r"(SVSM_TABLES | start->private_bit) : "memory");
}

static void share_ghcb(void)
{
    if (ghcb_msr(SVSM_GHCB | UINT64_C(2) << 52 | 0x014) != 0x015)
        stop(4);
    if (ghcb_msr(SVSM_GHCB | 0x012) != (SVSM_GHCB | 0x013))
        stop(5);
}

/* AP creation with these EXITINFO1 and VMSA. */
static void create_vcpu(uint64_t info1, uint64_t vmsa)
{
    const unsigned fields[] = {GHCB_CODE, GHCB_INFO1, GHCB_INFO2, GHCB_RAX};
    const uint64_t values[] = {0x80000013, info1, vmsa, 1};
    for (unsigned i = 0; i < PAGE; i += 8)
        *word(SVSM_GHCB + i) = 0;
    for (unsigned i = 0; i < 4; i++) {
        *word(SVSM_GHCB + fields[i]) = values[i];
        *word(SVSM_GHCB + GHCB_VALID + fields[i] / 512 * 8) |= UINT64_C(1) << fields[i] / 8 % 64;
    }
    *(volatile uint16_t *)(SVSM_GHCB + GHCB_VERSION) = 2;
    *(volatile uint32_t *)(SVSM_GHCB + GHCB_USAGE) = 0;
    ghcb_msr(SVSM_GHCB);
    if (*word(SVSM_GHCB + GHCB_INFO1) != 0)
        stop(6);
}

/* ---- The protocol ---- */

static uint64_t change_page(uint64_t entry)
{
    uint64_t address = entry & ~(PAGE - 1);
    uint32_t large = entry & 3, valid = (uint32_t)(entry >> 2) & 1;
    uint64_t size = large ? LARGE : PAGE;
    if (large > 1 || address % size != 0 ||
        (address < SVSM_BASE + SVSM_SIZE && address + size > SVSM_BASE))
        return BAD_PARAMETER;
    if (!valid && rmpadjust(address, large, VMPL2_NONE) == SIZE_MISMATCH)
        return PVALIDATE_ERR | SIZE_MISMATCH;
    uint32_t result = pvalidate(address, large, valid);
    if (result != 0)
        return PVALIDATE_ERR | (result & 0xff ? result & 0xff : 0x10);
    for (uint64_t at = address; valid && at < address + size; at += 8)
        *word(at) = 0;
    if (valid && rmpadjust(address, large, VMPL2_ALL) != 0)
        stop(7);
    return 0;
}

static uint64_t change_pages(uint64_t list)
{
    uint16_t count = *(volatile uint16_t *)list;
    volatile uint16_t *next = (volatile uint16_t *)(list + 2);
    if (count == 0 || *next >= count || list % PAGE + 8 + count * 8u > PAGE)
        return BAD_PARAMETER;
    for (; *next < count; ++*next) {
        uint64_t result = change_page(*word(list + 8 + *next * 8u));
        if (result != 0)
            return result;
    }
    return 0;
}

static uint64_t remap(struct cpu *cpu, uint64_t area)
{
    cpu->calling_area = area;
    *(volatile uint8_t *)area = 0;
    return 0;
}

/* The guest's page becomes a VMSA; the guest starts it itself, by AP creation. */
static uint64_t adopt_vcpu(uint64_t vmsa, uint64_t area, uint64_t apic_id)
{
    if (apic_id >= CPUS_MAX || vmsa % PAGE != 0 || area % PAGE != 0)
        return BAD_PARAMETER;
    if (rmpadjust(vmsa, 0, VMPL2_NONE) != 0 || rmpadjust(vmsa, 0, VMPL2_VMSA) != 0)
        return BAD_PARAMETER;
    *(volatile uint8_t *)area = 0;
    cpus[apic_id].calling_area = area;
    cpus[apic_id].vmsa = vmsa;
    return 0;
}

static uint64_t serve(struct cpu *cpu, uint64_t vmsa)
{
    uint64_t call = get(vmsa, VMSA_RAX), argument = get(vmsa, VMSA_RCX);
    if (call >> 32 != 0)
        return BAD_PROTOCOL;
    switch (call) {
    case 0:
        return remap(cpu, argument);
    case 1:
        return change_pages(argument);
    case 2:
        return adopt_vcpu(argument, get(vmsa, VMSA_RDX), get(vmsa, VMSA_R8));
    case 6:
        put(vmsa, VMSA_RCX, argument >> 32 == 0 ? UINT64_C(1) << 32 | 1 : 0);
        return 0;
    default:
        return BAD_CALL;
    }
}

/* A request is looked for before each run: the host may have started the guest by itself. */
_Noreturn static void loop(struct cpu *cpu)
{
    for (;;) {
        uint64_t vmsa = cpu->vmsa;
        if (vmsa == 0) {
            __asm__ volatile("hlt");
            continue;
        }
        put(vmsa, VMSA_EFER, get(vmsa, VMSA_EFER) & ~EFER_SVME);
        volatile uint8_t *pending = (volatile uint8_t *)cpu->calling_area;
        if ((uint32_t)get(vmsa, VMSA_EXIT) == VMGEXIT_CODE && *pending == 1) {
            *pending = 0;
            put(vmsa, VMSA_RAX, serve(cpu, vmsa));
        }
        put(vmsa, VMSA_EFER, get(vmsa, VMSA_EFER) | EFER_SVME);
        if (ghcb_msr(MSR_RUN_VMPL2) != 0x017)
            stop(9);
    }
}

static void start_other_cpus(const struct start *start)
{
    for (uint64_t i = 1; i < start->cpus && i < CPUS_MAX; i++) {
        uint64_t vmsa = SVSM_VMSA + i * PAGE;
        fill_vmsa(start, vmsa, 0);
        put(vmsa, VMSA_RIP, (uint64_t)(uintptr_t)loop);
        put(vmsa, VMSA_RSP, (uint64_t)(uintptr_t)(stacks[i] + STACK_SIZE) - 8);
        put(vmsa, VMSA_RDI, (uint64_t)(uintptr_t)&cpus[i]);
        if (rmpadjust(vmsa, 0, VMPL1_VMSA) != 0)
            stop(10);
        create_vcpu(i << 32 | 1, vmsa);
    }
}

static void prepare_guest(const struct start *start)
{
    fill_vmsa(start, SVSM_VMSA, 2);
    put(SVSM_VMSA, VMSA_RIP, start->entry);
    put(SVSM_VMSA, VMSA_RSP, start->stack);
    put(SVSM_VMSA, VMSA_RSI, start->boot_params);
    if (rmpadjust(SVSM_VMSA, 0, VMPL2_VMSA) != 0)
        stop(8);
    cpus[0] = (struct cpu){SVSM_VMSA, start->calling_area};
    create_vcpu(2 << 16, SVSM_VMSA);
}

_Noreturn void svsm_main(const struct start *start)
{
    for (const uint64_t *range = start->ranges; range[1] != 0; range += 2)
        accept(range[0], range[1]);
    for (const uint64_t *range = start->ranges; range[1] != 0; range += 2)
        grant(range[0], range[1]);
    hand_over_pages(start);
    if (pvalidate(SVSM_GHCB, 0, 0) != 0)
        stop(3);
    own_tables(start);
    share_ghcb();
    start_other_cpus(start);
    prepare_guest(start);
    loop(&cpus[0]);
}
