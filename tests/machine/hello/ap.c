/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Needs two mappings the boot page tables do not have, the trampoline page and the local APIC; both
 * get entries in a table page behind what is loaded.
 */
#include "ap.h"

#include "port.h"

#include <boot/stub.h>

#define PRESENT_WRITABLE UINT64_C(0x63)
#define UNCACHED         UINT64_C(0x10)
#define NX               (UINT64_C(1) << 63)
#define APIC             UINT64_C(0xfee00000)
#define APIC_ICR         0x300
#define APIC_ICR_TARGET  0x310
#define SECOND           (1u << 24) /* QEMU numbers its processors from 0 */
#define INIT             0x4500
#define SIPI             0x4600
#define OWN_VA           UINT64_C(0xffffff8040000000) /* the second entry of the last PDPT */
#define ARGUMENT         UINT64_C(0x1122334455667788)
#define PATIENCE         100000000u

static volatile uint64_t arrived;
static uint8_t ap_stack[4096] __attribute__((aligned(16)));

/* The new processor's first function: its arguments are the stub's registers. */
static void ap_main(uint64_t argument, uint64_t platform, uint64_t info, uint64_t mask)
{
    const uint64_t here = (uint64_t)__builtin_frame_address(0);
    const uint64_t stack = (uint64_t)ap_stack;

    if (!platform && !info && !mask && here > stack && here < stack + sizeof(ap_stack))
        arrived = argument;
    for (;;)
        __asm__ volatile("cli; hlt");
}

static void copy(uint8_t *to, const uint8_t *from, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        to[i] = from[i];
}

/* Maps the trampoline at OWN_VA and the APIC behind it. */
static void map_low_and_apic(const struct boot_block *block, void *(*window)(uint64_t pa))
{
    const uint64_t directory = block->used_end_pa + BOOT_PAGE, table = directory + BOOT_PAGE;
    uint64_t *root = window(block->tables_root_pa);
    uint64_t *pdpt = window(root[511] & ~UINT64_C(0xfff) & ~NX);
    uint64_t *entries = window(table);

    for (unsigned i = 0; i < 512; i++) {
        ((uint64_t *)window(directory))[i] = 0;
        entries[i] = 0;
    }
    entries[0] = block->trampoline_pa | PRESENT_WRITABLE | NX;
    entries[1] = APIC | PRESENT_WRITABLE | UNCACHED | NX;
    *(uint64_t *)window(directory) = table | PRESENT_WRITABLE;
    pdpt[1] = directory | PRESENT_WRITABLE;
    tlb_flush();
}

static void apic_send(uint32_t command)
{
    volatile uint8_t *apic = (volatile uint8_t *)(OWN_VA + BOOT_PAGE);

    *(volatile uint32_t *)(apic + APIC_ICR_TARGET) = SECOND;
    *(volatile uint32_t *)(apic + APIC_ICR) = command;
}

int ap_start(const struct boot_block *block, void *(*window)(uint64_t pa))
{
    struct boot_stub_record *record = (void *)(OWN_VA + BOOT_STUB_RECORD);
    uint64_t *top = (uint64_t *)(ap_stack + sizeof(ap_stack)) - 1;

    map_low_and_apic(block, window);
    copy((uint8_t *)OWN_VA, window(block->stub.pa), BOOT_PAGE);
    *record = (struct boot_stub_record){
        .entry_va = (uint64_t)&ap_main,
        .stack_va = (uint64_t)top,
        .argument = ARGUMENT,
        .root = (uint32_t)block->tables_root_pa,
    };
    apic_send(INIT);
    for (unsigned i = 0; i < PATIENCE / 1000; i++)
        __asm__ volatile("pause");
    apic_send(SIPI | (uint32_t)(block->trampoline_pa >> 12));
    for (unsigned i = 0; i < PATIENCE && arrived != ARGUMENT; i++)
        __asm__ volatile("pause");
    return arrived == ARGUMENT;
}
