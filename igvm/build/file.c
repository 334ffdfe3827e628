/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns the image into headers through the library's writer. Pages of zeros carry no data; the
 * CPUID and secrets pages are such pages to the native platform.
 */
#include "file.h"

#include "context.h"

#include <igvm/writer.h>
#include <stdlib.h>
#include <string.h>

#define VIDEO_START   UINT64_C(0xa0000) /* what a PC has there is not memory */
#define VIDEO_END     UINT64_C(0xc0000)
#define PAGE_HEADER   32u /* bytes of a page's header with its prefix */
#define OTHER_HEADERS 4096u
#define RANGE_MOST    (UINT64_C(1) << 31) /* of required memory in one header */
#define PARAMETERS    (sizeof(parameters) / sizeof(parameters[0]))

/* Leaves a host that fills the page from the file should fill; others ignore them. */
static const uint32_t cpuid_leaves[][2] = {
    {0x8000001f, 0}, {0x00000000, 0}, {0x00000001, 0}, {0x00000002, 0}, {0x00000004, 0},
    {0x00000004, 1}, {0x00000004, 2}, {0x00000004, 3}, {0x00000005, 0}, {0x00000006, 0},
    {0x00000007, 0}, {0x00000007, 1}, {0x0000000b, 0}, {0x0000000b, 1}, {0x0000000d, 0},
    {0x0000000d, 1}, {0x0000000d, 2}, {0x80000000, 0}, {0x80000001, 0}, {0x80000002, 0},
    {0x80000003, 0}, {0x80000004, 0}, {0x80000005, 0}, {0x80000006, 0}, {0x80000007, 0},
    {0x80000008, 0}, {0x8000000a, 0}, {0x80000019, 0}, {0x8000001a, 0}, {0x8000001d, 0},
    {0x8000001d, 1}, {0x8000001d, 2}, {0x8000001d, 3}, {0x8000001e, 0},
};

#define CPUID_LEAVES (sizeof(cpuid_leaves) / sizeof(cpuid_leaves[0]))
_Static_assert(CPUID_LEAVES <= 64, "the page has room for 64 leaves");

/* Each page of parameters is an area of its own: QEMU writes maps and tables at an area's start. */
static const struct {
    enum igvm_type type;
    uint32_t area;
    uint32_t offset;
} parameters[] = {
    {IGVM_VP_COUNT, 0, offsetof(struct boot_general, vp_count)},
    {IGVM_ENVIRONMENT_INFO, 0, offsetof(struct boot_general, environment)},
    {IGVM_MEMORY_MAP, 1, 0},
    {IGVM_MADT, 2, 0},
    {IGVM_DEVICE_TREE, 3, 0},
};

#define AREAS 4u

static void area_ranges(const struct layout *layout, struct boot_range areas[AREAS])
{
    areas[0] = layout->block.general;
    areas[1] = layout->block.memory_map;
    areas[2] = layout->block.madt;
    areas[3] = layout->block.device_tree;
}

static void add_platforms(struct igvm_writer *writer, const struct layout *layout)
{
    const struct build_options *options = layout->options;
    const struct igvm_platform snp = {
        .mask = BUILD_SNP,
        .highest_vtl = 2,
        .platform_type = IGVM_SEV_SNP,
        .platform_version = 1,
        .shared_gpa_boundary = options->profile->vtom,
    };
    const struct igvm_platform native = {
        .mask = BUILD_NATIVE,
        .platform_type = IGVM_NATIVE,
        .platform_version = 1,
    };
    const struct igvm_policy policy = {.policy = options->policy, .mask = BUILD_SNP};

    if (options->platforms & BUILD_SNP)
        igvm_add(writer, IGVM_SUPPORTED_PLATFORM, &snp);
    if (options->platforms & BUILD_NATIVE)
        igvm_add(writer, IGVM_SUPPORTED_PLATFORM, &native);
    if (options->platforms & BUILD_SNP)
        igvm_add(writer, IGVM_GUEST_POLICY, &policy);
}

static void add_range(struct igvm_writer *writer, uint64_t start, uint64_t end, uint32_t mask)
{
    while (start < end) {
        const uint64_t left = end - start;
        const struct igvm_required_memory memory = {
            .gpa = start,
            .mask = mask,
            .size = (uint32_t)(left < RANGE_MOST ? left : RANGE_MOST),
        };

        igvm_add(writer, IGVM_REQUIRED_MEMORY, &memory);
        start += memory.size;
    }
}

/* The region, and on SNP the guest's memory around it, so that the host has it before the launch.
 */
static void add_memory(struct igvm_writer *writer, const struct layout *layout)
{
    const struct build_options *options = layout->options;
    uint64_t end = layout->block.guest.memory_end; /* 0 without a guest */
    uint64_t below = options->base < end ? options->base : end;

    add_range(writer, options->base, options->base + options->size, options->platforms);
    if ((options->platforms & BUILD_SNP) == 0 || end == 0)
        return;
    add_range(writer, 0, VIDEO_START, BUILD_SNP);
    add_range(writer, VIDEO_END, below, BUILD_SNP);
    add_range(writer, options->base + options->size_max, end, BUILD_SNP);
    add_range(writer, BOOT_HIGH, BOOT_HIGH + layout->block.guest.memory_high, BUILD_SNP);
}

static void add_parameters(struct igvm_writer *writer, const struct layout *layout)
{
    struct boot_range areas[AREAS];

    area_ranges(layout, areas);
    for (uint32_t i = 0; i < AREAS; i++) {
        const struct igvm_parameter_area area = {.size = IMAGE_PAGE, .index = i};

        if (areas[i].size)
            igvm_add(writer, IGVM_PARAMETER_AREA, &area);
    }
    for (size_t i = 0; i < PARAMETERS; i++) {
        const struct igvm_parameter usage = {parameters[i].area, parameters[i].offset};

        if (areas[usage.area].size)
            igvm_add(writer, parameters[i].type, &usage);
    }
    for (uint32_t i = 0; i < AREAS; i++) {
        const struct igvm_parameter_insert insert = {
            .gpa = areas[i].pa,
            .mask = layout->options->platforms,
            .area = i,
        };

        if (areas[i].size)
            igvm_add(writer, IGVM_PARAMETER_INSERT, &insert);
    }
}

static struct igvm_blob cpuid_request(void)
{
    static uint8_t page[IMAGE_PAGE];
    const uint32_t count = CPUID_LEAVES;

    memcpy(page, &count, sizeof(count));
    for (size_t i = 0; i < CPUID_LEAVES; i++)
        memcpy(page + 16 + 48 * i, cpuid_leaves[i], sizeof(cpuid_leaves[i]));
    return (struct igvm_blob){page, sizeof(page)};
}

static bool all_zero(const uint8_t *page)
{
    static const uint8_t zeros[IMAGE_PAGE];

    return memcmp(page, zeros, sizeof(zeros)) == 0;
}

/* The same address twice: what the firmware fills on SNP is a page of zeros elsewhere. */
static void add_special(struct igvm_writer *writer, const struct layout *layout, uint64_t gpa,
                        enum igvm_data_type type)
{
    struct igvm_page_data page = {.gpa = gpa, .mask = BUILD_SNP, .data_type = (uint16_t)type};
    const struct igvm_blob none = {NULL, 0};

    if (layout->options->platforms & BUILD_SNP)
        igvm_add_data(writer, IGVM_PAGE_DATA, &page,
                      type == IGVM_DATA_CPUID ? cpuid_request() : none);
    page.mask = BUILD_NATIVE;
    page.data_type = IGVM_DATA_NORMAL;
    if (layout->options->platforms & BUILD_NATIVE)
        igvm_add(writer, IGVM_PAGE_DATA, &page);
}

static void add_page(struct igvm_writer *writer, const struct layout *layout, uint64_t gpa)
{
    const uint8_t *bytes = image_at(&layout->image, gpa);
    const struct igvm_page_data page = {.gpa = gpa, .mask = layout->options->platforms};

    if (all_zero(bytes))
        igvm_add(writer, IGVM_PAGE_DATA, &page);
    else
        igvm_add_data(writer, IGVM_PAGE_DATA, &page, (struct igvm_blob){bytes, IMAGE_PAGE});
}

static void add_pages(struct igvm_writer *writer, const struct layout *layout)
{
    for (uint64_t gpa = layout->options->base; gpa < layout->next; gpa += IMAGE_PAGE) {
        switch (image_kind(&layout->image, gpa)) {
        case IMAGE_DATA:
        case IMAGE_SEALED:
            add_page(writer, layout, gpa);
            break;
        case IMAGE_CPUID:
            add_special(writer, layout, gpa, IGVM_DATA_CPUID);
            break;
        case IMAGE_SECRETS:
            add_special(writer, layout, gpa, IGVM_DATA_SECRETS);
            break;
        case IMAGE_NONE:
        case IMAGE_PARAMETER:
            break;
        }
    }
}

static void add_guest_page(struct igvm_writer *writer, const struct linux_piece *piece,
                           uint64_t offset)
{
    const struct igvm_page_data page = {.gpa = piece->gpa + offset, .mask = BUILD_SNP};
    uint64_t left = piece->size - offset;

    if (piece->kind == LINUX_DATA)
        igvm_add_data(
            writer, IGVM_PAGE_DATA, &page,
            (struct igvm_blob){piece->bytes + offset, left < IMAGE_PAGE ? left : IMAGE_PAGE});
    else
        igvm_add(writer, IGVM_PAGE_DATA, &page);
}

/* The guest's pieces that lie below the region, or those above it. Its secrets and CPUID pages are
 * zeros: the firmware fills only the SVSM's. */
static void add_guest(struct igvm_writer *writer, const struct layout *layout, bool above)
{
    const struct linux_guest *linux = &layout->guest.linux;

    for (size_t i = 0; i < linux->piece_count; i++) {
        const struct linux_piece *piece = &linux->pieces[i];

        if ((piece->gpa > layout->options->base) != above)
            continue;
        for (uint64_t at = 0; at < piece->size; at += IMAGE_PAGE)
            add_guest_page(writer, piece, at);
    }
}

static void add_contexts(struct igvm_writer *writer, const struct layout *layout)
{
    struct igvm_vp_context header = {.mask = BUILD_NATIVE};
    struct igvm_native_context native;
    struct igvm_vmsa vmsa;

    if (layout->options->platforms & BUILD_NATIVE) {
        context_native(layout, &native);
        igvm_add_data(writer, IGVM_VP_CONTEXT, &header,
                      (struct igvm_blob){&native, sizeof(native)});
    }
    if (layout->options->platforms & BUILD_SNP) {
        context_snp(layout, &vmsa);
        header.mask = BUILD_SNP;
        header.gpa = layout->options->vmsa_gpa;
        igvm_add_data(writer, IGVM_VP_CONTEXT, &header, (struct igvm_blob){&vmsa, sizeof(vmsa)});
    }
}

static void add_all(struct igvm_writer *writer, const struct layout *layout)
{
    add_platforms(writer, layout);
    add_memory(writer, layout);
    add_parameters(writer, layout);
    add_guest(writer, layout, false);
    add_pages(writer, layout);
    add_guest(writer, layout, true);
    add_contexts(writer, layout);
}

static bool finish(struct igvm_writer *writer, struct blob *file, struct build_error *error)
{
    struct igvm_error wrong = {0};
    struct igvm_file check;

    file->size = igvm_writer_size(writer);
    file->bytes = malloc(file->size);
    if (!file->bytes)
        return build_fail(error, "no memory for the file");
    if (igvm_finish(writer, file->bytes, file->size, &wrong) &&
        igvm_open(&check, file->bytes, file->size, &wrong))
        return true;
    blob_free(file);
    return build_fail(error, "the file would be wrong at %#x: %s", wrong.offset, wrong.rule);
}

/* At most so many pages of data. */
static size_t count_pages(const struct layout *layout)
{
    uint64_t size = layout->next - layout->options->base + 4 * IMAGE_PAGE;

    for (size_t i = 0; i < layout->guest.linux.piece_count; i++)
        size += guest_piece_size(&layout->guest.linux.pieces[i]);
    return size / IMAGE_PAGE;
}

bool file_make(struct blob *file, const struct layout *layout, struct build_error *error)
{
    const size_t pages = count_pages(layout);
    struct igvm_writer_memory memory = {
        .headers_size = 2 * pages * PAGE_HEADER + OTHER_HEADERS +
                        layout->block.guest.memory_high / RANGE_MOST * PAGE_HEADER,
        .data_size = pages * IMAGE_PAGE,
        .slot_count = 16,
    };
    struct igvm_writer writer;
    bool good = false;

    while (memory.slot_count < 2 * pages)
        memory.slot_count *= 2;
    memory.headers = malloc(memory.headers_size);
    memory.data = malloc(memory.data_size);
    memory.slots = calloc(memory.slot_count, sizeof(*memory.slots));
    if (memory.headers && memory.data && memory.slots) {
        igvm_writer_start(&writer, &memory);
        add_all(&writer, layout);
        good = finish(&writer, file, error);
    } else {
        build_fail(error, "no memory for the file");
    }
    free(memory.headers);
    free(memory.data);
    free(memory.slots);
    return good;
}
