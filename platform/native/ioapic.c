/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O APIC; see ioapic.h. */
#include "ioapic.h"

#include "machine.h"
#include "paging.h"

/* Where the chipsets that QEMU knows have it, and every PC. */
#define IOAPIC_PA UINT64_C(0xfec00000)

#define REGISTER_SELECT 0u /* indices of 32-bit words */
#define REGISTER_DATA   4u

#define VERSION         1u
#define ENTRY_LOW(pin)  (0x10u + 2u * (pin))
#define ENTRY_HIGH(pin) (0x11u + 2u * (pin))
#define PIN_LEVEL       (1u << 15)
#define PIN_MASKED      (1u << 16)
#define FIRST_LEVEL_PIN 16u
#define TARGET_SHIFT    24
#define NO_DEVICE       UINT32_MAX
#define MOST_SHIFT      16
#define MOST_MASK       0xffu

static volatile uint32_t *registers;
static uint32_t pins; /* there are really */
static uint32_t held;

static void lock(void)
{
    while (__atomic_exchange_n(&held, 1, __ATOMIC_ACQUIRE) != 0) {
        machine_pause();
    }
}

static void unlock(void)
{
    __atomic_store_n(&held, 0, __ATOMIC_RELEASE);
}

static void write(uint32_t which, uint32_t value)
{
    registers[REGISTER_SELECT] = which;
    registers[REGISTER_DATA] = value;
}

static void set_pin(uint32_t pin, uint32_t masked)
{
    uint32_t level = pin >= FIRST_LEVEL_PIN ? PIN_LEVEL : 0;

    if (pin < pins) {
        lock();
        write(ENTRY_LOW(pin), (IOAPIC_VECTOR + pin) | level | masked);
        unlock();
    }
}

void ioapic_start(uint32_t apic_id)
{
    uint32_t version;

    registers = paging_map_device(IOAPIC_PA);
    registers[REGISTER_SELECT] = VERSION;
    version = registers[REGISTER_DATA];
    if (version != NO_DEVICE) {
        pins = (version >> MOST_SHIFT & MOST_MASK) + 1;
    }
    for (uint32_t pin = 0; pin < pins; pin++) {
        ioapic_mask(pin);
        write(ENTRY_HIGH(pin), apic_id << TARGET_SHIFT);
    }
}

void ioapic_unmask(uint32_t pin)
{
    set_pin(pin, 0);
}

void ioapic_mask(uint32_t pin)
{
    set_pin(pin, PIN_MASKED);
}

void ioapic_came(uint32_t pin)
{
    if (pin >= FIRST_LEVEL_PIN) {
        ioapic_mask(pin);
    }
}
