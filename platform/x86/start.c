/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's first C: from the stub's state to the boot processor's own stack and descriptors.
 *
 * Until processor_become() there is the stub's stack, whose lower part serves for exceptions. The
 * console speaks as soon as the platform can, which on SNP takes memory and mappings; what goes
 * wrong before has its termination code only.
 */
#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "memory.h"
#include "paging.h"
#include "panic.h"
#include "processor.h"
#include "window.h"

void kernel_entry(const struct boot_block *block, uint64_t kind, uint64_t start_info,
                  uint64_t private_mask);

void kernel_entry(const struct boot_block *block, uint64_t kind, uint64_t start_info,
                  uint64_t private_mask)
{
    (void)start_info;
    platform_start(block, kind, private_mask);
    if (block->magic != BOOT_MAGIC || block->version != BOOT_VERSION || block->size != BOOT_PAGE) {
        platform->end(END_BOOT_BLOCK);
    }
    processor_early(block->kernel.stack_va);
    memory_start(block);
    memory_validate(block);
    paging_start(block->tables_root_pa);
    paging_prepare_shared();
    boot_make_processors(block);
    for (uint32_t i = 0; i < cpu_count; i++) {
        platform->prepare(cpus[i]);
    }
    console_start((uint16_t)block->console_port);
    processor_check_features();
    for (uint32_t i = 0; i < cpu_count; i++) {
        processor_prepare(cpus[i]);
    }
    processor_become(cpus[0]);
    machine_restart_stack(cpus[0], boot_continue);
}
