/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processors that a test drives: each entry into the kernel is a function call, and its way out,
 * into a thread or into idling, is that call's return.
 *
 * One processor is in the kernel at a time, but for one that spins: then the others, if somebody
 * wants their attention, get an interrupt. The fake checks what the hardware would punish: that a
 * thread is left into with its own root, its own FS base and its own floating-point state, and that
 * no cached translation of the PCID that is loaded is another space's or older than what was
 * unmapped since.
 */
#ifndef HOST_PROCESSORS_H
#define HOST_PROCESSORS_H

#include "cpu.h"

struct processor_state {
    uint64_t cr3, fs_base, fpu;
    bool fpu_allowed;
    uint64_t roots; /* loads of a root */
    /* What the translations of a PCID were cached of: 0 nothing. */
    uint64_t cached_root[CPU_PCIDS], cached_tag[CPU_PCIDS];
};

extern struct processor_state processors[];

typedef void processor_body(struct cpu *cpu, const void *argument);

/* Whether processors have PCIDs and interrupts, from the next start of the host on. */
extern bool processors_have_pcid, processors_have_interrupts;

/* One entry on a processor. The thread it left into, NULL: it idles. */
struct tcb *processor_enter(uint32_t id, processor_body *body, const void *argument);
/* An interrupt between processors, of whatever was running. */
struct tcb *processor_interrupt(uint32_t id);
/* The end of a slice. */
struct tcb *processor_tick(uint32_t id);
/* A system call of the running thread, whose frame holds its registers. */
struct tcb *processor_syscall(uint32_t id, int64_t number);
/* The running thread uses floating point, as entry and trap would have it: its one register. */
uint64_t *processor_fpu(uint32_t id);

#endif
