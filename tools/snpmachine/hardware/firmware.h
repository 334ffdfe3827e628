/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only the security processor (psp/) may ask of the hardware: launch pages.
 *
 * Memory given to the guest at launch goes from hypervisor-owned to validated and private in one
 * step, its text kept (the firmware encrypts in place). The host calls psp/, never this.
 */
#ifndef SNPMACHINE_FIRMWARE_H
#define SNPMACHINE_FIRMWARE_H

#include "hardware/hardware.h"

struct hw_launch_page {
    uint64_t spa, gpa;
    uint8_t vmpl_perms[VMPLS]; /* [0] is ignored: VMPL0 gets everything. bits R W XU XS */
    bool vmsa;
};

/* The page must be hypervisor-owned RAM (else HW_RMP_INPUT; nothing changed). Afterwards it is
 * assigned, 4 KiB, validated, and reads in the guest as it read before. */
enum hw_rmp_result hw_launch(const struct hw_launch_page *page);

/* Noise the machine's run is seeded with ("seed=", else RDRAND): for keys and REPORT_ID. */
void hw_random(void *to, size_t size);

#endif
