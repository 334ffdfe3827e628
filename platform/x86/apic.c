/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC; see apic.h. */
#include "apic.h"

#include <stdbool.h>

#include "offsets.h"
#include "ops.h"
#include "paging.h"
#include "platform.h"

#define BASE_ENABLE  (UINT64_C(1) << 11)
#define BASE_X2APIC  (UINT64_C(1) << 10)
#define BASE_ADDRESS UINT64_C(0xffffff000)

enum apic_register {
    APIC_ID = 0x20,
    APIC_TASK_PRIORITY = 0x80,
    APIC_END = 0xb0,
    APIC_SPURIOUS = 0xf0,
    APIC_COMMAND = 0x300,
    APIC_COMMAND_HIGH = 0x310,
    APIC_LVT_TIMER = 0x320,
    APIC_LVT_LINT0 = 0x350,
    APIC_LVT_LINT1 = 0x360,
    APIC_LVT_ERROR = 0x370,
    APIC_TIMER_START = 0x380,
    APIC_TIMER_DIVIDE = 0x3e0,
};

#define MSR_X2APIC       0x800u
#define SPURIOUS_ENABLED 0x100u
#define LVT_MASKED       0x10000u
#define DIVIDE_BY_1      0xbu
#define COMMAND_PENDING  0x1000u
#define COMMAND_INIT     0x4500u
#define COMMAND_STARTUP  0x4600u
#define COMMAND_FIXED    0x4000u
/* Every host this runs natively on counts the timer at 1 GHz: QEMU with TCG, and KVM's default. */
#define TICKS_PER_MICROSECOND 1000u

static volatile uint32_t *registers; /* NULL: x2APIC */

static uint32_t get(enum apic_register which)
{
    if (registers != NULL) {
        return registers[which / 4];
    }
    return (uint32_t)x86_rdmsr(MSR_X2APIC + (uint32_t)which / 16);
}

static void set(enum apic_register which, uint32_t value)
{
    if (registers != NULL) {
        registers[which / 4] = value;
    } else {
        x86_wrmsr(MSR_X2APIC + (uint32_t)which / 16, value);
    }
}

void apic_find(void)
{
    uint64_t base = x86_rdmsr(MSR_APIC_BASE);
    struct cpuid_result r = {0};

    if ((base & BASE_X2APIC) != 0 || (platform->cpuid(1, 0, &r) && (r.ecx & 1u << 21) != 0)) {
        registers = NULL;
    } else {
        registers = paging_map_device(base & BASE_ADDRESS);
    }
}

void apic_start(void)
{
    uint64_t base = x86_rdmsr(MSR_APIC_BASE) | BASE_ENABLE;

    x86_wrmsr(MSR_APIC_BASE, base);
    if (registers == NULL) {
        x86_wrmsr(MSR_APIC_BASE, base | BASE_X2APIC);
    }
    set(APIC_TASK_PRIORITY, 0);
    set(APIC_LVT_LINT0, LVT_MASKED);
    set(APIC_LVT_LINT1, LVT_MASKED);
    set(APIC_LVT_ERROR, LVT_MASKED);
    set(APIC_SPURIOUS, SPURIOUS_ENABLED | VECTOR_SPURIOUS);
    set(APIC_TIMER_DIVIDE, DIVIDE_BY_1);
    set(APIC_LVT_TIMER, VECTOR_TIMER);
}

uint32_t apic_id(void)
{
    return registers != NULL ? get(APIC_ID) >> 24 : get(APIC_ID);
}

void apic_end_of_interrupt(void)
{
    set(APIC_END, 0);
}

static void command(uint32_t target, uint32_t what)
{
    if (registers == NULL) {
        x86_wrmsr(MSR_X2APIC + APIC_COMMAND / 16, (uint64_t)target << 32 | what);
        return;
    }
    set(APIC_COMMAND_HIGH, target << 24);
    set(APIC_COMMAND, what);
    while ((get(APIC_COMMAND) & COMMAND_PENDING) != 0) {
        __asm__ volatile("pause");
    }
}

void apic_send(uint32_t target, uint32_t vector)
{
    command(target, COMMAND_FIXED | vector);
}

void apic_send_init(uint32_t target)
{
    command(target, COMMAND_INIT);
}

void apic_send_startup(uint32_t target, uint32_t page)
{
    command(target, COMMAND_STARTUP | page);
}

void apic_timer(uint32_t microseconds)
{
    set(APIC_TIMER_START, microseconds * TICKS_PER_MICROSECOND);
}
