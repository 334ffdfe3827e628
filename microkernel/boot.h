/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the first processor's own stack to the first thread.
 *
 * Boot runs once, on the boot processor; the others wait for work from the moment they are there.
 * All kernel memory is taken here; afterwards there is no more to take.
 */
#ifndef BOOT_H
#define BOOT_H

#include <boot/boot_block.h>

struct cpu;

/* As many struct cpu as the host says there are processors. */
void boot_make_processors(const struct boot_block *block);
/* The rest, on the boot processor's own stack. */
_Noreturn void boot_continue(struct cpu *cpu);
/* Another processor has arrived and is set up. */
_Noreturn void boot_processor_ready(struct cpu *cpu);

#endif
