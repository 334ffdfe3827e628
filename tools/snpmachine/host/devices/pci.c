/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI configuration space and the memory of ivshmem-plain; see pci.h.
 *
 * That memory is put at a place of our own, because QEMU's firmware may put it beyond the 512 GiB
 * this machine has mapped (q35) or nowhere (microvm). There is no RAM in these places: QEMU starts
 * PCI at C0000000 on microvm, and on q35 anything is PCI that is nothing else.
 */
#include "host/devices/pci.h"
#include "x86.h"

#define CONFIG_ADDRESS 0xCF8u
#define CONFIG_DATA    0xCFCu
#define ECAM           0xE0000000ull
#define MEMORY_DEVICE  0x11101AF4u
#define MEMORY_BAR     (PCI_BAR + 4 * 2)
#define BAR_FLAGS      15ull

static uint64_t next; /* the first place not given to a device */

/* Without pcie=on nobody answers on microvm: 0, which is nobody's identity. */
uint32_t pci_read(unsigned slot, unsigned offset)
{
    uint32_t word;
    if (machine.microvm) {
        word = mmio_read32(ECAM + (slot << 15) + (offset & 0xFCu));
    } else {
        port_write32(CONFIG_ADDRESS, 0x80000000u | slot << 11 | (offset & 0xFCu));
        word = port_read32(CONFIG_DATA);
    }
    return word >> 8 * (offset & 3u);
}

void pci_write(unsigned slot, unsigned offset, uint32_t value)
{
    if (machine.microvm) {
        mmio_write32(ECAM + (slot << 15) + (offset & 0xFCu), value);
    } else {
        port_write32(CONFIG_ADDRESS, 0x80000000u | slot << 11 | (offset & 0xFCu));
        port_write32(CONFIG_DATA, value);
    }
}

static void bar_write(unsigned slot, uint64_t value)
{
    pci_write(slot, MEMORY_BAR, (uint32_t)value);
    pci_write(slot, MEMORY_BAR + 4, (uint32_t)(value >> 32));
}

static uint64_t place(uint64_t size)
{
    uint64_t first = machine.microvm ? 0xC0000000ull : 256ull << 30;
    uint64_t end = machine.microvm ? ECAM : 512ull << 30;
    uint64_t at = ((next != 0 ? next : first) + size - 1) & ~(size - 1);
    if (at + size > end) {
        machine_stop(MACHINE_MISUSE,
                     "a disk of %llu MiB is too much: there is room for %llu MiB of them in all",
                     (unsigned long long)(size >> 20), (unsigned long long)((end - first) >> 20));
    }
    next = at + size;
    return at;
}

bool pci_memory(unsigned slot, struct memory_range *range)
{
    if (pci_read(slot, 0) != MEMORY_DEVICE) {
        return false;
    }
    pci_write(slot, PCI_COMMAND, 0);
    bar_write(slot, UINT64_MAX);
    uint64_t ones = pci_read(slot, MEMORY_BAR) | (uint64_t)pci_read(slot, MEMORY_BAR + 4) << 32;
    range->size = -(ones & ~BAR_FLAGS);
    range->base = place(range->size);
    bar_write(slot, range->base);
    pci_write(slot, PCI_COMMAND, PCI_COMMAND_ON);
    return true;
}
