/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The eight system calls behind the fast path. Everything here leaves the kernel.
 */
#ifndef SYSCALL_H
#define SYSCALL_H

#include <stdint.h>

struct cpu;

/* From entry.S: whatever is neither Call nor ReplyRecv, with its number. */
_Noreturn void syscall_slow(struct cpu *cpu, uint64_t number);
/* The running thread has called a capability that is no endpoint. */
_Noreturn void syscall_invoke(struct cpu *cpu);

#endif
