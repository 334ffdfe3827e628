/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devices a guest sees, the same on every QEMU machine. Each init adds its tables to the bus
 * and claims its interrupt lines; all run once, on the boot CPU, before any vCPU.
 */
#ifndef SNPMACHINE_HOST_DEVICES_H
#define SNPMACHINE_HOST_DEVICES_H

#include "host/bus.h"

/* Port numbers of the ACPI registers that guests' tables name. */
#define PORT_SLEEP_CONTROL 0x600u
#define PORT_SLEEP_STATUS  0x601u
#define PORT_PM_TIMER      0x608u
#define PORT_RESET         0xCF9u

/* Pins of the guest's IOAPIC. */
#define PIN_TIMER  2u
#define PIN_SERIAL 4u
#define PIN_VIRTIO 16u

void apics_init(void);  /* local APIC and IOAPIC windows */
void legacy_init(void); /* 8259 masks, PIT, RTC, PM timer, power and reset, debug exit */
void serial_init(void); /* COM1, passed through */
void virtio_init(unsigned svsm_count); /* virtio-mmio windows */

/* Seconds since 1970 by QEMU's clock. */
uint64_t rtc_seconds(void);

/* Window "index" of the SVSM's own devices exists below this count; for the device tree. */
unsigned virtio_svsm_count(void);
unsigned virtio_guest_count(void);

#define VIRTIO_GUEST_BASE 0xFEB00000u
#define VIRTIO_GUEST_STEP 0x200u
#define VIRTIO_SVSM_BASE  0xFEF00000u
#define VIRTIO_SVSM_STEP  0x1000u
#define VIRTIO_SLOTS      8u

#endif
