/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest payload that can stand in for the kernel: it checks what the boot block and the
 * registers promise, says so in one line and leaves with code 42.
 *
 * Any promise that does not hold ends it with another code. It runs on the boot page tables
 * throughout; on a plain machine it starts one application processor through the stub.
 */
#include "ap.h"
#include "port.h"
#include "report.h"

#include <boot/archive.h>
#include <boot/boot_block.h>

#define GOOD        42
#define EFER        0xc0000080
#define EFER_LMA    (1u << 10)
#define EFER_NXE    (1u << 11)
#define CR0_WP      (1u << 16)
#define RFLAGS_IF   (1u << 9)
#define PRESENT     UINT64_C(1)
#define WRITABLE    UINT64_C(2)
#define LARGE       UINT64_C(0x80)
#define NX          (UINT64_C(1) << 63)
#define ADDRESS     UINT64_C(0x000ffffffffff000)
#define LEAVES_MOST 64

static const struct boot_block *block;
static uint64_t private_mask;
static uint64_t written = 7; /* somewhere in a writable page of the image */

static void *window(uint64_t pa)
{
    return (void *)(block->window_va + (pa - block->region.pa));
}

/* The leaf for a va, 0 if there is none; on the way every present entry must have the C-bit, as
 * far as there is one. */
static uint64_t leaf(uint64_t va)
{
    uint64_t table = block->tables_root_pa;

    for (int shift = 39;; shift -= 9) {
        const uint64_t *entries = window(table);
        uint64_t entry = entries[(va >> shift) & 511];

        if (!(entry & PRESENT))
            return 0;
        report_must((entry & private_mask) == private_mask, "an entry without the C-bit");
        if (shift == 12 || (entry & LARGE))
            return entry;
        table = entry & ADDRESS & ~private_mask;
    }
}

static void check_registers(uint64_t stack)
{
    report_must(runs_64_bit_code(), "64-bit code");
    report_must((msr_read(EFER) & EFER_LMA) != 0, "EFER.LMA");
    report_must((msr_read(EFER) & EFER_NXE) != 0, "EFER.NXE");
    report_must((cr0_read() & CR0_WP) != 0, "CR0.WP");
    report_must(!(flags_read() & RFLAGS_IF), "RFLAGS.IF");
    report_must(cr3_read() == block->tables_root_pa, "CR3");
    report_must(stack > block->kernel.stack_va &&
                    stack < block->kernel.stack_va + block->kernel.stack_size,
                "RSP");
}

static void check_block(void)
{
    report_must(block->magic == BOOT_MAGIC, "magic");
    report_must(block->version == BOOT_VERSION && block->size == sizeof(*block), "version");
    report_must(block->used_end_pa > block->region.pa, "used_end_pa");
    report_must(block->used_end_pa <= block->region.pa + block->region.size, "used_end_pa");
    report_must(block->tables.pa + block->tables.size == block->used_end_pa, "tables");
}

static void check_mappings(void)
{
    const uint64_t code = leaf((uint64_t)&check_mappings), data = leaf((uint64_t)&written);
    const uint64_t sealed = leaf((uint64_t)block);
    const uint64_t alias = leaf((uint64_t)window(code & ADDRESS & ~private_mask));
    const uint64_t stack = block->kernel.stack_va, size = block->kernel.stack_size;
    volatile uint64_t *heap = window(block->used_end_pa);

    report_must(code && !(code & (WRITABLE | NX)), "code is executable and not writable");
    report_must((data & (WRITABLE | NX)) == (WRITABLE | NX), "data is writable and not executable");
    report_must((sealed & (WRITABLE | NX)) == NX, "the boot block is read-only");
    report_must((alias & (WRITABLE | NX)) == NX, "the window does not make code writable");
    report_must(leaf(stack) && leaf(stack + size - 1), "the stack is mapped");
    report_must(!leaf(stack - 1) && !leaf(stack + size), "the stack has guard pages");
    report_must(!leaf(0) && !leaf(0x100000), "no guest memory is mapped");
    if (report_on_snp())
        report_must(pvalidate((uint64_t)heap) == 0, "PVALIDATE of the first free page");
    written++;
    *heap = written;
    report_must(*heap == 8, "memory behind what is loaded can be written");
}

static uint64_t check_memory_map(void)
{
    const struct boot_map_entry *map = window(block->memory_map.pa);
    uint64_t pages = 0, end = 0;

    for (unsigned i = 0; i < BOOT_MAP_ENTRIES && map[i].page_count; i++) {
        report_must(map[i].first_page >= end, "the memory map ascends");
        end = map[i].first_page + map[i].page_count;
        if (map[i].type == BOOT_MAP_MEMORY)
            pages += map[i].page_count;
    }
    return pages;
}

static int same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static void check_archive(void)
{
    const struct boot_archive *archive = window(block->archive.pa);
    const struct boot_archive_entry *entry = &archive->entries[0];

    report_must(block->archive.size == archive->size, "archive");
    report_must(archive->magic == BOOT_ARCHIVE_MAGIC && archive->count == 1, "archive");
    report_must(same(entry->name, "greeting"), "the file's name");
    report_must(entry->size == 6 && same((const char *)archive + entry->offset, "hello\n"),
                "the file");
}

static void check_root(void)
{
    const struct boot_root *root = &block->root;
    const struct boot_segment *stack = &root->segments[root->segment_count - 1];
    const uint8_t *elf = window(root->segments[0].pa);

    report_must(root->segment_count >= 2, "root segments");
    report_must(stack->va + stack->size == root->stack_top_va, "root stack");
    report_must(stack->rights == (BOOT_READ | BOOT_WRITE), "root stack rights");
    report_must(elf[0] == 0x7f && elf[1] == 'E' && elf[2] == 'L' && elf[3] == 'F', "root contents");
}

/* The kernel's entry: the registers are its arguments. */
void hello_start(const struct boot_block *boot, uint64_t platform, uint64_t info, uint64_t mask)
{
    const struct boot_general *general;
    uint64_t pages;

    block = boot;
    private_mask = mask;
    report_start();
    check_block();
    check_registers((uint64_t)__builtin_frame_address(0));
    check_mappings();
    report_must(platform == BOOT_NATIVE ? mask == 0 : mask != 0,
                "the C-bit goes with the platform");
    report_must(!info || platform == BOOT_NATIVE || mask == UINT64_C(1) << 52, "hvm_start_info");
    check_archive();
    check_root();
    pages = check_memory_map();
    general = window(block->general.pa);
    report_must(pages > block->region.size / BOOT_PAGE, "the memory map has memory");
    if (general->vp_count > 1 && !report_on_snp())
        report_must(ap_start(block, window), "an application processor arrives");
    report_text("hello from 64-bit mode: platform ");
    report_hex(platform);
    report_text(", C-bit mask ");
    report_hex(mask);
    report_text(", CPUs ");
    report_hex(general->vp_count);
    report_text(", pages ");
    report_hex(pages);
    report_text("\n");
    report_leave(GOOD);
}
