/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot; see boot.h. */
#include "boot.h"

#include <sel4/bootinfo.h>

#include "bootinfo.h"
#include "console.h"
#include "cpu.h"
#include "guest.h"
#include "memory.h"
#include "pagestate_boot.h"
#include "pagetable.h"
#include "panic.h"
#include "vcpu.h"
#include "window.h"

/* The host's number is believed up to here; beyond, memory would run out anyway. */
#define PROCESSORS_MOST 1024u

static const struct boot_block *boot;

void boot_make_processors(const struct boot_block *block)
{
    const struct boot_general *general = window_at(block->general.pa);
    uint32_t count = block->general.size != 0 ? *(const volatile uint32_t *)&general->vp_count : 1;

    boot = block;
    if (count == 0) {
        count = 1;
    }
    if (count > PROCESSORS_MOST) {
        panic(END_HOST, "the host claims more processors than there can be");
    }
    cpus = memory_take((count * sizeof(*cpus) + PAGE_SIZE - 1) / PAGE_SIZE);
    for (uint32_t i = 0; i < count; i++) {
        cpus[i] = memory_take((sizeof(**cpus) + PAGE_SIZE - 1) / PAGE_SIZE);
        cpu_init(cpus[i], i);
    }
    cpu_count = count;
}

static void start_others(void)
{
    for (uint32_t i = 1; i < cpu_count; i++) {
        if (platform->processor_begin(cpus[i]) != PLATFORM_OK) {
            console_text("kernel: a processor did not start: ");
            console_number(i);
            console_text("\n");
        }
    }
}

/* The first thread gets what is left, and starts. */
static void start_first_thread(void)
{
    struct boot_plan plan = {
        .block = boot,
        .irq_count = platform->irq_count + (platform->interrupts ? 1u : 0u),
        .cpus = cpu_count,
        .platform = platform->kind,
        .vcpus = vcpus,
        .vcpu_count = vcpu_count,
        .features = platform_features(),
        .tsc_hz = platform_counter_hz(),
    };
    struct config *config = config_lock();
    struct tcb *tcb;

    vspaces[0].cr3 = machine_kernel_root();
    vspaces[0].root = window_at(pagetable_phys(machine_kernel_root()));
    vspace_pcid_mask = machine_pcid_mask();
    memory_close(&plan.free);
    tcb = bootinfo_create(config, &plan);
    tcb_set_priority(tcb, TCB_PRIORITIES - 1);
    tcb_resume(tcb);
    config_unlock(config);
}

static void greet(void)
{
    console_text("kernel: Drupe on ");
    console_text(platform->name);
    console_text(", processors ");
    console_number(cpu_count);
    console_text(platform->interrupts ? "" : ", without interrupts");
    console_text("\n");
}

void boot_continue(struct cpu *cpu)
{
    cpu->entries = 1;
    platform->cpu_start(cpu);
    cpu->online = true;
    greet();
    pagestate_start(boot);
    guest_prepare(boot);
    start_others();
    start_first_thread();
    sched_leave(cpu);
}

void boot_processor_ready(struct cpu *cpu)
{
    cpu->entries = 1;
    platform->cpu_start(cpu);
    __atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
    sched_leave(cpu);
}
