/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's beginning: what has to be in its memory, and the first vCPU.
 *
 * The image says where everything goes, and is measured. Once, when the first thread says so;
 * what cannot be done ends the virtual machine, for then the host does not give what it promised.
 */
#ifndef MICROKERNEL_GUEST_H
#define MICROKERNEL_GUEST_H

#include <stdbool.h>

#include <boot/boot_block.h>

struct vcpu;

/* Boot, when the page states are known: remembers the image's guest, and makes the vCPUs if there
   is one. */
void guest_prepare(const struct boot_block *block);

/* Under the configuration lock. False: there is no guest, it has begun, or another vCPU was meant.
 */
bool guest_begin(struct vcpu *vcpu);

#endif
