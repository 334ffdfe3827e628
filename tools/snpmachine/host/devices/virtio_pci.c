/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio-mmio registers over a virtio-pci device; see virtio_pci.h.
 *
 * What differs: reading the PCI interrupt status clears it, so it is kept here until the guest
 * acknowledges; a PCI queue cannot be disabled, so a queue's readiness is kept here too; and a
 * notification goes to an address of the queue's own.
 */
#include "host/devices/virtio_pci.h"
#include "host/devices/pci.h"
#include "host/devices/virtio_mmio.h"
#include "x86.h"

#define VENDOR_VIRTIO  0x1AF4u
#define FIRST_MODERN   0x1040u
#define LAST_MODERN    0x107Fu
#define COMMAND_SILENT 0x400u
#define CAPABILITIES   0x34u
#define INTERRUPT_PIN  0x3Du
#define CAP_VENDOR     0x09u
#define CAP_WALK_MAX   48u
#define BAR_WIDE       4u
#define Q35_INTX_GSI   20u

enum structure { COMMON = 1, NOTIFY = 2, ISR = 3, DEVICE = 4 };

#define P_QUEUE_ENABLE  0x1Cu
#define P_NOTIFY_OFFSET 0x1Eu

/* Registers that only have another address and width. */
static const struct {
    uint16_t mmio, pci;
    uint8_t size;
} same[] = {
    {0x10, 0x04, 4}, {0x14, 0x00, 4}, {0x20, 0x0C, 4}, {0x24, 0x08, 4}, {0x30, 0x16, 2},
    {0x34, 0x18, 2}, {0x38, 0x18, 2}, {0x70, 0x14, 1}, {0x80, 0x20, 4}, {0x84, 0x24, 4},
    {0x90, 0x28, 4}, {0x94, 0x2C, 4}, {0xA0, 0x30, 4}, {0xA4, 0x34, 4}, {0xFC, 0x15, 1},
};

static uint64_t bar(unsigned slot, unsigned index)
{
    uint64_t low = pci_read(slot, PCI_BAR + 4 * index);
    uint64_t high = (low & BAR_WIDE) != 0 ? pci_read(slot, PCI_BAR + 4 * index + 4) : 0;
    return (low & ~15ull) | high << 32;
}

static void note_structure(struct virtio_pci *device, unsigned slot, unsigned at)
{
    uint64_t *const places[] = {NULL, &device->common, &device->notify, &device->isr,
                                &device->config};
    unsigned kind = pci_read(slot, at + 3) & 0xFFu;
    if (kind < COMMON || kind > DEVICE || *places[kind] != 0) {
        return;
    }
    *places[kind] = bar(slot, pci_read(slot, at + 4) & 7u) + pci_read(slot, at + 8);
    if (kind == NOTIFY) {
        device->notify_step = pci_read(slot, at + 16);
    }
}

bool virtio_pci_take(struct virtio_pci *device, unsigned slot)
{
    uint32_t id = pci_read(slot, 0);
    if ((id & 0xFFFFu) != VENDOR_VIRTIO || id >> 16 < FIRST_MODERN || id >> 16 > LAST_MODERN) {
        return false;
    }
    *device = (struct virtio_pci){.device_id = (id >> 16) - FIRST_MODERN, .slot = slot};
    unsigned at = pci_read(slot, CAPABILITIES) & 0xFCu;
    for (unsigned i = 0; at != 0 && i < CAP_WALK_MAX; i++) {
        if ((pci_read(slot, at) & 0xFFu) == CAP_VENDOR) {
            note_structure(device, slot, at);
        }
        at = pci_read(slot, at + 1) & 0xFCu;
    }
    unsigned pin = (pci_read(slot, INTERRUPT_PIN) & 0xFFu) - 1;
    device->gsi = Q35_INTX_GSI + (slot + pin) % 4; /* how the q35's chipset wires its slots */
    pci_write(slot, PCI_COMMAND, pci_read(slot, PCI_COMMAND) | PCI_COMMAND_ON);
    return device->common != 0 && device->notify != 0 && device->isr != 0;
}

void virtio_pci_silence(const struct virtio_pci *device)
{
    pci_write(device->slot, PCI_COMMAND, pci_read(device->slot, PCI_COMMAND) | COMMAND_SILENT);
}

static uint64_t register_read(uint64_t address, unsigned size)
{
    switch (size) {
    case 1:
        return *(volatile uint8_t *)physical(address);
    case 2:
        return *(volatile uint16_t *)physical(address);
    case 4:
        return mmio_read32(address);
    default:
        return mmio_read32(address) | (uint64_t)mmio_read32(address + 4) << 32;
    }
}

static void register_write(uint64_t address, unsigned size, uint64_t value)
{
    switch (size) {
    case 1:
        *(volatile uint8_t *)physical(address) = (uint8_t)value;
        return;
    case 2:
        *(volatile uint16_t *)physical(address) = (uint16_t)value;
        return;
    default:
        mmio_write32(address, (uint32_t)value);
        return;
    }
}

static uint64_t queue_bit(const struct virtio_pci *device)
{
    return device->selected < VIRTIO_PCI_QUEUES ? 1ull << device->selected : 0;
}

static void queue_ready(struct virtio_pci *device, bool ready)
{
    uint64_t bit = queue_bit(device);
    device->ready = ready ? device->ready | bit : device->ready & ~bit;
    if (ready && bit != 0) {
        device->notify_offset[device->selected] =
            (uint16_t)register_read(device->common + P_NOTIFY_OFFSET, 2);
        register_write(device->common + P_QUEUE_ENABLE, 2, 1);
    }
}

static void queue_notify(const struct virtio_pci *device, uint64_t queue)
{
    if (queue < VIRTIO_PCI_QUEUES) {
        uint64_t offset = (uint64_t)device->notify_offset[queue] * device->notify_step;
        register_write(device->notify + offset, 2, queue);
    }
}

static uint64_t own_read(const struct virtio_pci *device, uint64_t offset)
{
    switch (offset) {
    case M_MAGIC:
        return VIRTIO_MAGIC;
    case M_VERSION:
        return VIRTIO_VERSION;
    case M_DEVICE:
        return device->device_id;
    case M_VENDOR:
        return VIRTIO_VENDOR;
    case M_QUEUE_READY:
        return (device->ready & queue_bit(device)) != 0;
    case M_INTERRUPT:
        return device->status;
    default:
        return UINT32_MAX; /* shared memory regions: none */
    }
}

uint64_t virtio_pci_read(struct virtio_pci *device, uint64_t offset, unsigned size)
{
    if (offset >= M_CONFIG) {
        return register_read(device->config + (offset - M_CONFIG), size);
    }
    if (offset == M_INTERRUPT) {
        virtio_pci_interrupt(device);
    }
    for (unsigned i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (same[i].mmio == offset) {
            return register_read(device->common + same[i].pci, same[i].size);
        }
    }
    return own_read(device, offset);
}

static void own_write(struct virtio_pci *device, uint64_t offset, uint64_t value)
{
    spin_lock(&device->lock);
    if (offset == M_QUEUE_SELECT) {
        device->selected = (uint16_t)value;
    } else if (offset == M_QUEUE_READY) {
        queue_ready(device, value != 0);
    } else if (offset == M_ACKNOWLEDGE) {
        device->status &= ~(uint32_t)value;
    } else if (offset == M_STATUS && value == 0) {
        device->ready = 0;
        device->status = 0;
    }
    spin_unlock(&device->lock);
    if (offset == M_NOTIFY) {
        queue_notify(device, value & 0xFFFFu);
    }
}

bool virtio_pci_write(struct virtio_pci *device, uint64_t offset, unsigned size, uint64_t value)
{
    if (offset >= M_CONFIG) {
        register_write(device->config + (offset - M_CONFIG), size, value);
        return false;
    }
    for (unsigned i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (same[i].mmio == offset) {
            register_write(device->common + same[i].pci, same[i].size, value);
        }
    }
    own_write(device, offset, value);
    return offset == M_ACKNOWLEDGE || offset == M_STATUS;
}

void virtio_pci_interrupt(struct virtio_pci *device)
{
    spin_lock(&device->lock);
    device->status |= (uint32_t)register_read(device->isr, 1);
    spin_unlock(&device->lock);
}

bool virtio_pci_line(struct virtio_pci *device)
{
    return device->status != 0;
}
