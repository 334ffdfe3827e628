/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads the native half of an IGVM file as a host with IGVM support would, and starts it: no such
 * QEMU is packaged, yet the file's own 64-bit start wants to be run.
 *
 * It is itself a payload laid out by `igvm build`, elsewhere in memory, with the file in its
 * archive. Parameters are what a plain machine has. What it cannot do is what a loader sets outside
 * of paging: segments, CR0 and EFER stay as the stub left them, which the file asks for as well.
 */
#include "port.h"
#include "report.h"

#include <boot/archive.h>
#include <boot/boot_block.h>
#include <igvm/context.h>
#include <igvm/format.h>

#define TARGET_VA   UINT64_C(0xffffff8040000000) /* the second entry of the last PDPT: 1 GiB */
#define GIB         (UINT64_C(1) << 30)
#define LARGE_FLAGS UINT64_C(0xe3)
#define TABLE_FLAGS UINT64_C(0x63)
#define NX          (UINT64_C(1) << 63)
#define LAST_STEP   64

static const struct boot_block *block;
static struct igvm_native_context context;

/* The file, which the build has just made and checked: this reader checks nothing. */
struct file {
    const uint8_t *bytes;
    uint32_t mask; /* of the native platform */
};

struct header {
    const struct igvm_prefix *prefix; /* NULL before the first */
    const void *body;
};

void *memcpy(void *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((volatile uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    return to;
}

void *memset(void *to, int value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((volatile uint8_t *)to)[i] = (uint8_t)value;
    return to;
}

static void *window(uint64_t pa)
{
    return (void *)(block->window_va + (pa - block->region.pa));
}

/* The first GiB of memory, writable, at TARGET_VA. */
static void map_target(void)
{
    uint64_t *root = window(block->tables_root_pa);
    uint64_t *pdpt = window(root[511] & ~UINT64_C(0xfff) & ~NX);
    uint64_t *directory = window(block->used_end_pa);

    for (uint64_t i = 0; i < 512; i++)
        directory[i] = i << 21 | LARGE_FLAGS | NX;
    pdpt[1] = block->used_end_pa | TABLE_FLAGS;
    tlb_flush();
}

static uint8_t *target(uint64_t gpa)
{
    report_must(gpa < GIB, "an address below 1 GiB");
    return (uint8_t *)(TARGET_VA + gpa);
}

static int next_header(const struct file *file, struct header *header)
{
    const struct igvm_fixed *fixed = (const void *)file->bytes;
    const uint8_t *at = file->bytes + fixed->variable_header_offset;

    if (header->prefix)
        at = (const uint8_t *)header->body + ((header->prefix->length + 7) & ~7u);
    header->prefix = (const void *)at;
    header->body = at + sizeof(struct igvm_prefix);
    return at < file->bytes + fixed->variable_header_offset + fixed->variable_header_size;
}

static void find_native(struct file *file)
{
    struct header header = {0};

    while (next_header(file, &header) && header.prefix->type == IGVM_SUPPORTED_PLATFORM) {
        const struct igvm_platform *platform = header.body;

        if (platform->platform_type == IGVM_NATIVE)
            file->mask = platform->mask;
    }
    report_must(file->mask != 0, "a native platform");
}

/* Fills the area a header inserts, by the usages that name it. */
static void insert_parameters(const struct file *file, const struct igvm_parameter_insert *insert)
{
    const struct boot_map_entry memory = {.page_count = GIB >> 12};
    const uint32_t one = 1;
    uint8_t *page = target(insert->gpa);
    struct header header = {0};

    memset(page, 0, BOOT_PAGE);
    while (next_header(file, &header)) {
        const struct igvm_parameter *usage = header.body;

        if (header.prefix->length != sizeof(*usage) || usage->area != insert->area)
            continue;
        if (header.prefix->type == IGVM_VP_COUNT)
            memcpy(page + usage->offset, &one, sizeof(one));
        else if (header.prefix->type == IGVM_MEMORY_MAP)
            memcpy(page, &memory, sizeof(memory));
    }
}

static void load_page(const struct file *file, const struct igvm_page_data *page)
{
    if (page->file_offset)
        memcpy(target(page->gpa), file->bytes + page->file_offset, BOOT_PAGE);
    else
        memset(target(page->gpa), 0, BOOT_PAGE);
}

static void load(const struct file *file)
{
    struct header header = {0};

    while (next_header(file, &header)) {
        const struct igvm_page_data *page = header.body;
        const struct igvm_vp_context *vp = header.body;
        const struct igvm_parameter_insert *insert = header.body;

        if (header.prefix->type == IGVM_PAGE_DATA && (page->mask & file->mask))
            load_page(file, page);
        else if (header.prefix->type == IGVM_VP_CONTEXT && (vp->mask & file->mask))
            memcpy(&context, file->bytes + vp->file_offset, sizeof(context));
        else if (header.prefix->type == IGVM_PARAMETER_INSERT && (insert->mask & file->mask))
            insert_parameters(file, insert);
    }
}

/* Runs in the trampoline page, which both sets of page tables map one to one. */
__asm__(".section .rodata\n"
        "last_step:\n"
        "    movq %rax, %cr3\n"
        "    movq %rbx, %rsp\n"
        "    pushq %r8\n"
        "    popfq\n"
        "    xorl %eax, %eax\n"
        "    xorl %ebx, %ebx\n"
        "    xorl %ebp, %ebp\n"
        "    jmp *%r9\n"
        ".text\n");
extern const uint8_t last_step[LAST_STEP];

_Noreturn static void enter(void)
{
    const struct table_register gdtr = {context.gdtr_limit, context.gdtr_base};

    memcpy(target(block->trampoline_pa), last_step, LAST_STEP);
    gdtr_write(gdtr);
    __asm__ volatile("movq %0, %%cr4" ::"r"(context.cr4));
    __asm__ volatile("movq %[flags], %%r8; movq %[entry], %%r9; jmp *%[page]" ::"a"(context.cr3),
                     "b"(context.rsp), "D"(context.rdi), "S"(context.rsi), "d"(context.rdx),
                     "c"(context.rcx), [flags] "m"(context.rflags), [entry] "m"(context.rip),
                     [page] "r"(block->trampoline_pa)
                     : "r8", "r9");
    __builtin_unreachable();
}

void loader_start(const struct boot_block *boot)
{
    const struct boot_archive *archive;
    struct file file = {0};

    block = boot;
    report_start();
    map_target();
    archive = window(block->archive.pa);
    file.bytes = (const uint8_t *)archive + archive->entries[0].offset;
    find_native(&file);
    load(&file);
    report_must(context.cr0 == cr0_read(), "CR0 as the stub sets it");
    report_text("loaded, starting\n");
    enter();
}
