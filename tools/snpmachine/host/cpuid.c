/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPUID as the host offers it; see cpuid.h. One small function for each leaf the host changes, in
 * one table; every other leaf is the processor's.
 */
#include "host/cpuid.h"

#define KVM_MAX_LEAF   0x40000001u
#define KVM_CLOCK2     (1u << 3)
#define KVM_CLOCK_TSC  (1u << 24)
#define LEAF1_X2APIC   (1u << 21)
#define LEAF1_DEADLINE (1u << 24)
#define LEAF1_GUEST    (1u << 31)
#define LEAF1_APIC     (1u << 9)
#define LEAF1_HTT      (1u << 28)
#define LEAF6_ARAT     (1u << 2)
#define INVARIANT_TSC  (1u << 8)
#define MONITOR        (1u << 3)
#define EXT_SVM        (1u << 2)
#define EXT_TOPOLOGY   (1u << 22)

static unsigned vcpus = 1;
static uint32_t x2apic_bit = LEAF1_X2APIC;

void host_cpuid_init(unsigned count, bool x2apic)
{
    vcpus = count;
    x2apic_bit = x2apic ? LEAF1_X2APIC : 0;
}

static uint32_t id_bits(void)
{
    uint32_t bits = 0;
    while (1u << bits < vcpus) {
        bits++;
    }
    return bits;
}

static void features(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    leaf->ebx = (leaf->ebx & 0xFF00u) | apic_id << 24 | vcpus << 16;
    leaf->ecx = (leaf->ecx & ~(MONITOR | LEAF1_X2APIC)) | x2apic_bit | LEAF1_DEADLINE | LEAF1_GUEST;
    leaf->edx = (leaf->edx & ~LEAF1_HTT) | LEAF1_APIC;
    leaf->edx |= vcpus > 1 ? LEAF1_HTT : 0;
}

/* MONITOR and MWAIT are not offered. */
static void monitor(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    (void)apic_id;
    *leaf = (struct hw_cpuid){0};
}

static void power(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    (void)apic_id;
    *leaf = (struct hw_cpuid){.eax = LEAF6_ARAT};
}

static void topology(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    *leaf = (struct hw_cpuid){.ecx = subleaf, .edx = apic_id};
    if (subleaf == 0) {
        leaf->ebx = 1;
        leaf->ecx |= 1u << 8;
    } else if (subleaf == 1) {
        leaf->eax = id_bits();
        leaf->ebx = vcpus;
        leaf->ecx |= 2u << 8;
    }
}

static void signature(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    (void)apic_id;
    *leaf = (struct hw_cpuid){KVM_MAX_LEAF, 0x4B4D564Bu, 0x564B4D56u, 0x4Du};
}

static void hypervisor(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    (void)apic_id;
    *leaf = (struct hw_cpuid){.eax = KVM_CLOCK2 | KVM_CLOCK_TSC};
}

static void extended_features(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    (void)apic_id;
    leaf->ecx = (leaf->ecx & ~EXT_SVM) | EXT_TOPOLOGY;
}

static void timers(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    (void)apic_id;
    leaf->edx |= INVARIANT_TSC;
}

static void sizes(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    (void)apic_id;
    leaf->ecx = id_bits() << 12 | (vcpus - 1);
}

static void node(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id)
{
    (void)subleaf;
    *leaf = (struct hw_cpuid){.eax = apic_id, .ebx = apic_id & 0xFFu};
}

static const struct {
    uint32_t leaf;
    void (*change)(struct hw_cpuid *leaf, uint32_t subleaf, uint32_t apic_id);
} changes[] = {
    {0x1, features},
    {0x5, monitor},
    {0x6, power},
    {0xB, topology},
    {0x40000000, signature},
    {0x40000001, hypervisor},
    {0x80000001, extended_features},
    {0x80000007, timers},
    {0x80000008, sizes},
    {0x8000001E, node},
};

struct hw_cpuid host_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t apic_id)
{
    struct hw_cpuid value = hw_cpuid(leaf, subleaf);
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        if (changes[i].leaf == leaf) {
            changes[i].change(&value, subleaf, apic_id);
        }
    }
    return value;
}

struct cpuid_entry {
    uint32_t leaf, subleaf;
    uint64_t xcr0, xss;
    struct hw_cpuid value;
    uint64_t reserved;
};
_Static_assert(sizeof(struct cpuid_entry) == 48, "CPUID page entry");

struct cpuid_page {
    uint32_t count, reserved[3];
    struct cpuid_entry entry[CPUID_PAGE_ENTRIES];
};

/* The leaves QEMU hands to the firmware for an SNP guest, {leaf, last subleaf}. */
static const uint32_t leaves[][2] = {
    {0x0, 0},        {0x1, 0},        {0x2, 0},        {0x4, 3},        {0x5, 0},
    {0x6, 0},        {0x7, 1},        {0xB, 1},        {0xD, 2},        {0x40000000, 0},
    {0x40000001, 0}, {0x80000000, 0}, {0x80000001, 0}, {0x80000002, 0}, {0x80000003, 0},
    {0x80000004, 0}, {0x80000005, 0}, {0x80000006, 0}, {0x80000007, 0}, {0x80000008, 0},
    {0x8000000A, 0}, {0x80000019, 0}, {0x8000001A, 0}, {0x8000001D, 3}, {0x8000001E, 0},
    {0x8000001F, 0},
};

/* XSAVE's leaf is looked up with XCR0 = 1 and gives the size of the legacy area. */
static void add_entry(struct cpuid_page *page, uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_entry entry = {.leaf = leaf, .subleaf = subleaf};
    entry.value = host_cpuid(leaf, subleaf, 0);
    if (leaf == 0xD && subleaf < 2) {
        entry.xcr0 = 1;
        entry.value.ebx = entry.value.eax == 0 ? 0 : 0x240;
    }
    memcpy(&page->entry[page->count], &entry, sizeof entry);
    page->count++;
}

void host_cpuid_page(uint8_t bytes[PAGE_SIZE])
{
    struct cpuid_page page = {0};
    for (unsigned i = 0; i < sizeof leaves / sizeof leaves[0]; i++) {
        for (uint32_t subleaf = 0; subleaf <= leaves[i][1]; subleaf++) {
            add_entry(&page, leaves[i][0], subleaf);
        }
    }
    memset(bytes, 0, PAGE_SIZE);
    memcpy(bytes, &page, sizeof page);
}
