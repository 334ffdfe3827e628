/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stub comes assembled with the program; only its own address and its record are put in here.
 */
#include "boot.h"

#include <boot/stub.h>
#include <string.h>

#define CPUID_SEV 0x8000001fu

extern const uint8_t boot_stub_page[BOOT_PAGE];

/* The boot block is the page behind the stub. */
static uint64_t block_pa(const struct layout *layout)
{
    return layout->block.stub.pa + BOOT_PAGE;
}

struct boot_state boot_state(const struct layout *layout)
{
    const struct boot_kernel *kernel = &layout->block.kernel;

    return (struct boot_state){
        .rip = kernel->entry_va,
        .rsp = kernel->stack_va + kernel->stack_size - 8,
        .cr3 = layout->block.tables_root_pa,
        .argument = layout_window(layout, block_pa(layout)),
    };
}

static void fill_stub(struct layout *layout)
{
    const struct boot_block *block = &layout->block;
    const struct boot_state state = boot_state(layout);
    uint8_t *page = image_at(&layout->image, block->stub.pa);
    const uint32_t self = (uint32_t)block->stub.pa;
    const struct boot_stub_record record = {
        .entry_va = state.rip,
        .stack_va = state.rsp,
        .argument = state.argument,
        .root = (uint32_t)state.cr3,
        .tables = (uint32_t)block->tables.pa,
        .tables_end = (uint32_t)(block->tables.pa + block->tables.size),
        .cpuid = (uint32_t)block->cpuid.pa,
        .general = (uint32_t)block->general.pa,
        .memory_map = (uint32_t)block->memory_map.pa,
        .platform = BOOT_NATIVE,
    };

    memcpy(page, boot_stub_page, BOOT_PAGE);
    memcpy(page + BOOT_STUB_SELF, &self, sizeof(self));
    memcpy(page + BOOT_STUB_RECORD, &record, sizeof(record));
}

static void fill_block(struct layout *layout)
{
    const struct build_options *options = layout->options;
    struct boot_block *block = &layout->block;
    uint64_t end = options->base + options->size;

    block->magic = BOOT_MAGIC;
    block->version = BOOT_VERSION;
    block->size = sizeof(*block);
    block->profile = options->profile->id;
    block->region = (struct boot_range){options->base, options->size};
    block->used_end_pa = layout->next;
    block->region_max = options->size_max;
    block->window_va = BOOT_WINDOW_VA;
    block->trampoline_pa = LAYOUT_TRAMPOLINE;
    block->sev_features = options->sev_features;
    block->vtom = options->profile->vtom;
    block->console_port = (uint32_t)options->console_port;
    if (options->vmsa_gpa >= options->base && options->vmsa_gpa < end)
        block->vmsa = (struct boot_range){options->vmsa_gpa, BOOT_PAGE};
    memcpy(image_at(&layout->image, block_pa(layout)), block, sizeof(*block));
}

void boot_fill(struct layout *layout)
{
    fill_stub(layout);
    fill_block(layout);
}

void boot_pretend_snp(struct layout *layout, unsigned c_bit)
{
    uint8_t *page = image_at(&layout->image, layout->block.stub.pa);
    uint8_t *cpuid = image_at(&layout->image, layout->block.cpuid.pa);
    const uint32_t platform = BOOT_SNP;
    const uint32_t table[] = {2,
                              0,
                              0,
                              0,
                              /* a first entry to pass over */ 1,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              CPUID_SEV,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              c_bit | 1u << 6};

    memcpy(page + BOOT_STUB_RECORD + BOOT_RECORD_PLATFORM, &platform, sizeof(platform));
    memcpy(cpuid, table, sizeof(table));
}
