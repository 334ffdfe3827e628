/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers of a virtio-mmio window (version 2), as the Virtio specification 1.2, section 4.2.2
 * numbers them: what guests see of a device, whatever stands behind it.
 */
#ifndef SNPMACHINE_HOST_VIRTIO_MMIO_H
#define SNPMACHINE_HOST_VIRTIO_MMIO_H

#define VIRTIO_MAGIC   0x74726976u
#define VIRTIO_VERSION 2u
#define VIRTIO_VENDOR  0x554D4551u /* QEMU's */

enum virtio_register {
    M_MAGIC = 0x00,
    M_VERSION = 0x04,
    M_DEVICE = 0x08,
    M_VENDOR = 0x0C,
    M_FEATURES = 0x10,
    M_FEATURE_SELECT = 0x14,
    M_ACCEPTED = 0x20,
    M_ACCEPTED_SELECT = 0x24,
    M_QUEUE_SELECT = 0x30,
    M_QUEUE_MAX = 0x34,
    M_QUEUE_SIZE = 0x38,
    M_QUEUE_READY = 0x44,
    M_NOTIFY = 0x50,
    M_INTERRUPT = 0x60,
    M_ACKNOWLEDGE = 0x64,
    M_STATUS = 0x70,
    M_DESCRIPTORS = 0x80, /* this and the next two: 64 bits in two registers */
    M_DRIVER_RING = 0x90,
    M_DEVICE_RING = 0xA0,
    M_SHARED_SIZE = 0xB0, /* and 0xB4; all ones: there is no such region */
    M_GENERATION = 0xFC,
    M_CONFIG = 0x100,
};

#endif
