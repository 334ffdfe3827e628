/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The real CPUs: numbers, local APICs (xAPIC: TCG 7.2 has no other), start of the application
 * processors, timer, kicks. CPU numbers follow the order of the APIC ids, so they do not depend on
 * who came up first.
 */
#include "cpu.h"
#include "x86.h"

#define APIC            0xFEE00000ull
#define APIC_ID         0x20u
#define APIC_EOI        0xB0u
#define APIC_SPURIOUS   0xF0u
#define APIC_ICR_LOW    0x300u
#define APIC_ICR_HIGH   0x310u
#define APIC_LVT_TIMER  0x320u
#define APIC_LVT_LINT0  0x350u
#define APIC_LVT_LINT1  0x360u
#define APIC_TIMER_INIT 0x380u
#define APIC_TIMER_NOW  0x390u
#define APIC_TIMER_DIV  0x3E0u
#define APIC_MASKED     0x10000u
#define ICR_PENDING     0x1000u
#define ICR_INIT        0xC4500u /* all but self */
#define ICR_SIPI        0xC4600u /* all but self; + page number */
#define PIC_MASTER_MASK 0x21u
#define PIC_SLAVE_MASK  0xA1u
#define AP_PAGE         0x8000ull
#define LOOK_AWAY       5000u
#define TIMER_HZ        1000000000ull /* QEMU's, divided by one */

struct cpu {
    uint64_t number; /* at offset 0: cpu_number reads it through GS */
    uint32_t apic_id;
};

extern const uint8_t ap_page[], ap_page_end[], ap_page_cr3[], ap_page_cr4[];

HOT_DATA static struct cpu cpus[CPUS_MAX];
static uint32_t ticket_ids[CPUS_MAX];
static volatile uint32_t arrived; /* APs that wrote their APIC id */
static volatile uint32_t numbered;
static volatile uint32_t ready;

_Noreturn void start_ap(uint32_t ticket);

HOT void spin_lock(struct spinlock *lock)
{
    while (__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE))
        cpu_relax();
}

HOT void spin_unlock(struct spinlock *lock)
{
    __atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

HOT unsigned cpu_number(void)
{
    uint64_t number;
    __asm__ volatile("movq %%gs:0, %0" : "=r"(number));
    return (unsigned)number;
}

uint32_t cpu_apic_id(unsigned cpu)
{
    return cpus[cpu].apic_id;
}

HOT uint64_t machine_tsc(void)
{
    return tsc_read();
}

void cpu_end_of_interrupt(void)
{
    mmio_write32(APIC + APIC_EOI, 0);
}

static uint32_t own_apic_id(void)
{
    return mmio_read32(APIC + APIC_ID) >> 24;
}

static void apic_start(void)
{
    mmio_write32(APIC + APIC_SPURIOUS, 0x100 | VECTOR_SPURIOUS);
    mmio_write32(APIC + APIC_TIMER_DIV, 0xB);
    mmio_write32(APIC + APIC_LVT_TIMER, APIC_MASKED);
    mmio_write32(APIC + APIC_LVT_LINT0, APIC_MASKED);
    mmio_write32(APIC + APIC_LVT_LINT1, APIC_MASKED);
}

/* The 8259s go silent before their line to the local APIC is masked: the other way round QEMU keeps
 * an interrupt pending that has no vector. */
void cpu_start_boot(void)
{
    port_write8(PIC_MASTER_MASK, 0xFF);
    port_write8(PIC_SLAVE_MASK, 0xFF);
    cpus[0].apic_id = own_apic_id();
    msr_write(MSR_GS_BASE, (uint64_t)(uintptr_t)&cpus[0]);
    apic_start();
}

static void send(uint32_t apic_id, uint32_t command)
{
    mmio_write32(APIC + APIC_ICR_HIGH, apic_id << 24);
    mmio_write32(APIC + APIC_ICR_LOW, command);
    while (mmio_read32(APIC + APIC_ICR_LOW) & ICR_PENDING)
        cpu_relax();
}

void cpu_kick(unsigned cpu)
{
    send(cpus[cpu].apic_id, VECTOR_KICK);
}

void cpu_idle(void)
{
    interrupts_wait();
}

void cpu_timer_set(uint64_t tsc_deadline)
{
    if (!tsc_deadline) {
        mmio_write32(APIC + APIC_TIMER_INIT, 0);
        return;
    }
    uint64_t now = tsc_read();
    uint64_t left = tsc_deadline > now ? tsc_deadline - now : 0;
    uint64_t ticks =
        left / machine.tsc_hz >= 4 ? 0xFFFFFFFF : multiply_divide(left, TIMER_HZ, machine.tsc_hz);
    mmio_write32(APIC + APIC_LVT_TIMER, VECTOR_TIMER);
    mmio_write32(APIC + APIC_TIMER_INIT, ticks ? (uint32_t)ticks : 1);
}

/* Reading a clock is dear under -icount. */
static void look_away(void)
{
    for (volatile unsigned i = 0; i < LOOK_AWAY; i++)
        ;
}

void cpu_calibrate(void)
{
    mmio_write32(APIC + APIC_TIMER_INIT, 0xFFFFFFFF);
    uint32_t first = mmio_read32(APIC + APIC_TIMER_NOW), last;
    uint64_t begin = tsc_read();
    do {
        look_away();
        last = mmio_read32(APIC + APIC_TIMER_NOW);
    } while (first - last < TIMER_HZ / 50);
    machine.tsc_hz = multiply_divide(tsc_read() - begin, TIMER_HZ, first - last);
    mmio_write32(APIC + APIC_TIMER_INIT, 0);
}

/* clang and gcc both leave this function through host_cpu_main only. */
_Noreturn void start_ap(uint32_t ticket)
{
    if (ticket >= CPUS_MAX - 1)
        for (;;)
            cpu_stop();
    uint32_t id = own_apic_id();
    ticket_ids[ticket] = id;
    __atomic_add_fetch(&arrived, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&numbered, __ATOMIC_ACQUIRE))
        cpu_relax();
    unsigned number = 1;
    while (number < machine.cpus && cpus[number].apic_id != id)
        number++;
    msr_write(MSR_GS_BASE, (uint64_t)(uintptr_t)&cpus[number]);
    trap_start_cpu();
    interrupts_hold();
    apic_start();
    __atomic_add_fetch(&ready, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < machine.cpus)
        cpu_relax();
    host_cpu_main(number);
}

static void wait(uint64_t microseconds)
{
    uint64_t end = tsc_read() + multiply_divide(microseconds, machine.tsc_hz, 1000000);
    while (tsc_read() < end)
        look_away();
}

static void number_cpus(void)
{
    for (unsigned n = 1; n < machine.cpus; n++) {
        uint32_t smallest = 0xFFFFFFFF;
        for (unsigned t = 0; t < machine.cpus - 1; t++)
            if (ticket_ids[t] < smallest && (n == 1 || ticket_ids[t] > cpus[n - 1].apic_id))
                smallest = ticket_ids[t];
        cpus[n].number = n;
        cpus[n].apic_id = smallest;
    }
}

static void poke(uint8_t *page, const uint8_t *place, uint64_t value)
{
    uint32_t word = (uint32_t)value;
    memcpy(page + (place - ap_page), &word, sizeof word);
}

void cpu_start_others(uint64_t cr3, uint64_t cr4)
{
    if (machine.cpus == 1)
        return;
    uint8_t *page = physical(AP_PAGE);
    memcpy(page, ap_page, (size_t)(ap_page_end - ap_page));
    poke(page, ap_page_cr3, cr3);
    poke(page, ap_page_cr4, cr4);
    send(0, ICR_INIT);
    wait(10000);
    send(0, ICR_SIPI | (uint32_t)(AP_PAGE / PAGE_SIZE));
    for (unsigned tries = 0; arrived < machine.cpus - 1 && tries < 1000; tries++)
        wait(1000);
    if (arrived != machine.cpus - 1)
        machine_stop(MACHINE_BROKEN, "only %u of %u CPUs came up", arrived + 1, machine.cpus);
    number_cpus();
    __atomic_store_n(&numbered, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < machine.cpus - 1)
        cpu_relax();
}

void cpu_release_others(void)
{
    __atomic_add_fetch(&ready, 1, __ATOMIC_RELEASE);
}
