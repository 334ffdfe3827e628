/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio-mmio windows: QEMU's own devices, passed through on microvm and translated from virtio-pci
 * on q35. The guest's rings and buffers are in shared pages and guest physical addresses are real
 * ones, so DMA needs no help.
 *
 * microvm gives the last window to its first -device; windows are renumbered here so that device 0
 * is the first on QEMU's command line. The first "svsm" of them go to FEF00000 + n * 1000h without
 * an interrupt, the others to FEB00000 + n * 200h on IOAPIC pin 16 + n. A window without a device
 * reads as device ID 0.
 */
#include "host/devices/devices.h"
#include "host/devices/virtio_pci.h"
#include "x86.h"

#define PHYSICAL_BASE  0xFEB00000ull
#define PHYSICAL_STEP  0x200ull
#define PHYSICAL_SLOTS 24u
#define PHYSICAL_GSI   24u
#define MAGIC          0x74726976u
#define REG_MAGIC      0x00u
#define REG_VERSION    0x04u
#define REG_DEVICE     0x08u
#define REG_STATUS     0x60u
#define REG_ACK        0x64u

struct window {
    uint64_t physical;      /* microvm's window, or 0 */
    struct virtio_pci *pci; /* or NULL; neither: empty */
    unsigned pin;
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
    if (offset == REG_MAGIC) {
        return MAGIC;
    }
    return offset == REG_VERSION ? 2 : 0;
}

/* Configuration space has registers of every width; the rest is 32 bits. */
static uint64_t window_read(const struct window *window, uint64_t offset, unsigned size)
{
    uint64_t at = window->physical + offset;
    if (window->pci != NULL) {
        return virtio_pci_read(window->pci, offset, size);
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
    return window->pci != NULL ? virtio_pci_line(window->pci)
                               : mmio_read32(window->physical + REG_STATUS) != 0;
}

/* Returns whether the interrupt line may have changed. */
static bool window_write(const struct window *window, uint64_t offset, unsigned size,
                         uint64_t value)
{
    uint64_t at = window->physical + offset;
    if (window->pci != NULL) {
        return virtio_pci_write(window->pci, offset, size, value);
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
    return offset == REG_ACK;
}

static uint64_t guest_read(struct vcpu *vcpu, uint64_t offset, unsigned size)
{
    (void)vcpu;
    return window_read(&guest[offset / VIRTIO_GUEST_STEP], offset % VIRTIO_GUEST_STEP, size);
}

static void guest_write(struct vcpu *vcpu, uint64_t offset, unsigned size, uint64_t value)
{
    const struct window *window = &guest[offset / VIRTIO_GUEST_STEP];
    (void)vcpu;
    if (window_write(window, offset % VIRTIO_GUEST_STEP, size, value)) {
        guest_pin(window->pin, line(window));
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
    const struct window *window = argument;
    if (window->pci != NULL) {
        virtio_pci_interrupt(window->pci);
    }
    if (line(window)) {
        guest_pin(window->pin, true);
    }
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
    irq_route(gsi, false, virtio_interrupt, window);
}

static void find_mmio(unsigned for_svsm)
{
    for (unsigned slot = PHYSICAL_SLOTS; slot-- > 0;) {
        uint64_t at = PHYSICAL_BASE + slot * PHYSICAL_STEP;
        if (mmio_read32(at + REG_MAGIC) == MAGIC && mmio_read32(at + REG_DEVICE) != 0) {
            add_window((struct window){.physical = at}, PHYSICAL_GSI + slot, for_svsm);
        }
    }
}

/* An interrupt line serves one device: four devices of the guest in a row have lines of their own.
 */
static void find_pci(unsigned for_svsm)
{
    static struct virtio_pci devices[2 * VIRTIO_SLOTS];
    unsigned slot = 0;
    for (unsigned i = 0; i < 2 * VIRTIO_SLOTS && virtio_pci_find(&devices[i], &slot); i++) {
        for (unsigned other = 0; other < guest_count; other++) {
            if (svsm_count == for_svsm && guest[other].pci->gsi == devices[i].gsi) {
                machine_stop(MACHINE_MISUSE, "two virtio devices share an interrupt line; "
                                             "give them neighbouring PCI slots");
            }
        }
        add_window((struct window){.pci = &devices[i]}, devices[i].gsi, for_svsm);
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
    } else {
        find_pci(for_svsm);
    }
    if (svsm_count < for_svsm) {
        machine_stop(MACHINE_MISUSE, "plane0=%u, but QEMU has %u virtio devices", for_svsm,
                     svsm_count);
    }
}
