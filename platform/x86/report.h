/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a dying kernel writes: why, the registers, and the return addresses on the stack.
 *
 * Addresses are written as "at 0x..."; tools/symbolize turns them into functions and lines. The
 * walk follows frame pointers and stays inside the stack it started in, whatever they say.
 */
#ifndef X86_REPORT_H
#define X86_REPORT_H

#include <stdint.h>

struct cpu;

/* As entry.S pushes them. */
struct trap_registers {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

void report_trap(const struct trap_registers *r, const struct cpu *cpu, uint64_t fault_address);
/* From a frame pointer upwards. */
void report_backtrace(uint64_t frame_pointer);

#endif
