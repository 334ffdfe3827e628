/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting the guest; see guest.h. */
#include "guest.h"

#include "guestmemory.h"
#include "memory.h"
#include "pagestate.h"
#include "pagetable.h"
#include "panic.h"
#include "platform.h"
#include "selfcheck.h"
#include "vcpu.h"
#include "window.h"
#include <svsm/result.h>

#define ENTRIES (PAGE_SIZE / sizeof(uint64_t))

static const struct boot_guest *guest; /* NULL: none */
static void *first_vmsa;
static bool begun;

/* Hosts refuse saved state at a 2 MiB boundary. */
static void *take_vmsa(void)
{
    void *page = memory_take(1);

    return window_phys(page) % RANGE_SIZE == 0 ? memory_take(1) : page;
}

void guest_prepare(const struct boot_block *block)
{
    if (block->guest.kind == BOOT_GUEST_NONE || platform->guest == NULL) {
        return;
    }
    guest = &block->guest;
    first_vmsa = take_vmsa();
    vcpus_make();
}

/* A page of the guest that the image names; it belongs to this processor until it is released. */
static void *reach(uint64_t gpa)
{
    if (gpa % PAGE_SIZE != 0 || pagestate_hold(gpa, STATE_VALID) != SVSM_SUCCESS) {
        panic(END_BOOT_BLOCK, "a page that the guest needs is not the guest's");
    }
    return platform->guest->map(GUEST_WINDOW_PAGE, gpa);
}

/* The builder does not know which bit makes a page private. */
static void mark_private(void)
{
    for (uint64_t at = 0; at < guest->tables.size; at += PAGE_SIZE) {
        uint64_t *entry = reach(guest->tables.pa + at);

        for (unsigned i = 0; i < ENTRIES; i++) {
            if ((entry[i] & PT_PRESENT) != 0) {
                entry[i] |= platform_private_mask;
            }
        }
        pagestate_release(guest->tables.pa + at);
    }
}

static void fill_pages(void)
{
    platform->guest->fill_cpuid(reach(guest->cpuid));
    pagestate_release(guest->cpuid);
    platform->guest->fill_secrets(reach(guest->secrets), guest);
    pagestate_release(guest->secrets);
    *(volatile uint64_t *)reach(guest->calling_area) = 0;
    pagestate_set(guest->calling_area, STATE_CALLING);
    pagestate_release(guest->calling_area);
}

static void place_first(struct vcpu *vcpu)
{
    uint64_t pa = window_phys(first_vmsa);

    platform->guest->fill_vmsa(first_vmsa, guest);
    if (platform->guest->set_rights(first_vmsa, false, GUEST_RIGHTS_VMSA) != 0 ||
        platform->guest->announce(pa) != PLATFORM_OK) {
        panic(END_HOST, "the host does not take the guest's first processor");
    }
    vcpu_place(vcpu, pa, guest->calling_area);
    __atomic_store_n(&vcpu->state, VCPU_GUEST, __ATOMIC_RELEASE);
}

bool guest_begin(struct vcpu *vcpu)
{
    if (guest == NULL || begun || vcpu != &vcpus[0]) {
        return false;
    }
    begun = true;
    guestmemory_give(0, guest->memory_end);
    guestmemory_give(BOOT_HIGH, BOOT_HIGH + guest->memory_high);
    mark_private();
    fill_pages();
    place_first(vcpu);
    return true;
}
