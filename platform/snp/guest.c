/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest at VMPL2: windows to its pages, its saved state, and the switch to it.
 *
 * Windows belong to one processor each and are changed by that one alone, so that forgetting one
 * translation here is all the flushing there is. Saved state can be run by the host whenever its
 * EFER.SVME is set: the bit is clear from the moment a call is taken until it is answered, and if
 * it is set in between, the host has run what could not be run.
 */
#include "bytes.h"
#include "core.h"
#include "cpu.h"
#include "ghcb.h"
#include "memory.h"
#include "ops.h"
#include "paging.h"
#include "panic.h"
#include "snp.h"
#include "vcpu.h"
#include "vmsa.h"
#include "window.h"

/* Not global: nothing of the guest outlives its window. */
#define WINDOW_DATA (PAGING_DATA & ~PTE_GLOBAL)

/* Slots of a processor's 4 KiB windows; the first two are enum guest_window's. */
#define SLOT_VMSA 2u
#define SLOT_AREA 3u

#define LARGE_OFFSET UINT64_C(0x200000) /* of the 2 MiB window behind the small ones */
#define STRIDE       UINT64_C(0x400000)

#define EXIT_VMGEXIT UINT64_C(0x403)
#define GUEST_VMPL   2u

#define SEV_RESTRICTED_INJECTION UINT64_C(0x8) /* of SEV_FEATURES */

/* A secrets page; firmware fills ours, we fill the guest's. */
struct secrets {
    uint8_t head[0x20];
    uint8_t keys[4][32]; /* for messages to the firmware, of VMPL 0 to 3 */
    uint8_t middle[0x140 - 0xa0];
    uint64_t svsm_base, svsm_size, calling_area;
    uint32_t most_version;
    uint8_t guest_vmpl;
    uint8_t tail[4096 - 0x15d];
};

_Static_assert(offsetof(struct secrets, svsm_base) == 0x140, "the specification's");
_Static_assert(offsetof(struct secrets, guest_vmpl) == 0x15c, "the specification's");
_Static_assert(sizeof(struct secrets) == 4096, "one page");

static const struct boot_block *boot;

void snp_guest_start(const struct boot_block *block)
{
    boot = block;
}

void snp_guest_prepare(struct cpu *cpu)
{
    struct snp_cpu *own = cpu->platform_data;

    if (boot->guest.kind == BOOT_GUEST_NONE) {
        return;
    }
    own->windows_va = PAGING_GUEST_VA + cpu->id * STRIDE;
    own->windows = paging_window(own->windows_va, 0);
    own->large_window = paging_window(own->windows_va + LARGE_OFFSET, 1);
}

static void *slot_va(const struct snp_cpu *own, unsigned int slot)
{
    return (void *)(own->windows_va + slot * PAGE_SIZE);
}

static void *map_slot(unsigned int slot, uint64_t gpa)
{
    const struct snp_cpu *own = snp_this_cpu();
    void *va = slot_va(own, slot);

    own->windows[slot] = gpa | platform_private_mask | WINDOW_DATA;
    x86_invlpg(va);
    return va;
}

static void *map(enum guest_window window, uint64_t gpa)
{
    const struct snp_cpu *own = snp_this_cpu();
    void *va;

    if (window != GUEST_WINDOW_LARGE) {
        return map_slot(window, gpa);
    }
    va = (void *)(own->windows_va + LARGE_OFFSET);
    *own->large_window = gpa | platform_private_mask | WINDOW_DATA | PTE_LARGE;
    x86_invlpg(va);
    return va;
}

/* Interrupts reach the guest as on any machine, also where the host may only notify VMPL0. */
static uint64_t guest_features(void)
{
    return boot->sev_features & ~SEV_RESTRICTED_INJECTION;
}

static void fill_vmsa(void *vmsa, const struct boot_guest *guest)
{
    vmsa_fill_guest(vmsa, guest, guest_features());
}

static void fill_cpuid(void *page)
{
    machine_copy(page, window_at(boot->cpuid.pa), PAGE_SIZE);
}

/* The keys of VMPL0 and VMPL1 stay here. */
static void fill_secrets(void *page, const struct boot_guest *guest)
{
    struct secrets *secrets = page;

    machine_copy(page, window_at(boot->secrets.pa), PAGE_SIZE);
    bytes_zero(secrets->keys, GUEST_VMPL * sizeof(secrets->keys[0]));
    secrets->svsm_base = boot->region.pa;
    secrets->svsm_size = boot->region.size;
    secrets->calling_area = guest->calling_area;
    secrets->most_version = 1;
    secrets->guest_vmpl = GUEST_VMPL;
}

static bool vmsa_is_sound(const void *page)
{
    const volatile struct igvm_vmsa *vmsa = page;

    return vmsa->vmpl == GUEST_VMPL && (vmsa->efer & EFER_SVME) != 0 &&
           vmsa->sev_features == guest_features();
}

static enum platform_error announce(uint64_t vmsa_gpa)
{
    return ghcb_announce_guest(cpus[0]->apic_id, vmsa_gpa, guest_features());
}

static void attach(uint64_t vmsa_gpa, uint64_t area_gpa)
{
    map_slot(SLOT_VMSA, vmsa_gpa);
    map_slot(SLOT_AREA, area_gpa);
}

static bool has_call(const volatile struct igvm_vmsa *vmsa, const volatile uint8_t *pending)
{
    return vmsa->exit_code == EXIT_VMGEXIT && *pending != 0;
}

static bool take(struct guest_call *call)
{
    const struct snp_cpu *own = snp_this_cpu();
    volatile struct igvm_vmsa *vmsa = slot_va(own, SLOT_VMSA);
    volatile uint8_t *pending = slot_va(own, SLOT_AREA);

    if (!has_call(vmsa, pending)) {
        return false;
    }
    __atomic_fetch_and(&vmsa->efer, ~EFER_SVME, __ATOMIC_SEQ_CST);
    if (vmsa->exit_code != EXIT_VMGEXIT || __atomic_exchange_n(pending, 0, __ATOMIC_SEQ_CST) == 0) {
        __atomic_fetch_or(&vmsa->efer, EFER_SVME, __ATOMIC_SEQ_CST);
        return false;
    }
    call->rax = vmsa->rax;
    call->registers.rcx = vmsa->rcx;
    call->registers.rdx = vmsa->rdx;
    call->registers.r8 = vmsa->r8;
    call->registers.r9 = vmsa->r9;
    return true;
}

static void answer(const struct guest_call *call)
{
    volatile struct igvm_vmsa *vmsa = slot_va(snp_this_cpu(), SLOT_VMSA);

    vmsa->rax = (uint32_t)call->rax;
    vmsa->rcx = call->registers.rcx;
    vmsa->rdx = call->registers.rdx;
    vmsa->r8 = call->registers.r8;
    vmsa->r9 = call->registers.r9;
    if ((__atomic_fetch_or(&vmsa->efer, EFER_SVME, __ATOMIC_SEQ_CST) & EFER_SVME) != 0) {
        panic(END_HOST, "a guest processor ran while its call was served");
    }
}

static bool run(void)
{
    return ghcb_run_guest(GUEST_VMPL);
}

static void disable(void *page)
{
    volatile struct igvm_vmsa *vmsa = page;

    __atomic_fetch_and(&vmsa->efer, ~EFER_SVME, __ATOMIC_SEQ_CST);
}

static void enable(void *page)
{
    volatile struct igvm_vmsa *vmsa = page;

    __atomic_fetch_or(&vmsa->efer, EFER_SVME, __ATOMIC_SEQ_CST);
}

static uint32_t validate(void *va, bool large, bool valid, bool *unchanged)
{
    return snp_pvalidate(va, large, valid, unchanged);
}

static uint32_t set_rights(void *va, bool large, uint64_t rights)
{
    return snp_rmpadjust(va, large, rights);
}

const struct platform_guest snp_guest = {
    .map = map,
    .validate = validate,
    .set_rights = set_rights,
    .fill_vmsa = fill_vmsa,
    .fill_cpuid = fill_cpuid,
    .fill_secrets = fill_secrets,
    .vmsa_is_sound = vmsa_is_sound,
    .announce = announce,
    .attach = attach,
    .take = take,
    .answer = answer,
    .run = run,
    .settle = ghcb_settle,
    .disable = disable,
    .enable = enable,
};
