/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes each piece's pages, fills them, and maps the whole: the kernel's image and stack where it
 * is linked, the region in the window, two pages one to one for the change into long mode.
 */
#include "layout.h"

#include "boot.h"

#include <string.h>

#define GIB            (UINT64_C(1) << 30)
#define ROOT_START     UINT64_C(0x10000)
#define ROOT_STACK_TOP UINT64_C(0x7ffffff00000)
#define ROOT_END       UINT64_C(0x7fff00000000)

struct elf_window layout_kernel_window(void)
{
    return (struct elf_window){BOOT_KERNEL_VA, BOOT_KERNEL_VA + GIB / 2};
}

struct elf_window layout_root_window(void)
{
    return (struct elf_window){ROOT_START, ROOT_END};
}

uint64_t layout_window(const struct layout *layout, uint64_t pa)
{
    return BOOT_WINDOW_VA + (pa - layout->options->base);
}

/* The end of what may be loaded: the region's, or a VMSA's in it. */
static uint64_t layout_limit(const struct layout *layout)
{
    uint64_t end = layout->options->base + layout->options->size;
    uint64_t vmsa = layout->options->vmsa_gpa;

    return vmsa >= layout->options->base && vmsa < end ? vmsa : end;
}

/* Gives the range, whose size the caller has set, the next pages. */
static bool take(struct layout *layout, enum image_kind kind, struct boot_range *range,
                 struct build_error *error)
{
    uint64_t rounded = (range->size + IMAGE_PAGE - 1) & ~(IMAGE_PAGE - 1);

    if (rounded < range->size || rounded > layout_limit(layout) - layout->next)
        return build_fail(error,
                          "the region of %llu KiB is full: %llu KiB are taken and %llu KiB more "
                          "are needed; give a larger --size",
                          (unsigned long long)(layout->options->size >> 10),
                          (unsigned long long)((layout->next - layout->options->base) >> 10),
                          (unsigned long long)(rounded >> 10));
    range->pa = layout->next;
    if (rounded > 0)
        image_mark(&layout->image, layout->next, rounded, kind);
    layout->next += rounded;
    return true;
}

static bool take_first_pages(struct layout *layout, struct build_error *error)
{
    const struct build_profile *profile = layout->options->profile;
    struct boot_block *block = &layout->block;
    struct boot_range own;
    const struct {
        bool wanted;
        enum image_kind kind;
        struct boot_range *range;
    } pages[] = {
        {true, IMAGE_SEALED, &block->stub},
        {true, IMAGE_SEALED, &own},
        {true, IMAGE_PARAMETER, &block->general},
        {true, IMAGE_PARAMETER, &block->memory_map},
        {profile->madt, IMAGE_PARAMETER, &block->madt},
        {profile->device_tree, IMAGE_PARAMETER, &block->device_tree},
        {true, IMAGE_CPUID, &block->cpuid},
        {true, IMAGE_SECRETS, &block->secrets},
    };

    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (!pages[i].wanted)
            continue;
        pages[i].range->size = IMAGE_PAGE;
        if (!take(layout, pages[i].kind, pages[i].range, error))
            return false;
    }
    return true;
}

static void copy_segment(const struct layout *layout, const struct elf_segment *segment,
                         uint64_t pa)
{
    memcpy(image_at(&layout->image, pa + segment->va % IMAGE_PAGE), segment->bytes,
           segment->file_size);
}

static bool take_kernel(struct layout *layout, struct build_error *error)
{
    const struct elf_image *elf = &layout->inputs->kernel;
    struct boot_kernel *kernel = &layout->block.kernel;
    struct boot_range stack = {.size = layout->options->stack}, image;

    kernel->entry_va = elf->entry;
    kernel->va = elf_segment_start(&elf->segments[0]);
    kernel->size = elf_segment_end(&elf->segments[elf->count - 1]) - kernel->va;
    image.size = kernel->size;
    if (!take(layout, IMAGE_DATA, &stack, error) || !take(layout, IMAGE_DATA, &image, error))
        return false;
    kernel->pa = image.pa;
    kernel->stack_pa = stack.pa;
    kernel->stack_size = stack.size;
    kernel->stack_va = kernel->va + kernel->size + IMAGE_PAGE;
    for (uint32_t i = 0; i < elf->count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        uint64_t start = elf_segment_start(segment);

        if (segment->file_size)
            copy_segment(layout, segment, kernel->pa + (start - kernel->va));
        if (!(segment->rights & BOOT_WRITE))
            image_mark(&layout->image, kernel->pa + (start - kernel->va),
                       elf_segment_end(segment) - start, IMAGE_SEALED);
    }
    return true;
}

static bool take_root_segment(struct layout *layout, const struct elf_segment *segment,
                              struct build_error *error)
{
    struct boot_root *root = &layout->block.root;
    uint64_t start = elf_segment_start(segment);
    struct boot_range range = {.size = elf_segment_end(segment) - start};

    if (!take(layout, IMAGE_DATA, &range, error))
        return false;
    if (segment->file_size)
        copy_segment(layout, segment, range.pa);
    root->segments[root->segment_count++] = (struct boot_segment){
        .va = start,
        .pa = range.pa,
        .size = range.size,
        .rights = segment->rights,
    };
    return true;
}

static bool take_root(struct layout *layout, struct build_error *error)
{
    const struct elf_image *elf = &layout->inputs->root;
    const struct elf_segment stack = {
        .va = ROOT_STACK_TOP - layout->options->root_stack,
        .size = layout->options->root_stack,
        .rights = BOOT_READ | BOOT_WRITE,
    };

    if (elf->count == 0)
        return true;
    layout->block.root.entry_va = elf->entry;
    layout->block.root.stack_top_va = ROOT_STACK_TOP;
    for (uint32_t i = 0; i < elf->count; i++) {
        if (!take_root_segment(layout, &elf->segments[i], error))
            return false;
    }
    return take_root_segment(layout, &stack, error);
}

static bool take_archive(struct layout *layout, struct build_error *error)
{
    const struct build_options *options = layout->options;
    struct boot_archive table = {.magic = BOOT_ARCHIVE_MAGIC, .count = options->file_count};
    struct boot_range *archive = &layout->block.archive;

    if (options->file_count == 0)
        return true;
    archive->size = sizeof(table);
    if (!take(layout, IMAGE_DATA, archive, error))
        return false;
    for (uint32_t i = 0; i < options->file_count; i++) {
        const struct blob *file = &layout->inputs->files[i];
        struct boot_range range = {.size = file->size};

        if (!take(layout, IMAGE_DATA, &range, error))
            return false;
        if (file->size)
            memcpy(image_at(&layout->image, range.pa), file->bytes, file->size);
        memcpy(table.entries[i].name, options->files[i].name, BOOT_ARCHIVE_NAME);
        table.entries[i].offset = range.pa - archive->pa;
        table.entries[i].size = file->size;
    }
    table.size = layout->next - archive->pa;
    archive->size = table.size;
    memcpy(image_at(&layout->image, archive->pa), &table, sizeof(table));
    return true;
}

static uint32_t mapping_flags(uint32_t rights)
{
    return TABLES_GLOBAL | (rights & BOOT_WRITE ? TABLES_WRITE : 0) |
           (rights & BOOT_EXECUTE ? TABLES_EXECUTE : 0);
}

static bool map_kernel(struct layout *layout, struct build_error *error)
{
    const struct elf_image *elf = &layout->inputs->kernel;
    const struct boot_kernel *kernel = &layout->block.kernel;
    struct mapping stack = {
        .va = kernel->stack_va,
        .pa = kernel->stack_pa,
        .size = kernel->stack_size,
        .flags = mapping_flags(BOOT_WRITE),
    };

    for (uint32_t i = 0; i < elf->count; i++) {
        uint64_t start = elf_segment_start(&elf->segments[i]);
        struct mapping mapping = {
            .va = start,
            .pa = kernel->pa + (start - kernel->va),
            .size = elf_segment_end(&elf->segments[i]) - start,
            .flags = mapping_flags(elf->segments[i].rights),
        };

        if (!tables_map(&layout->tables, &mapping, error))
            return false;
    }
    return tables_map(&layout->tables, &stack, error);
}

/* The stub and the copy of it for application processors run where they lie. */
static bool map_one_to_one(struct layout *layout, struct build_error *error)
{
    struct mapping stub = {
        .va = layout->block.stub.pa,
        .pa = layout->block.stub.pa,
        .size = IMAGE_PAGE,
        .flags = TABLES_EXECUTE,
    };
    struct mapping trampoline = stub;

    trampoline.va = trampoline.pa = LAYOUT_TRAMPOLINE;
    return tables_map(&layout->tables, &stub, error) &&
           tables_map(&layout->tables, &trampoline, error);
}

static bool map_chunk(struct layout *layout, uint64_t chunk, struct build_error *error)
{
    for (uint64_t pa = chunk; pa < chunk + TABLES_LARGE; pa += IMAGE_PAGE) {
        bool sealed = image_kind(&layout->image, pa) == IMAGE_SEALED;
        struct mapping mapping = {
            .va = layout_window(layout, pa),
            .pa = pa,
            .size = IMAGE_PAGE,
            .flags = TABLES_GLOBAL | (sealed ? 0 : TABLES_WRITE),
        };

        if (!tables_map(&layout->tables, &mapping, error))
            return false;
    }
    return true;
}

/* Chunks with loaded pages in 4 KiB pages, so that sealed ones are read-only here too; the rest in
 * 2 MiB pages. The tables grow while they are made, hence the look at "next" for each chunk. */
static bool map_window(struct layout *layout, struct build_error *error)
{
    const uint64_t end = layout->options->base + layout->options->size;
    uint64_t chunk = layout->options->base;

    for (; chunk < layout->tables.next; chunk += TABLES_LARGE) {
        if (!map_chunk(layout, chunk, error))
            return false;
    }
    for (; chunk < end; chunk += TABLES_LARGE) {
        struct mapping mapping = {
            .va = layout_window(layout, chunk),
            .pa = chunk,
            .size = TABLES_LARGE,
            .flags = TABLES_GLOBAL | TABLES_WRITE,
        };

        if (!tables_map_large(&layout->tables, &mapping, error))
            return false;
    }
    return true;
}

static bool map_all(struct layout *layout, struct build_error *error)
{
    struct tables *tables = &layout->tables;

    *tables = (struct tables){
        .image = &layout->image,
        .next = layout->next,
        .limit = layout_limit(layout),
    };
    if (!tables_start(tables, error) || !map_kernel(layout, error) ||
        !map_one_to_one(layout, error) || !map_window(layout, error))
        return false;
    layout->next = tables->next;
    layout->block.tables_root_pa = tables->start;
    layout->block.tables = (struct boot_range){tables->start, tables->next - tables->start};
    return true;
}

/* What the kernel must take before it starts. */
static bool check_states(const struct layout *layout, struct build_error *error)
{
    const uint64_t states = build_states_size(layout->options);
    const uint64_t left = layout_limit(layout) - layout->next;

    return states <= left ||
           build_fail(error,
                      "the region of %llu KiB has %llu KiB left and the page states of the guest's "
                      "memory need %llu KiB; give a larger --size",
                      (unsigned long long)(layout->options->size >> 10),
                      (unsigned long long)(left >> 10), (unsigned long long)(states >> 10));
}

bool layout_make(struct layout *layout, struct build_error *error)
{
    layout->next = layout->options->base;
    layout->block = (struct boot_block){0};
    if (!image_make(&layout->image, layout->options->base, layout->options->size, error))
        return false;
    if (!guest_make(&layout->guest, layout->options, &layout->block.guest, error))
        return false;
    if (!take_first_pages(layout, error) || !take_kernel(layout, error) ||
        !take_root(layout, error) || !take_archive(layout, error) || !map_all(layout, error) ||
        !check_states(layout, error))
        return false;
    boot_fill(layout);
    return true;
}

void layout_free(struct layout *layout)
{
    image_free(&layout->image);
    guest_free(&layout->guest);
}
