/* SPDX-License-Identifier: BSD-2-Clause */
/* The last words; see report.h. */
#include "report.h"

#include <stdbool.h>
#include <stddef.h>

#include "console.h"
#include "cpu.h"
#include "offsets.h"
#include "paging.h"

#define DEPTH_MOST   32
#define STACK_WINDOW UINT64_C(0x4000) /* no stack of ours is larger than this */

extern const char kernel_text_start[], kernel_text_end[];

static const char *const names[] = {
    "divide error",
    "debug",
    "NMI",
    "breakpoint",
    "overflow",
    "bound",
    "invalid opcode",
    "no FPU",
    "double fault",
    "9",
    "invalid TSS",
    "no segment",
    "stack fault",
    "protection",
    "page fault",
    "15",
    "x87",
    "alignment",
    "machine check",
    "SIMD",
    "virtualization",
    "control",
    "22",
    "23",
    "24",
    "25",
    "26",
    "27",
    "HV injection",
    "VMM communication",
    "security",
    "31",
};

static bool is_text(uint64_t address)
{
    return address >= (uint64_t)kernel_text_start && address < (uint64_t)kernel_text_end;
}

static void at(uint64_t address)
{
    console_text("  at ");
    console_hex(address);
    console_text("\n");
}

void report_backtrace(uint64_t frame_pointer)
{
    uint64_t end = frame_pointer + STACK_WINDOW;

    for (int depth = 0; depth < DEPTH_MOST; depth++) {
        const uint64_t *frame = (const uint64_t *)frame_pointer;

        if (frame_pointer < PAGING_STACKS_VA || frame_pointer >= end || frame_pointer % 8 != 0 ||
            !is_text(frame[1])) {
            return;
        }
        at(frame[1]);
        if (frame[0] <= frame_pointer) {
            return;
        }
        frame_pointer = frame[0];
    }
}

static void line(const char *name, uint64_t value, const char *end)
{
    console_text(name);
    console_hex(value);
    console_text(end);
}

static void write_registers(const struct trap_registers *r, uint64_t fault_address)
{
    line("  rax ", r->rax, "");
    line(" rbx ", r->rbx, "");
    line(" rcx ", r->rcx, "\n");
    line("  rdx ", r->rdx, "");
    line(" rsi ", r->rsi, "");
    line(" rdi ", r->rdi, "\n");
    line("  rbp ", r->rbp, "");
    line(" rsp ", r->rsp, "");
    line(" r8  ", r->r8, "\n");
    line("  r9  ", r->r9, "");
    line(" r10 ", r->r10, "");
    line(" r11 ", r->r11, "\n");
    line("  r12 ", r->r12, "");
    line(" r13 ", r->r13, "");
    line(" r14 ", r->r14, "\n");
    line("  r15 ", r->r15, "");
    line(" cr2 ", fault_address, "");
    line(" flg ", r->rflags, "\n");
}

void report_trap(const struct trap_registers *r, const struct cpu *cpu, uint64_t fault_address)
{
    console_text("kernel: ");
    console_text(r->vector < sizeof(names) / sizeof(*names) ? names[r->vector] : "interrupt");
    console_text(" at CPL0, error ");
    console_hex(r->error);
    if (cpu != NULL) {
        console_text(", cpu ");
        console_number(cpu->id);
    }
    console_text("\n");
    write_registers(r, fault_address);
    at(r->rip);
    report_backtrace(r->rbp);
}
