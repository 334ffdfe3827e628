/* SPDX-License-Identifier: BSD-2-Clause */
/* The format's own numbers, and one check after the other; see image.h. */
#include "image.h"

#include <stdbool.h>
#include <stddef.h>

struct file_header {
    uint8_t magic[4];
    uint8_t class, order, version, abi;
    uint8_t padding[8];
    uint16_t type, machine;
    uint32_t version2;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t size, program_header_size, program_header_count;
    uint16_t section_header_size, section_header_count, names;
};

struct program_header {
    uint32_t kind, flags;
    uint64_t offset, va, pa, file_size, memory_size, alignment;
};

_Static_assert(sizeof(struct file_header) == 64, "fixed by the format");
_Static_assert(sizeof(struct program_header) == 56, "fixed by the format");

#define CLASS_64       2u
#define ORDER_LITTLE   1u
#define VERSION        1u
#define TYPE_FIXED     2u
#define MACHINE_X86_64 62u
#define HEADERS_MAX    32u

enum kind {
    KIND_NULL = 0,
    KIND_LOAD = 1,
    KIND_DYNAMIC = 2,
    KIND_INTERPRETER = 3,
    KIND_NOTE = 4,
    KIND_HEADERS = 6,
    KIND_STACK = 0x6474e551,
    KIND_RELRO = 0x6474e552,
    KIND_PROPERTY = 0x6474e553,
};

struct reader {
    const uint8_t *file;
    uint64_t size;
    struct image *image;
};

static bool read(const struct reader *r, uint64_t offset, void *to, uint64_t size)
{
    uint8_t *bytes = to;

    if (offset > r->size || size > r->size - offset)
        return false;
    for (uint64_t i = 0; i < size; i++)
        bytes[i] = r->file[offset + i];
    return true;
}

static enum image_error check_header(const struct file_header *h)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};

    for (unsigned i = 0; i < sizeof(magic); i++)
        if (h->magic[i] != magic[i])
            return IMAGE_NOT_ELF;
    if (h->class != CLASS_64 || h->order != ORDER_LITTLE || h->version != VERSION ||
        h->version2 != VERSION || h->machine != MACHINE_X86_64)
        return IMAGE_NOT_ELF;
    if (h->type != TYPE_FIXED)
        return IMAGE_NOT_STATIC;
    if (h->size != sizeof(*h) || h->program_header_size != sizeof(struct program_header) ||
        h->program_header_count == 0 || h->program_header_count > HEADERS_MAX)
        return IMAGE_HEADERS;
    return IMAGE_OK;
}

static enum image_error check_rights(uint32_t flags)
{
    if ((flags & ~(uint32_t)(IMAGE_READ | IMAGE_WRITE | IMAGE_EXECUTE)) != 0 ||
        (flags & IMAGE_READ) == 0 ||
        (flags & (IMAGE_WRITE | IMAGE_EXECUTE)) == (IMAGE_WRITE | IMAGE_EXECUTE))
        return IMAGE_RIGHTS;
    return IMAGE_OK;
}

static enum image_error check_ranges(const struct reader *r, const struct program_header *p)
{
    if (p->file_size > p->memory_size || p->offset > r->size || p->file_size > r->size - p->offset)
        return IMAGE_FILE_RANGE;
    if (p->va < IMAGE_VA_FIRST || p->va >= IMAGE_VA_END || p->memory_size > IMAGE_VA_END - p->va ||
        p->memory_size > IMAGE_PAGES_MAX * IMAGE_PAGE)
        return IMAGE_MEMORY_RANGE;
    if (p->va % IMAGE_PAGE != p->offset % IMAGE_PAGE)
        return IMAGE_OFFSET;
    if ((p->flags & IMAGE_WRITE) == 0 && p->file_size != p->memory_size)
        return IMAGE_TAIL;
    return IMAGE_OK;
}

/* Behind the last one, in pages of its own. */
static enum image_error check_place(const struct image *image, uint64_t va)
{
    const struct image_segment *last;

    if (image->count == IMAGE_SEGMENTS)
        return IMAGE_COUNT;
    if (image->count == 0)
        return IMAGE_OK;
    last = &image->segments[image->count - 1];
    if (va < image_segment_start(last) + image_segment_pages(last) * IMAGE_PAGE)
        return IMAGE_ORDER;
    return IMAGE_OK;
}

static enum image_error add_segment(struct reader *r, const struct program_header *p)
{
    enum image_error error;

    if (p->memory_size == 0)
        return p->file_size == 0 ? IMAGE_OK : IMAGE_FILE_RANGE;
    error = check_rights(p->flags);
    if (error == IMAGE_OK)
        error = check_ranges(r, p);
    if (error == IMAGE_OK)
        error = check_place(r->image, p->va);
    if (error != IMAGE_OK)
        return error;
    r->image->segments[r->image->count++] = (struct image_segment){
        .va = p->va,
        .size = p->memory_size,
        .offset = p->offset,
        .filled = p->file_size,
        .rights = p->flags,
    };
    return IMAGE_OK;
}

static enum image_error take_header(struct reader *r, const struct program_header *p)
{
    switch (p->kind) {
    case KIND_LOAD:
        return add_segment(r, p);
    case KIND_STACK:
        return (p->flags & IMAGE_EXECUTE) != 0 ? IMAGE_RIGHTS : IMAGE_OK;
    case KIND_DYNAMIC:
    case KIND_INTERPRETER:
        return IMAGE_NOT_STATIC;
    case KIND_NULL:
    case KIND_NOTE:
    case KIND_HEADERS:
    case KIND_RELRO:
    case KIND_PROPERTY:
        return IMAGE_OK;
    default:
        return IMAGE_KIND;
    }
}

static enum image_error check_entry(const struct image *image)
{
    if (image->count == 0)
        return IMAGE_COUNT;
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *s = &image->segments[i];

        if ((s->rights & IMAGE_EXECUTE) != 0 && image->entry >= s->va &&
            image->entry - s->va < s->size)
            return IMAGE_OK;
    }
    return IMAGE_ENTRY;
}

enum image_error image_read(const void *file, uint64_t size, struct image *image)
{
    struct reader r = {file, size, image};
    struct file_header header;
    enum image_error error;

    image->count = 0;
    if (!read(&r, 0, &header, sizeof(header)))
        return IMAGE_SHORT;
    image->entry = header.entry;
    error = check_header(&header);
    for (uint64_t i = 0; error == IMAGE_OK && i < header.program_header_count; i++) {
        struct program_header p;

        if (header.program_headers > size ||
            !read(&r, header.program_headers + i * sizeof(p), &p, sizeof(p)))
            return IMAGE_SHORT;
        error = take_header(&r, &p);
    }
    return error == IMAGE_OK ? check_entry(image) : error;
}

const char *image_error_text(enum image_error error)
{
    static const char *const texts[IMAGE_ERRORS] = {
        [IMAGE_OK] = "in order",
        [IMAGE_SHORT] = "the file is too short",
        [IMAGE_NOT_ELF] = "not a 64-bit x86 ELF file",
        [IMAGE_NOT_STATIC] = "not linked statically at fixed addresses",
        [IMAGE_HEADERS] = "impossible headers",
        [IMAGE_KIND] = "an unknown program header",
        [IMAGE_RIGHTS] = "not readable, or writable and executable",
        [IMAGE_FILE_RANGE] = "a segment is not in the file",
        [IMAGE_MEMORY_RANGE] = "a segment is not where images may be",
        [IMAGE_OFFSET] = "address and offset differ within the page",
        [IMAGE_ORDER] = "segments share a page or do not ascend",
        [IMAGE_COUNT] = "no segment, or too many",
        [IMAGE_TAIL] = "a read-only segment has memory without file bytes",
        [IMAGE_ENTRY] = "the entry is not in executable memory",
    };

    return error < IMAGE_ERRORS ? texts[error] : "unknown error";
}
