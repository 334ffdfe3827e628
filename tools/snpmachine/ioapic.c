/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's IOAPICs: one at FEC00000 with 24 lines, on microvm a second one at FEC10000. All lines go
 * to the boot CPU.
 */
#include "cpu.h"
#include "x86.h"

#define IOAPIC       0xFEC00000ull
#define IOAPIC_STEP  0x10000ull
#define IOAPIC_LINES 24u
#define REDIRECTION  0x10u
#define REDIR_MASKED 0x10000u
#define REDIR_LEVEL  0x8000u

struct line {
    void (*handler)(void *);
    void *argument;
    bool level;
};

static struct line lines[GSIS_MAX];
static struct spinlock lock;

static void redirect(unsigned gsi, uint32_t low, uint32_t high)
{
    uint64_t base = IOAPIC + IOAPIC_STEP * (gsi / IOAPIC_LINES);
    uint32_t index = REDIRECTION + 2 * (gsi % IOAPIC_LINES);
    mmio_write32(base, index + 1);
    mmio_write32(base + 0x10, high);
    mmio_write32(base, index);
    mmio_write32(base + 0x10, low);
}

static void mask(unsigned gsi, bool masked)
{
    const struct line *line = &lines[gsi];
    uint32_t low = VECTOR_GSI + gsi;
    spin_lock(&lock);
    redirect(gsi, low | (line->level ? REDIR_LEVEL : 0) | (masked ? REDIR_MASKED : 0),
             cpu_apic_id(0) << 24);
    spin_unlock(&lock);
}

void ioapic_start(void)
{
    for (unsigned gsi = 0; gsi < (machine.microvm ? 2 * IOAPIC_LINES : IOAPIC_LINES); gsi++)
        redirect(gsi, REDIR_MASKED, 0);
}

void irq_route(unsigned gsi, bool level, void (*handler)(void *), void *argument)
{
    if (gsi >= (machine.microvm ? 2 * IOAPIC_LINES : IOAPIC_LINES))
        machine_stop(MACHINE_BROKEN, "there is no interrupt line %u", gsi);
    lines[gsi] = (struct line){handler, argument, level};
    mask(gsi, false);
}

void irq_unmask(unsigned gsi)
{
    mask(gsi, false);
}

void ioapic_handle(unsigned gsi)
{
    const struct line *line = &lines[gsi];
    if (line->level)
        mask(gsi, true);
    if (line->handler)
        line->handler(line->argument);
}
