/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The physical machine's PCI bus 0, which guests do not see: configuration space (ports on q35, the
 * ECAM window on microvm) and the memory that QEMU's ivshmem-plain device shows. Boot CPU only.
 */
#ifndef SNPMACHINE_HOST_PCI_H
#define SNPMACHINE_HOST_PCI_H

#include "machine.h"

#define PCI_SLOTS      32u
#define PCI_COMMAND    0x04u
#define PCI_COMMAND_ON 0x6u /* memory and bus mastering */
#define PCI_BAR        0x10u

uint32_t pci_read(unsigned slot, unsigned offset);
void pci_write(unsigned slot, unsigned offset, uint32_t value);

/* An ivshmem-plain device in this slot: its memory, moved to where this machine reaches it. */
bool pci_memory(unsigned slot, struct memory_range *range);

#endif
