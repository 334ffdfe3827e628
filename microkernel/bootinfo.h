/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first thread: its capabilities, its address space, its page of boot information.
 *
 * Called once, by the boot processor, when the region's free memory is usable and before any other
 * processor can invoke anything. Everything at boot is made with the same functions, and checked by
 * the same rules, as everything later. What is missing or does not fit ends the virtual machine.
 */
#ifndef MICROKERNEL_BOOTINFO_H
#define MICROKERNEL_BOOTINFO_H

#include "cap.h"
#include <boot/boot_block.h>

#define BOOTINFO_VA UINT64_C(0x00007f0000000000)
#define ARCHIVE_VA  UINT64_C(0x00007f0000200000)

struct vcpu;

struct boot_plan {
    const struct boot_block *block;
    struct boot_range free;           /* of the window; pages nobody has */
    const struct boot_range *devices; /* pages that are not memory */
    unsigned device_count;
    unsigned irq_count; /* with a timer, the last is its: see irq.h */
    uint64_t cpus;
    uint64_t platform;  /* enum boot_platform */
    struct vcpu *vcpus; /* of the guest, one page each; none: there is no guest */
    uint64_t vcpu_count;
    uint64_t tsc_hz;   /* 0: unknown */
    uint64_t features; /* SVSM_FEATURE_* */
};

struct tcb;

/* The first thread, suspended and ready to be resumed. */
struct tcb *bootinfo_create(struct config *config, const struct boot_plan *plan);

#endif
