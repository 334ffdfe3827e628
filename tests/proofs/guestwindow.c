/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's pages in the kernel's hands on SNP. The parts: a window shows the one page it is to,
 * private, to the kernel alone, and nothing of what it showed before; no other window changes. The
 * guest's secrets page is ours without the keys of the VMPLs above the guest.
 *
 * parts: 2
 * options: --unwind 2
 */
#define machine_copy machine_copy_of_x86
#include <machine.h>
#undef machine_copy
void machine_copy(void *to, const void *from, uint64_t size);

#define x86_invlpg x86_invlpg_of_x86
#include <ops.h>
#undef x86_invlpg
void x86_invlpg(const void *address);

#include <snp/guest.c>

#include "proof.h"

static uint64_t entries[4], large_entry;
static uint64_t forgotten[4], large_forgotten; /* entries, when their translation was forgotten */
static struct snp_cpu own;

struct window kernel_window;
uint64_t platform_private_mask;
struct cpu **cpus;

static struct boot_block block;
static struct secrets ours, guests;
static bool copied, cleared;

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)reason;
    (void)what;
    ASSERT(false, "nothing here ends it");
    ASSUME(false);
    for (;;)
        ;
}

const struct snp_cpu *snp_this_cpu(void)
{
    return &own;
}

void machine_copy(void *to, const void *from, uint64_t size)
{
    ASSERT(to == &guests && from == &ours && size == PAGE_SIZE, "a page into a page");
    guests = ours;
    copied = true;
}

void bytes_zero(void *start, uint64_t size)
{
    ASSERT(copied, "after what was copied");
    ASSERT(start == guests.keys && size == 64, "the keys of VMPL 0 and 1");
    cleared = true;
}

static void secrets(void)
{
    struct boot_guest guest = {.calling_area = nondet_u64()};

    ANYTHING(&ours);
    kernel_window.base = (uint8_t *)&ours;
    kernel_window.phys = block.secrets.pa = 0x5000;
    block.region.pa = nondet_u64();
    block.region.size = nondet_u64();
    snp_guest_start(&block);
    fill_secrets(&guests, &guest);
    ASSERT(copied && cleared, "all but the keys");
    ASSERT(guests.svsm_base == block.region.pa && guests.svsm_size == block.region.size, "ours");
    ASSERT(guests.calling_area == guest.calling_area && guests.guest_vmpl == 2, "the guest's");
    REACHED(guests.most_version == 1);
}

/* When its entry is written. */
void x86_invlpg(const void *address)
{
    uint64_t slot = ((uint64_t)address - own.windows_va) / PAGE_SIZE;

    ASSERT((uint64_t)address % PAGE_SIZE == 0 && (slot < 4 || slot == 512), "a window");
    if (slot < 4)
        forgotten[slot] = entries[slot];
    else
        large_forgotten = large_entry;
}

/* Present, writable, not executable; neither the user's nor global. */
static bool shows(uint64_t entry, uint64_t gpa, bool large)
{
    uint64_t bits = entry & ~UINT64_C(0x000ffffffffff000);

    return (entry & UINT64_C(0x000ffffffffff000)) == (gpa | platform_private_mask) &&
           (bits | 0x60) == (UINT64_C(0x8000000000000063) | (large ? 0x80 : 0));
}

static void window(void)
{
    uint64_t gpa = nondet_u64() & ~UINT64_C(0xfff), other = nondet_u64() % 4;
    unsigned slot = nondet_u32();

    own.windows_va = nondet_u64() & ~UINT64_C(0x3fffff);
    ASSUME(slot <= GUEST_WINDOW_LARGE && gpa < UINT64_C(1) << 47);
    ASSUME(slot != GUEST_WINDOW_LARGE || gpa % 0x200000 == 0);
    platform_private_mask = nondet_bool() ? UINT64_C(1) << 51 : UINT64_C(1) << 47;
    entries[other] = 5;
    large_entry = 5;
    if (slot == GUEST_WINDOW_LARGE) {
        ASSERT((uint64_t)map(slot, gpa) == own.windows_va + 0x200000, "where it is");
        ASSERT(shows(large_entry, gpa, true) && large_forgotten == large_entry, "the pages");
        ASSERT(entries[other] == 5, "and no other window changes");
        return;
    }
    ASSERT((uint64_t)map(slot, gpa) == own.windows_va + slot * PAGE_SIZE, "where it is");
    ASSERT(shows(entries[slot], gpa, false) && forgotten[slot] == entries[slot], "the page");
    ASSERT((slot == other || entries[other] == 5) && large_entry == 5, "and no other");
    attach(gpa, gpa ^ PAGE_SIZE);
    ASSERT(shows(entries[2], gpa, false) && forgotten[2] == entries[2], "the saved state");
    ASSERT(shows(entries[3], gpa ^ PAGE_SIZE, false) && forgotten[3] == entries[3], "the area");
    ASSERT(shows(entries[slot], gpa, false), "beside it");
    REACHED(slot == GUEST_WINDOW_LIST);
}

void harness(void)
{
    own.windows = entries;
    own.large_window = &large_entry;
    if (PART == 0)
        window();
    else
        secrets();
}
