/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the architecture tests share: a small SNP guest that runs one named case at VMPL0 (and sends
 * functions to other VMPLs and CPUs), records exceptions and reports through the GHCB.
 *
 * The layout is also pack's: it makes the tables, the CPUID and secrets pages and the VMSA.
 */
#ifndef SNP_GUEST_H
#define SNP_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE  0x1000ull
#define LARGE 0x200000ull

#define IMAGE   0x1000000ull /* this program */
#define WINDOW  0x1200000ull /* 2 MiB given to the guest, not validated, mapped in 4 KiB pages */
#define BIG     0x1400000ull /* the same, mapped in one 2 MiB page */
#define OPEN    0x1600000ull /* 2 MiB that belong to the host at first, mapped in 4 KiB pages */
#define TABLES  0x1800000ull /* PML4, PDPT, PD private, PD shared, PT of WINDOW, PT of OPEN */
#define CPUIDS  0x1810000ull
#define SECRETS 0x1811000ull
#define CHOICE  0x1812000ull /* the name of the case to run */
#define GHCB    (WINDOW + LARGE - PAGE)
#define MMIO    0xFED00000ull  /* mapped private and shared; no RAM there */
#define HIGH    0x140000000ull /* mapped to half the C-bit, shared */
#define ALIAS   0x100000000ull /* the same addresses again with C-bit 0 (shared) */

#define VMPL_ALL 0xFull
#define VMPL_R   0x1ull
#define VMPL_RW  0x3ull

struct trap {
    uint64_t vector, error, rip, cr2, rsp, cs, rflags;
};

/* One for each (CPU, VMPL); GS points to it. */
struct context {
    struct context *self;
    uint64_t jump_rsp, armed;
    struct trap trap;
    uint64_t (*job)(uint64_t);
    uint64_t argument, result;
    volatile uint64_t done;
    bool registered; /* its GHCB */
};

/* ---- entry.S ---- */
/* Calls function(argument); true if an exception ended it, described in context()->trap. */
bool attempt(uint64_t (*function)(uint64_t), uint64_t argument);
void vmgexit(void);
uint64_t avx_probe(uint64_t *buffer);
void avx_spoil(void);
/* Goes to CPL 3 at this address; an exception brings the attempt back. */
uint64_t user_mode(uint64_t address);

/* Loads XMM0 XMM7 XMM15, then RAX RDI RDX RSI RBP R8..R15 from pattern[], ST0 = 1 and ST1 = pi,
 * carry set, runs VMPL0 and compares: 0 if all are as they were, else the number of the first. */
uint64_t register_probe(const uint64_t *pattern);

/* ---- lib.c ---- */
struct context *context(void);
void start_traps(void);
void print(const char *text);
void print_hex(uint64_t value);
_Noreturn void finish(uint32_t code);
_Noreturn void die(const char *why);

/* Compare and count; the line is printed when they differ. */
void expect(const char *what, uint64_t got, uint64_t wanted);
void expect_trap(const char *what, bool trapped, uint64_t vector, uint64_t error);
uint64_t failures(void);

uint64_t c_bit(void);
uint64_t msr_read(uint32_t msr);
void msr_write(uint32_t msr, uint64_t value);
uint64_t ghcb_msr_call(uint64_t request);
void page_state(uint64_t gpa, unsigned operation);

/* PVALIDATE and RMPADJUST: EAX, and CF in bit 32. */
uint64_t pvalidate(uint64_t address, uint64_t size, uint64_t validate);
uint64_t rmpadjust(uint64_t address, uint64_t size, uint64_t rdx);
uint64_t rmpquery(uint64_t address, uint64_t *rdx, uint64_t *rcx);
#define CARRY (1ull << 32)

/* GHCB page calls: INFO1, INFO2 (and RAX) in and out. */
struct ghcb_call {
    uint64_t code, info1, info2, rax;
};
void ghcb_call(struct ghcb_call *call);
/* The same for a call that has RBX, too, in and out. */
void ghcb_call_rbx(struct ghcb_call *call, uint64_t *rbx);
/* Its shared buffer, which SW_SCRATCH points to. */
volatile uint64_t *ghcb_buffer(void);
/* Device registers by the GHCB's MMIO calls. */
uint32_t mmio_read32(uint64_t gpa);
void mmio_write32(uint64_t gpa, uint32_t value);

/* ---- vmpl.c ---- */
/* Gives the program's memory to the VMPL and makes a VMSA for it on this CPU. */
void vmpl_make(unsigned vmpl);
/* Runs function(argument) there and returns its result. */
uint64_t vmpl_run(unsigned vmpl, uint64_t (*function)(uint64_t), uint64_t argument);
/* The VMSA as it is now, into another page. */
void vmpl_copy_vmsa(unsigned vmpl, uint64_t to);
struct context *vmpl_context(unsigned vmpl);
/* Starts function(argument) at VMPL0 on another CPU. */
void cpu_start(unsigned apic_id, uint64_t (*function)(uint64_t), uint64_t argument);

/* ---- the cases ---- */
struct test_case {
    const char *name;
    void (*run)(void);
};
extern const struct test_case vc_cases[], insn_cases[], memory_cases[], vmpl_cases[], bench_cases[],
    hostile_cases[], attest_cases[], irq_cases[], sweep_cases[], disk_cases[], deny_cases[];

#endif
