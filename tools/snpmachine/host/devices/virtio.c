/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio-mmio windows: QEMU's own devices, passed through on microvm and translated from virtio-pci
 * on q35, and disks of the machine's own over the memory of QEMU's ivshmem-plain (virtio_disk.h).
 * The guest's rings and buffers are in shared pages and guest physical addresses are real ones, so
 * DMA needs no help.
 *
 * microvm gives the last window to its first -device; windows are renumbered here so that device 0
 * is the first on QEMU's command line; microvm's PCI devices come behind the others. The first
 * "svsm" of them go to FEF00000 + n * 1000h without an interrupt, the others to FEB00000 + n * 200h
 * on IOAPIC pin 16 + n. A window without a device reads as device ID 0.
 */
#include "host/devices/devices.h"
#include "host/devices/pci.h"
#include "host/devices/virtio_disk.h"
#include "host/devices/virtio_mmio.h"
#include "host/devices/virtio_pci.h"
#include "x86.h"

#define PHYSICAL_BASE  0xFEB00000ull
#define PHYSICAL_STEP  0x200ull
#define PHYSICAL_SLOTS 24u
#define PHYSICAL_GSI   24u

struct window {
    uint64_t physical;        /* microvm's window, or 0 */
    struct virtio_pci *pci;   /* or NULL */
    struct virtio_disk *disk; /* or NULL; none of the three: empty */
    unsigned pin;
    struct spinlock lock; /* over reading the device's line and passing it on */
};

static struct window svsm[VIRTIO_SLOTS], guest[VIRTIO_SLOTS];
static unsigned svsm_count, guest_count;

unsigned virtio_svsm_count(void)
{
    return svsm_count;
}

unsigned virtio_guest_count(void)
{
    return guest_count;
}

static uint64_t empty_read(uint64_t offset)
{
    if (offset == M_MAGIC) {
        return VIRTIO_MAGIC;
    }
    return offset == M_VERSION ? VIRTIO_VERSION : 0;
}

/* Configuration space has registers of every width; the rest is 32 bits. */
static uint64_t window_read(const struct window *window, uint64_t offset, unsigned size)
{
    uint64_t at = window->physical + offset;
    if (window->pci != NULL) {
        return virtio_pci_read(window->pci, offset, size);
    }
    if (window->disk != NULL) {
        return virtio_disk_read(window->disk, offset, size);
    }
    if (window->physical == 0) {
        return empty_read(offset);
    }
    switch (size) {
    case 1:
        return *(volatile uint8_t *)physical(at);
    case 2:
        return *(volatile uint16_t *)physical(at);
    case 4:
        return mmio_read32(at);
    default:
        return mmio_read32(at) | (uint64_t)mmio_read32(at + 4) << 32;
    }
}

/* The device's line is high as long as its interrupt status is not 0. */
static bool line(const struct window *window)
{
    if (window->disk != NULL) {
        return virtio_disk_line(window->disk);
    }
    return window->pci != NULL ? virtio_pci_line(window->pci)
                               : mmio_read32(window->physical + M_INTERRUPT) != 0;
}

/* Whoever comes last passes on the line as it is last. */
static void pass_line(struct window *window)
{
    spin_lock(&window->lock);
    guest_pin(window->pin, line(window));
    spin_unlock(&window->lock);
}

/* Returns whether the interrupt line may have changed. */
static bool window_write(const struct window *window, uint64_t offset, unsigned size,
                         uint64_t value)
{
    uint64_t at = window->physical + offset;
    if (window->pci != NULL) {
        return virtio_pci_write(window->pci, offset, size, value);
    }
    if (window->disk != NULL) {
        return virtio_disk_write(window->disk, offset, value);
    }
    if (window->physical == 0) {
        return false;
    }
    if (size == 1) {
        *(volatile uint8_t *)physical(at) = (uint8_t)value;
    } else if (size == 2) {
        *(volatile uint16_t *)physical(at) = (uint16_t)value;
    } else {
        mmio_write32(at, (uint32_t)value);
    }
    return offset == M_ACKNOWLEDGE;
}

static uint64_t guest_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    return window_read(&guest[offset / VIRTIO_GUEST_STEP], offset % VIRTIO_GUEST_STEP, size);
}

static void guest_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    struct window *window = &guest[offset / VIRTIO_GUEST_STEP];
    (void)vcpu;
    if (window_write(window, offset % VIRTIO_GUEST_STEP, size, value)) {
        pass_line(window);
    }
}

static uint64_t svsm_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    return window_read(&svsm[offset / VIRTIO_SVSM_STEP], offset % VIRTIO_SVSM_STEP, size);
}

static void svsm_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    (void)vcpu;
    (void)window_write(&svsm[offset / VIRTIO_SVSM_STEP], offset % VIRTIO_SVSM_STEP, size, value);
}

static const struct bus_range windows[] = {
    {VIRTIO_GUEST_BASE, VIRTIO_SLOTS *VIRTIO_GUEST_STEP, guest_read, guest_write},
    {VIRTIO_SVSM_BASE, VIRTIO_SLOTS *VIRTIO_SVSM_STEP, svsm_read, svsm_write},
    {0},
};

static void virtio_interrupt(void *argument)
{
    struct window *window = argument;
    if (window->pci != NULL) {
        virtio_pci_interrupt(window->pci);
    }
    pass_line(window);
}

static void add_window(struct window found, unsigned gsi, unsigned for_svsm)
{
    if (svsm_count < for_svsm) {
        svsm[svsm_count++] = found;
        if (found.pci != NULL) {
            virtio_pci_silence(found.pci);
        }
        return;
    }
    if (guest_count == VIRTIO_SLOTS) {
        machine_stop(MACHINE_MISUSE, "more than %u virtio devices for the guest", VIRTIO_SLOTS);
    }
    struct window *window = &guest[guest_count];
    *window = found;
    window->pin = PIN_VIRTIO + guest_count;
    guest_count++;
    if (found.disk == NULL) {
        irq_route(gsi, false, virtio_interrupt, window);
    }
}

static void find_mmio(unsigned for_svsm)
{
    for (unsigned slot = PHYSICAL_SLOTS; slot-- > 0;) {
        uint64_t at = PHYSICAL_BASE + slot * PHYSICAL_STEP;
        if (mmio_read32(at + M_MAGIC) == VIRTIO_MAGIC && mmio_read32(at + M_DEVICE) != 0) {
            add_window((struct window){.physical = at}, PHYSICAL_GSI + slot, for_svsm);
        }
    }
}

/* An interrupt line serves one device: four devices of the guest in a row have lines of their own.
 */
static void check_line(const struct virtio_pci *device)
{
    for (unsigned other = 0; other < guest_count; other++) {
        if (guest[other].pci != NULL && guest[other].pci->gsi == device->gsi) {
            machine_stop(MACHINE_MISUSE, "two virtio devices share an interrupt line; "
                                         "give them neighbouring PCI slots");
        }
    }
}

/* On microvm only disks over memory: QEMU's virtio devices have its windows there. */
static void find_pci(unsigned for_svsm)
{
    static struct virtio_pci devices[2 * VIRTIO_SLOTS];
    static struct virtio_disk disks[2 * VIRTIO_SLOTS];
    unsigned count = 0;
    for (unsigned slot = 0; slot < PCI_SLOTS && count < 2 * VIRTIO_SLOTS; slot++) {
        struct memory_range memory;
        if (pci_memory(slot, &memory)) {
            virtio_disk_init(&disks[count], memory);
            add_window((struct window){.disk = &disks[count++]}, 0, for_svsm);
        } else if (!machine.microvm && virtio_pci_take(&devices[count], slot)) {
            if (svsm_count == for_svsm) {
                check_line(&devices[count]);
            }
            add_window((struct window){.pci = &devices[count]}, devices[count].gsi, for_svsm);
            count++;
        }
    }
}

void virtio_init(unsigned for_svsm)
{
    bus_add_mmio(windows);
    if (for_svsm > VIRTIO_SLOTS) {
        machine_stop(MACHINE_MISUSE, "plane0=%u: at most %u", for_svsm, VIRTIO_SLOTS);
    }
    if (machine.microvm) {
        find_mmio(for_svsm);
    }
    find_pci(for_svsm);
    if (svsm_count < for_svsm) {
        machine_stop(MACHINE_MISUSE, "plane0=%u, but QEMU has %u virtio devices", for_svsm,
                     svsm_count);
    }
}
