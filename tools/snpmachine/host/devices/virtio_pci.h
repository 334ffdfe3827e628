/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's virtio-pci devices (q35) with the register layout of virtio-mmio, for guests that are
 * shown no PCI. Registers are translated one to one; queues and buffers are the guest's own shared
 * pages, which the device reaches by itself. Only what virtio.c needs; boot CPU first, then any
 * CPU.
 */
#ifndef SNPMACHINE_HOST_VIRTIO_PCI_H
#define SNPMACHINE_HOST_VIRTIO_PCI_H

#include "machine.h"

#define VIRTIO_PCI_QUEUES 64u

struct virtio_pci {
    uint64_t common, notify, isr, config; /* where the device's four structures lie */
    uint32_t notify_step;
    uint32_t device_id;
    unsigned slot, gsi;
    struct spinlock lock;
    uint32_t status;   /* of the interrupt, as virtio-mmio keeps it */
    uint16_t selected; /* queue */
    uint64_t ready;    /* bit per queue */
    uint16_t notify_offset[VIRTIO_PCI_QUEUES];
};

/* A modern virtio device in this slot of bus 0; false: none. */
bool virtio_pci_take(struct virtio_pci *device, unsigned slot);

/* For a device that is polled: its interrupt line stays low. */
void virtio_pci_silence(const struct virtio_pci *device);

uint64_t virtio_pci_read(struct virtio_pci *device, uint64_t offset, unsigned size);

/* Returns whether the interrupt line may have changed; virtio_pci_line tells. */
bool virtio_pci_write(struct virtio_pci *device, uint64_t offset, unsigned size, uint64_t value);

/* Takes over the reason of an interrupt that came, or may have come. */
void virtio_pci_interrupt(struct virtio_pci *device);
bool virtio_pci_line(struct virtio_pci *device);

#endif
