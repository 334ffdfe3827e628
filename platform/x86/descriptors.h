/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A processor's own tables: GDT, TSS with its interrupt stacks, and the one IDT of all.
 *
 * Every vector arrives on an interrupt stack, so that no push ever goes through a stack pointer a
 * thread has chosen: in the first instructions after SYSCALL the kernel still has the thread's.
 */
#ifndef X86_DESCRIPTORS_H
#define X86_DESCRIPTORS_H

#include <stdint.h>

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7]; /* ist[0] is IST1 */
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map; /* past the limit: no port is anyone's but the kernel's */
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "the processor's layout");

struct descriptors {
    uint64_t gdt[7];
    struct tss tss;
};

/* The IDT's gates; once, before the first load. */
void descriptors_init_traps(void);
/* Fills and loads the tables of this processor; trap_top and fatal_top are its stacks' ends. */
void descriptors_load(struct descriptors *descriptors, uint64_t trap_top, uint64_t fatal_top);

#endif
