/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start of the hardware, and memory as the host sees it: hypervisor-owned pages as they are, the
 * guest's as ciphertext that cannot be written.
 */
#include "hardware/vcpu.h"
#include "x86.h"

#define LEAF_ADDRESS_SIZE 0x80000008u

const struct machine_option hardware_options[] = {
    {"seed", "a number: keys and noise are the same in every run (else RDRAND)"},
    {0},
};

void hardware_start(void)
{
    uint32_t bits = cpuid_read(LEAF_ADDRESS_SIZE, 0).eax & 0xFF;
    cipher_start();
    rmp_start();
    nested_start();
    view_start();
    run_start();
    if (bits <= hw_c_bit())
        machine_stop(MACHINE_MISUSE,
                     "QEMU's CPU has %u physical address bits, the C-bit needs %u; use "
                     "-cpu EPYC-Milan,phys-bits=48",
                     bits, hw_c_bit() + 1);
}

/* Page of RAM behind gpa; under hardware_lock. */
static bool find_page(uint64_t gpa, uint64_t *spa)
{
    struct nested nested = nested_lookup(gpa);
    *spa = nested.spa;
    return nested.kind == NESTED_MEMORY && rmp_own(nested.spa);
}

/* Both may be memory that the other side changes meanwhile: one access where one is possible. */
static void copy(void *to, const void *from, size_t size)
{
    uintptr_t misaligned = ((uintptr_t)to | (uintptr_t)from) & (size - 1);
    if (size == 1)
        *(volatile uint8_t *)to = *(const volatile uint8_t *)from;
    else if (size == 2 && !misaligned)
        *(volatile uint16_t *)to = *(const volatile uint16_t *)from;
    else if (size == 4 && !misaligned)
        *(volatile uint32_t *)to = *(const volatile uint32_t *)from;
    else if (size == 8 && !misaligned)
        *(volatile uint64_t *)to = *(const volatile uint64_t *)from;
    else
        memcpy(to, from, size);
}

static void read_ciphertext(uint64_t spa, void *to, size_t size)
{
    static uint64_t page[PAGE_SIZE / 8];
    uint64_t first = spa & ~(PAGE_SIZE - 1);
    memcpy(page, physical(first), PAGE_SIZE);
    if (!rmp_own(first)->cipher)
        cipher_page(first, page);
    memcpy(to, (const uint8_t *)page + (spa - first), size);
}

static size_t part_of(uint64_t gpa, uint64_t size)
{
    uint64_t left = PAGE_SIZE - (gpa & (PAGE_SIZE - 1));
    return size < left ? size : left;
}

bool hw_read(uint64_t gpa, void *to, uint64_t size)
{
    uint64_t spa;
    bool good = true;
    spin_lock(&hardware_lock);
    for (uint8_t *out = to; size && good;) {
        size_t part = part_of(gpa, size);
        good = find_page(gpa, &spa);
        if (good && rmp_entry(spa)->assigned)
            read_ciphertext(spa, out, part);
        else if (good)
            copy(out, physical(spa), part);
        out += part;
        gpa += part;
        size -= part;
    }
    spin_unlock(&hardware_lock);
    return good;
}

/* Every page of the range is the host's to write. */
static bool writable(uint64_t gpa, uint64_t size)
{
    uint64_t spa;
    if (gpa + size < gpa) /* a guest may name any address */
        return false;
    for (uint64_t at = gpa & ~(PAGE_SIZE - 1); at < gpa + size; at += PAGE_SIZE)
        if (!find_page(at, &spa) || rmp_entry(spa)->assigned)
            return false;
    return true;
}

bool hw_write(uint64_t gpa, const void *from, uint64_t size)
{
    uint64_t spa;
    spin_lock(&hardware_lock);
    bool good = writable(gpa, size);
    for (const uint8_t *in = from; size && good;) {
        size_t part = part_of(gpa, size);
        find_page(gpa, &spa);
        copy(physical(spa), in, part);
        in += part;
        gpa += part;
        size -= part;
    }
    spin_unlock(&hardware_lock);
    return good;
}

void *hw_page(uint64_t gpa)
{
    uint64_t spa;
    spin_lock(&hardware_lock);
    bool good = find_page(gpa, &spa) && !rmp_entry(spa)->assigned;
    spin_unlock(&hardware_lock);
    return good ? physical(spa & ~(PAGE_SIZE - 1)) : NULL;
}
