/* SPDX-License-Identifier: BSD-2-Clause */
/* The operations of the SNP platform; see snp.h. */
#include "snp.h"

#include <svsm/hostcall.h>

#include "bytes.h"
#include "cpu.h"
#include "ghcb.h"
#include "memory.h"
#include "ops.h"
#include "paging.h"
#include "panic.h"
#include "request.h"
#include "vmsa.h"
#include "window.h"

#define PAGE_2M       UINT64_C(0x200000)
#define SIZE_MISMATCH 6u
#define SEV_SNP       7u /* SEV, ES and SNP are active */

#define CPUID_ENTRIES_MOST 64u
#define WAIT_TURNS         UINT64_C(2000000000)
#define IDLE_TURNS         200u
#define VMPL1_VMSA         UINT64_C(0x10001) /* no rights for VMPL1, and it is a VMSA */

struct cpuid_entry {
    uint32_t leaf, subleaf;
    uint64_t xcr0, xss;
    uint32_t eax, ebx, ecx, edx;
    uint64_t reserved;
};

struct cpuid_page {
    uint32_t count;
    uint32_t reserved[3];
    struct cpuid_entry entries[CPUID_ENTRIES_MOST];
};

static const struct boot_block *boot;
static bool processors_ready; /* GS leads to a struct cpu */

static void start(const struct boot_block *block, uint64_t private_mask)
{
    boot = block;
    snp_guest_start(block);
    if ((x86_rdmsr(MSR_SEV_STATUS) & SEV_SNP) != SEV_SNP || private_mask == 0 || block->vtom != 0) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_FEATURES);
    }
    ghcb_negotiate(block->guest.kind != BOOT_GUEST_NONE);
}

/* The table was checked by the processor's firmware at launch; the host cannot change it. */
static bool cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_result *r)
{
    const struct cpuid_page *page = window_at(boot->cpuid.pa);
    uint32_t count = page->count < CPUID_ENTRIES_MOST ? page->count : CPUID_ENTRIES_MOST;

    for (uint32_t i = 0; i < count; i++) {
        const struct cpuid_entry *e = &page->entries[i];

        if (e->leaf == leaf && e->subleaf == subleaf) {
            *r = (struct cpuid_result){e->eax, e->ebx, e->ecx, e->edx};
            return true;
        }
    }
    return false;
}

/* The status, and whether the page was already as asked. */
uint32_t snp_pvalidate(const void *va, bool large, bool valid, bool *unchanged)
{
    uint32_t status;
    uint8_t carry;

    __asm__ volatile(".byte 0xf2, 0x0f, 0x01, 0xff; setc %1"
                     : "=a"(status), "=q"(carry)
                     : "a"(va), "c"(large ? 1 : 0), "d"(valid ? 1 : 0)
                     : "cc", "memory");
    *unchanged = carry != 0;
    return status;
}

/* A page that is valid already has a second backing: the host plays a trick. */
static uint32_t validate_one(const uint8_t *va, bool large)
{
    bool unchanged;
    uint32_t status = snp_pvalidate(va, large, true, &unchanged);

    if (status == 0 && unchanged) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_HOST);
    }
    return status;
}

static enum platform_error validate_small(const uint8_t *va, uint64_t size)
{
    for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
        if (validate_one(va + at, false) != 0) {
            return PLATFORM_REFUSED;
        }
    }
    return PLATFORM_OK;
}

static enum platform_error validate(uint64_t pa, void *va, uint64_t size)
{
    uint64_t at = 0;

    while (at < size) {
        bool large = (pa + at) % PAGE_2M == 0 && size - at >= PAGE_2M;
        uint64_t step = large ? PAGE_2M : PAGE_SIZE;
        uint32_t status = validate_one((uint8_t *)va + at, large);

        if (large && status == SIZE_MISMATCH) {
            status = validate_small((uint8_t *)va + at, PAGE_2M);
        }
        if (status != 0) {
            return PLATFORM_REFUSED;
        }
        at += step;
    }
    return PLATFORM_OK;
}

static enum platform_error share(uint64_t pa, void *va)
{
    bool unchanged;

    if (snp_pvalidate(va, false, false, &unchanged) != 0 || unchanged) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_HOST);
    }
    if (ghcb_page_state(pa, true) != PLATFORM_OK) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_HOST);
    }
    paging_set_shared(pa, true);
    bytes_zero(platform_shared_at(pa), PAGE_SIZE);
    return PLATFORM_OK;
}

static void unshare(uint64_t pa, void *va)
{
    paging_set_shared(pa, false);
    if (ghcb_page_state(pa, false) != PLATFORM_OK || validate_one(va, false) != 0) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_HOST);
    }
}

static void give_ghcb(struct cpu *cpu)
{
    struct snp_cpu *own = memory_take(1);
    void *page = memory_take(1);

    own->ghcb_pa = window_phys(page);
    share(own->ghcb_pa, page);
    own->ghcb = platform_shared_at(own->ghcb_pa);
    cpu->platform_data = own;
}

/* Which numbers the host knows its processors by; those of a host that does not list them are taken
   for 0, 1, 2... A wrong one is a processor that does not start, and nothing worse: what runs there
   is decided by the VMSA, which is ours. */
static void name_processors(void)
{
    const volatile uint32_t *list = platform_shared_at(request_page());
    uint32_t count;

    if (!ghcb_list_processors(request_page())) {
        return;
    }
    count = list[0];
    for (uint32_t i = 0; i < cpu_count && i < count && i < PAGE_SIZE / sizeof(*list) - 1; i++) {
        cpus[i]->apic_id = list[1 + i];
    }
}

static void prepare(struct cpu *cpu)
{
    give_ghcb(cpu);
    if (cpu->id == 0) {
        const struct snp_cpu *own = cpu->platform_data;

        ghcb_register(own->ghcb, own->ghcb_pa);
        request_prepare();
        name_processors();
    }
    snp_guest_prepare(cpu);
}

const struct snp_cpu *snp_this_cpu(void)
{
    return processors_ready ? machine_cpu()->platform_data : NULL;
}

static void cpu_start(struct cpu *cpu)
{
    const struct snp_cpu *own = cpu->platform_data;

    processors_ready = true;
    if (cpu->id != 0) {
        ghcb_register(own->ghcb, own->ghcb_pa);
    }
}

uint32_t snp_rmpadjust(const void *va, bool large, uint64_t rights)
{
    uint64_t status = (uint64_t)va;

    __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xfe"
                     : "+a"(status)
                     : "c"(large ? UINT64_C(1) : 0), "d"(rights)
                     : "cc", "memory");
    return (uint32_t)status;
}

/* Hosts refuse a VMSA at a 2 MiB boundary. */
static void *take_vmsa(void)
{
    void *page = memory_take(1);

    return window_phys(page) % PAGE_2M == 0 ? memory_take(1) : page;
}

static enum platform_error processor_begin(struct cpu *cpu)
{
    void *page = take_vmsa();
    uint64_t turns = WAIT_TURNS;

    vmsa_fill(page, cpu, boot->sev_features);
    if (snp_rmpadjust(page, false, VMPL1_VMSA) != 0) {
        return PLATFORM_BAD_ANSWER;
    }
    if (ghcb_create_processor(cpu->apic_id, window_phys(page), boot->sev_features) != PLATFORM_OK) {
        return PLATFORM_REFUSED;
    }
    while (!__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE) && turns > 0) {
        machine_pause();
        turns--;
    }
    return turns > 0 ? PLATFORM_OK : PLATFORM_REFUSED;
}

static void idle(struct cpu *cpu)
{
    for (uint32_t i = 0; i < IDLE_TURNS && cpu->attention == 0; i++) {
        machine_pause();
    }
}

#define TRAP_CPUID   0x72u
#define CPUID_LENGTH 2u

/* CPUID is all that a thread may do that traps here. */
static bool user_trap(struct frame *frame)
{
    struct cpuid_result r = {0};

    if (frame->trap_error != TRAP_CPUID) {
        return false;
    }
    cpuid((uint32_t)frame->rax, (uint32_t)frame->rcx, &r);
    frame->rax = r.eax;
    frame->rbx = r.ebx;
    frame->rcx = r.ecx;
    frame->rdx = r.edx;
    frame->rip += CPUID_LENGTH;
    return true;
}

static enum platform_error host_call(struct host_call *call)
{
    if (call->class != SVSM_HOST_GUEST_REQUEST) {
        return PLATFORM_UNSUPPORTED;
    }
    call->words[0] = 0;
    return request_send(call->page, &call->words[1]);
}

static __attribute__((noreturn)) void end(enum end_reason reason)
{
    ghcb_terminate(PLATFORM_TERMINATE_SET, reason);
}

const struct platform platform_snp = {
    .name = "SNP",
    .kind = BOOT_SNP,
    .interrupts = false,
    .start = start,
    .prepare = prepare,
    .cpu_start = cpu_start,
    .cpuid = cpuid,
    .port_read = ghcb_port_read,
    .port_write = ghcb_port_write,
    .mmio_read = ghcb_mmio_read,
    .mmio_write = ghcb_mmio_write,
    .user_trap = user_trap,
    .validate = validate,
    .processor_begin = processor_begin,
    .idle = idle,
    .share = share,
    .unshare = unshare,
    .host_call = host_call,
    .mark = ghcb_mark,
    .end = end,
    .guest = &snp_guest,
};
