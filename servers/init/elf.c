/* SPDX-License-Identifier: BSD-2-Clause */
/* The format's own numbers, and one check after the other; see elf.h. */
#include "elf.h"

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
    struct elf_image *image;
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

static enum elf_error check_header(const struct file_header *h)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};

    for (unsigned i = 0; i < sizeof(magic); i++)
        if (h->magic[i] != magic[i])
            return ELF_NOT_ELF;
    if (h->class != CLASS_64 || h->order != ORDER_LITTLE || h->version != VERSION ||
        h->version2 != VERSION || h->machine != MACHINE_X86_64)
        return ELF_NOT_ELF;
    if (h->type != TYPE_FIXED)
        return ELF_NOT_STATIC;
    if (h->size != sizeof(*h) || h->program_header_size != sizeof(struct program_header) ||
        h->program_header_count == 0 || h->program_header_count > HEADERS_MAX)
        return ELF_HEADERS;
    return ELF_OK;
}

static enum elf_error check_rights(uint32_t flags)
{
    if ((flags & ~(uint32_t)(ELF_READ | ELF_WRITE | ELF_EXECUTE)) != 0 || (flags & ELF_READ) == 0 ||
        (flags & (ELF_WRITE | ELF_EXECUTE)) == (ELF_WRITE | ELF_EXECUTE))
        return ELF_RIGHTS;
    return ELF_OK;
}

static enum elf_error check_ranges(const struct reader *r, const struct program_header *p)
{
    if (p->file_size > p->memory_size || p->offset > r->size || p->file_size > r->size - p->offset)
        return ELF_FILE_RANGE;
    if (p->va < ELF_VA_FIRST || p->va >= ELF_VA_END || p->memory_size > ELF_VA_END - p->va ||
        p->memory_size > ELF_PAGES_MAX * ELF_PAGE)
        return ELF_MEMORY_RANGE;
    if (p->va % ELF_PAGE != p->offset % ELF_PAGE)
        return ELF_OFFSET;
    if ((p->flags & ELF_WRITE) == 0 && p->file_size != p->memory_size)
        return ELF_TAIL;
    return ELF_OK;
}

/* Behind the last one, in pages of its own. */
static enum elf_error check_place(const struct elf_image *image, uint64_t va)
{
    const struct elf_segment *last;

    if (image->count == ELF_SEGMENTS)
        return ELF_COUNT;
    if (image->count == 0)
        return ELF_OK;
    last = &image->segments[image->count - 1];
    if (va < elf_segment_start(last) + elf_segment_pages(last) * ELF_PAGE)
        return ELF_ORDER;
    return ELF_OK;
}

static enum elf_error add_segment(struct reader *r, const struct program_header *p)
{
    enum elf_error error;

    if (p->memory_size == 0)
        return p->file_size == 0 ? ELF_OK : ELF_FILE_RANGE;
    error = check_rights(p->flags);
    if (error == ELF_OK)
        error = check_ranges(r, p);
    if (error == ELF_OK)
        error = check_place(r->image, p->va);
    if (error != ELF_OK)
        return error;
    r->image->segments[r->image->count++] = (struct elf_segment){
        .va = p->va,
        .size = p->memory_size,
        .offset = p->offset,
        .filled = p->file_size,
        .rights = p->flags,
    };
    return ELF_OK;
}

static enum elf_error take_header(struct reader *r, const struct program_header *p)
{
    switch (p->kind) {
    case KIND_LOAD:
        return add_segment(r, p);
    case KIND_STACK:
        return (p->flags & ELF_EXECUTE) != 0 ? ELF_RIGHTS : ELF_OK;
    case KIND_DYNAMIC:
    case KIND_INTERPRETER:
        return ELF_NOT_STATIC;
    case KIND_NULL:
    case KIND_NOTE:
    case KIND_HEADERS:
    case KIND_RELRO:
    case KIND_PROPERTY:
        return ELF_OK;
    default:
        return ELF_KIND;
    }
}

static enum elf_error check_entry(const struct elf_image *image)
{
    if (image->count == 0)
        return ELF_COUNT;
    for (unsigned i = 0; i < image->count; i++) {
        const struct elf_segment *s = &image->segments[i];

        if ((s->rights & ELF_EXECUTE) != 0 && image->entry >= s->va &&
            image->entry - s->va < s->size)
            return ELF_OK;
    }
    return ELF_ENTRY;
}

enum elf_error elf_read(const void *file, uint64_t size, struct elf_image *image)
{
    struct reader r = {file, size, image};
    struct file_header header;
    enum elf_error error;

    image->count = 0;
    if (!read(&r, 0, &header, sizeof(header)))
        return ELF_SHORT;
    image->entry = header.entry;
    error = check_header(&header);
    for (uint64_t i = 0; error == ELF_OK && i < header.program_header_count; i++) {
        struct program_header p;

        if (header.program_headers > size ||
            !read(&r, header.program_headers + i * sizeof(p), &p, sizeof(p)))
            return ELF_SHORT;
        error = take_header(&r, &p);
    }
    return error == ELF_OK ? check_entry(image) : error;
}

const char *elf_error_text(enum elf_error error)
{
    static const char *const texts[ELF_ERRORS] = {
        [ELF_OK] = "in order",
        [ELF_SHORT] = "the file is too short",
        [ELF_NOT_ELF] = "not a 64-bit x86 ELF file",
        [ELF_NOT_STATIC] = "not linked statically at fixed addresses",
        [ELF_HEADERS] = "impossible headers",
        [ELF_KIND] = "an unknown program header",
        [ELF_RIGHTS] = "not readable, or writable and executable",
        [ELF_FILE_RANGE] = "a segment is not in the file",
        [ELF_MEMORY_RANGE] = "a segment is not where images may be",
        [ELF_OFFSET] = "address and offset differ within the page",
        [ELF_ORDER] = "segments share a page or do not ascend",
        [ELF_COUNT] = "no segment, or too many",
        [ELF_TAIL] = "a read-only segment has memory without file bytes",
        [ELF_ENTRY] = "the entry is not in executable memory",
    };

    return error < ELF_ERRORS ? texts[error] : "unknown error";
}
