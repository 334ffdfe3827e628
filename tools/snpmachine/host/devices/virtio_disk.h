/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio block device of the machine's own, over memory that QEMU maps from a file. A request is
 * done before the guest's notification returns: nothing waits for QEMU's block layer, which
 * completes requests at moments of real time, so runs under -icount stay equal.
 *
 * virtio.c gives it a window. Any CPU after virtio_disk_init(); calls take the disk's lock. Rings
 * and requests are the guest's: each value is read once, checked, then used.
 */
#ifndef SNPMACHINE_HOST_VIRTIO_DISK_H
#define SNPMACHINE_HOST_VIRTIO_DISK_H

#include "machine.h"

#define VIRTIO_DISK_QUEUE  128u
#define VIRTIO_DISK_SECTOR 512u

/* A descriptor of the request at hand. */
struct virtio_disk_part {
    uint64_t gpa, size;
};

struct virtio_disk {
    uint8_t *bytes;
    uint64_t sectors;
    struct spinlock lock;
    struct virtio_disk_state {
        uint64_t accepted; /* features */
        uint32_t feature_select, accepted_select, queue_select;
        uint32_t status, interrupt;
        bool ready; /* the one queue; what follows is the queue's, and cannot change while it is */
        uint32_t size;
        uint64_t descriptors, driver_ring, device_ring;
        uint16_t taken, given; /* how many requests so far, as the two rings count */
    } state;                   /* what a reset makes 0 */
    struct virtio_disk_part part[VIRTIO_DISK_QUEUE];
};

void virtio_disk_init(struct virtio_disk *disk, struct memory_range memory);

/* Registers of its virtio-mmio window; a write returns whether the interrupt line may have changed.
 */
uint64_t virtio_disk_read(struct virtio_disk *disk, uint64_t offset, unsigned size);
bool virtio_disk_write(struct virtio_disk *disk, uint64_t offset, uint64_t value);

bool virtio_disk_line(const struct virtio_disk *disk);

#endif
