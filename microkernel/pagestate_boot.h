/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page-state table at boot: its size from the host's memory map, its contents from the map and
 * from the boot block.
 *
 * The map is the host's and unmeasured: an entry is read once, and a map that can not be ends the
 * virtual machine. A page that the map calls memory and something else as well is a hole. Called
 * once by the boot processor while memory can be taken; without a guest there is no table.
 */
#ifndef MICROKERNEL_PAGESTATE_BOOT_H
#define MICROKERNEL_PAGESTATE_BOOT_H

#include <boot/boot_block.h>

void pagestate_start(const struct boot_block *block);

#endif
