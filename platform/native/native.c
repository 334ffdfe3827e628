/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plain virtual machine: no guest below, interrupts and a timer, nothing encrypted.
 *
 * For work on the kernel and the servers, at the speed of the machine. The host can read everything
 * here; nothing that is secret belongs on it.
 */
#include "native.h"

#include <boot/stub.h>

#include "apic.h"
#include "bytes.h"
#include "cpu.h"
#include "ioapic.h"
#include "ops.h"
#include "paging.h"
#include "panic.h"
#include "window.h"

/* QEMU's isa-debug-exit: the process ends with 2 * value + 1. Elsewhere nothing listens there. */
#define TEST_EXIT_PORT 0xf4u

#define WAIT_TURNS    100000000u
#define STARTUP_TURNS 1000000u

static const struct boot_block *boot;
static uint8_t *trampoline;

static void start(const struct boot_block *block, uint64_t private_mask)
{
    (void)private_mask;
    boot = block;
}

/* Each processor has a page to see device registers through. */
static void prepare(struct cpu *cpu)
{
    cpu->platform_data = paging_map_device(boot->trampoline_pa);
}

static volatile void *device_at(uint64_t pa)
{
    uint8_t *page = machine_cpu()->platform_data;

    paging_map((uint64_t)page, pa & ~(uint64_t)(PAGE_SIZE - 1), PAGING_DATA | PTE_UNCACHED);
    x86_invlpg(page);
    return page + pa % PAGE_SIZE;
}

static enum platform_error mmio_read(uint64_t pa, unsigned int width, uint64_t *value)
{
    volatile void *at = device_at(pa);

    switch (width) {
    case 1:
        *value = *(volatile uint8_t *)at;
        break;
    case 2:
        *value = *(volatile uint16_t *)at;
        break;
    case 4:
        *value = *(volatile uint32_t *)at;
        break;
    default:
        *value = *(volatile uint64_t *)at;
        break;
    }
    return PLATFORM_OK;
}

static enum platform_error mmio_write(uint64_t pa, unsigned int width, uint64_t value)
{
    volatile void *at = device_at(pa);

    switch (width) {
    case 1:
        *(volatile uint8_t *)at = (uint8_t)value;
        break;
    case 2:
        *(volatile uint16_t *)at = (uint16_t)value;
        break;
    case 4:
        *(volatile uint32_t *)at = (uint32_t)value;
        break;
    default:
        *(volatile uint64_t *)at = value;
        break;
    }
    return PLATFORM_OK;
}

static void cpu_start(struct cpu *cpu)
{
    if (cpu->id == 0) {
        apic_find();
    }
    apic_start();
    cpu->apic_id = apic_id();
    if (cpu->id == 0) {
        ioapic_start(cpu->apic_id);
    }
}

static bool cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_result *r)
{
    uint32_t most = leaf & 0x80000000u;
    uint32_t sub = 0, unused_b, unused_d;

    __asm__ volatile("cpuid" : "+a"(most), "+c"(sub), "=b"(unused_b), "=d"(unused_d));
    if (leaf > most) {
        return false;
    }
    __asm__ volatile("cpuid"
                     : "=a"(r->eax), "=b"(r->ebx), "=c"(r->ecx), "=d"(r->edx)
                     : "a"(leaf), "c"(subleaf));
    return true;
}

static uint32_t port_read(uint16_t port, unsigned int width)
{
    switch (width) {
    case 1:
        return x86_in8(port);
    case 2:
        return x86_in16(port);
    default:
        return x86_in32(port);
    }
}

static void port_write(uint16_t port, uint32_t value, unsigned int width)
{
    switch (width) {
    case 1:
        x86_out8(port, (uint8_t)value);
        break;
    case 2:
        x86_out16(port, (uint16_t)value);
        break;
    default:
        x86_out32(port, value);
        break;
    }
}

static enum platform_error validate(uint64_t pa, void *va, uint64_t size)
{
    (void)pa;
    (void)va;
    (void)size;
    return PLATFORM_OK;
}

/* A copy of the stub's page, below 1 MiB, with its record filled in for this processor. */
static void fill_trampoline(const struct cpu *cpu)
{
    const uint8_t *stub = window_at(boot->stub.pa);
    struct boot_stub_record *record;

    if (trampoline == NULL) {
        trampoline = paging_map_device(boot->trampoline_pa);
    }
    for (uint32_t i = 0; i < BOOT_PAGE; i++) {
        trampoline[i] = stub[i];
    }
    record = (struct boot_stub_record *)(void *)(trampoline + BOOT_STUB_RECORD);
    record->entry_va = (uint64_t)machine_cpu_entry;
    record->stack_va = cpu->stack_top - sizeof(uint64_t);
    record->argument = (uint64_t)cpu;
    record->root = (uint32_t)boot->tables_root_pa;
}

static bool wait_until_online(const struct cpu *cpu, uint32_t turns)
{
    while (turns > 0 && !__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE)) {
        machine_pause();
        turns--;
    }
    return turns > 0;
}

static enum platform_error processor_begin(struct cpu *cpu)
{
    uint32_t page = (uint32_t)(boot->trampoline_pa >> PAGE_SHIFT);

    fill_trampoline(cpu);
    apic_send_init(cpu->apic_id);
    wait_until_online(cpu, STARTUP_TURNS / 10);
    apic_send_startup(cpu->apic_id, page);
    if (wait_until_online(cpu, STARTUP_TURNS)) {
        return PLATFORM_OK;
    }
    apic_send_startup(cpu->apic_id, page); /* as the architecture asks: some miss the first */
    return wait_until_online(cpu, WAIT_TURNS) ? PLATFORM_OK : PLATFORM_REFUSED;
}

/* The host sees everything anyway. */
static enum platform_error share(uint64_t pa, void *va)
{
    paging_set_shared(pa, true);
    bytes_zero(va, PAGE_SIZE);
    return PLATFORM_OK;
}

static void unshare(uint64_t pa, void *va)
{
    (void)va;
    paging_set_shared(pa, false);
}

/* Masked, where that is needed, before the local APIC hears of it: else it would come again. */
static void interrupt_done(uint64_t vector)
{
    if (vector < IOAPIC_VECTOR + IOAPIC_PINS) {
        ioapic_came((uint32_t)vector - IOAPIC_VECTOR);
    }
    apic_end_of_interrupt();
}

static void interrupt_processor(const struct cpu *cpu)
{
    apic_send(cpu->apic_id, VECTOR_RESCHEDULE);
}

static void idle(struct cpu *cpu)
{
    machine_wait(cpu);
}

static __attribute__((noreturn)) void end(enum end_reason reason)
{
    x86_out8(TEST_EXIT_PORT, (uint8_t)reason);
    x86_halt_forever();
}

const struct platform platform_native = {
    .name = "native",
    .kind = BOOT_NATIVE,
    .irq_count = IOAPIC_PINS,
    .interrupts = true,
    .start = start,
    .prepare = prepare,
    .cpu_start = cpu_start,
    .cpuid = cpuid,
    .port_read = port_read,
    .port_write = port_write,
    .mmio_read = mmio_read,
    .mmio_write = mmio_write,
    .validate = validate,
    .processor_begin = processor_begin,
    .interrupt_processor = interrupt_processor,
    .interrupt_done = interrupt_done,
    .timer_arm = apic_timer,
    .idle = idle,
    .share = share,
    .unshare = unshare,
    .irq_ack = ioapic_unmask,
    .irq_mask = ioapic_mask,
    .end = end,
};
