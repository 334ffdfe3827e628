/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults: what a thread did that it may not becomes a message on its fault endpoint, and nothing
 * else. Without one it stops. The answer decides whether it goes on, at the RIP it then has.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdint.h>

#include <sel4/faults.h>

struct cpu;

/* The current thread has faulted; `words` are as sel4/faults.h says. */
_Noreturn void fault_raise(struct cpu *cpu, enum seL4_Fault kind, const uint64_t words[4]);

#endif
