/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM the host keeps for itself: pages that can stand behind guest addresses which have no RAM (a
 * firmware ROM, the legacy areas below 1 MiB, KVM's VMSA address) and that a hostile host swaps in.
 * They are cut from the end of low RAM, so guests are told of that much less.
 */
#ifndef SNPMACHINE_HOST_SPARE_H
#define SNPMACHINE_HOST_SPARE_H

#include "hardware/hardware.h"

void spare_init(uint64_t pages);

/* A zeroed, hypervisor-owned page at no guest address; running out ends the machine. */
uint64_t spare_page(void);

/* machine.map without the spare pages. */
const struct memory_range *guest_map(unsigned *count);

#endif
