/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's virtio windows are where QEMU's microvm and the SNP machine have them; its page
 * tables get no C-bit, so that one file serves every processor.
 */
#include "guest.h"

#include <stdlib.h>

#define PAGE          UINT64_C(4096)
#define TABLE_PAGES   6u
#define WINDOWS       8u
#define WINDOWS_START UINT64_C(0xfeb00000)
#define WINDOWS_GSI   16u

uint64_t guest_piece_size(const struct linux_piece *piece)
{
    return (piece->size + PAGE - 1) & ~(PAGE - 1);
}

static int by_address(const void *a, const void *b)
{
    const struct linux_piece *one = a, *two = b;

    return one->gpa < two->gpa ? -1 : one->gpa > two->gpa;
}

/* The pieces in ascending order; those that touch become one range. */
static bool list_loaded(const struct linux_guest *linux, struct boot_guest *block,
                        struct build_error *error)
{
    uint64_t end = 0;

    for (size_t i = 0; i < linux->piece_count; i++) {
        const struct linux_piece *piece = &linux->pieces[i];

        if (piece->gpa < end)
            return build_fail(error, "the guest's pieces overlap at %#llx",
                              (unsigned long long)piece->gpa);
        if (piece->gpa > end || block->loaded_count == 0) {
            if (block->loaded_count == BOOT_GUEST_RANGES)
                return build_fail(error, "the guest has too many pieces");
            block->loaded[block->loaded_count++].pa = piece->gpa;
        }
        end = piece->gpa + guest_piece_size(piece);
        block->loaded[block->loaded_count - 1].size =
            end - block->loaded[block->loaded_count - 1].pa;
    }
    return true;
}

static void describe(const struct linux_guest *linux, const struct build_options *options,
                     struct boot_guest *block)
{
    block->kind = BOOT_GUEST_LINUX;
    block->cpus = (uint32_t)options->guest_cpus;
    block->memory_end = options->guest_memory;
    block->memory_high = options->guest_high_memory;
    block->entry = linux->entry;
    block->boot_params = LINUX_BOOT_PARAMS;
    block->stack_top = LINUX_STACK_TOP;
    block->gdt = LINUX_GDT;
    block->tables = (struct boot_range){LINUX_TABLES, TABLE_PAGES * PAGE};
    block->secrets = LINUX_SECRETS;
    block->cpuid = LINUX_CPUID;
    block->calling_area = LINUX_CALLING;
}

/* The region, as far as it lies in the guest's memory. */
static void leave_out_region(struct linux_wish *wish, const struct build_options *options)
{
    uint64_t end = options->base + options->size_max;

    if (options->base >= wish->memory)
        return;
    wish->hole = options->base;
    wish->hole_size = (end < wish->memory ? end : wish->memory) - options->base;
}

bool guest_make(struct guest *guest, const struct build_options *options, struct boot_guest *block,
                struct build_error *error)
{
    struct linux_wish wish = {
        .cmdline = options->guest_cmdline ? options->guest_cmdline : "console=ttyS0",
        .memory = options->guest_memory,
        .high = options->guest_high_memory,
        .machine = {(uint32_t)options->guest_cpus, WINDOWS, WINDOWS_START, WINDOWS_GSI},
    };
    const char *wrong;

    *block = (struct boot_guest){.kind = BOOT_GUEST_NONE};
    if (!options->guest_kernel)
        return true;
    if (!blob_read(&guest->kernel, options->guest_kernel, error) ||
        (options->guest_initrd && !blob_read(&guest->initrd, options->guest_initrd, error)))
        return false;
    wish.kernel = guest->kernel.bytes;
    wish.kernel_size = guest->kernel.size;
    wish.initrd = guest->initrd.bytes;
    wish.initrd_size = guest->initrd.size;
    leave_out_region(&wish, options);
    wrong = linux_layout(&guest->linux, &wish);
    if (wrong)
        return build_fail(error, "guest: %s", wrong);
    describe(&guest->linux, options, block);
    qsort(guest->linux.pieces, guest->linux.piece_count, sizeof(guest->linux.pieces[0]),
          by_address);
    return list_loaded(&guest->linux, block, error);
}

void guest_free(struct guest *guest)
{
    blob_free(&guest->kernel);
    blob_free(&guest->initrd);
    guest->linux.piece_count = 0;
}
