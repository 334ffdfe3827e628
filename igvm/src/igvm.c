/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening a file and walking its headers.
 *
 * igvm_open and igvm_next share decode_header, so that what has been checked and what is handed
 * out are the same thing. All sums of sizes are made in 64 bits of values below 2^32, except an
 * area's size, which checks.c bounds before anything is added to it.
 */
#include "igvm/igvm.h"

#include "bytes.h"
#include "checks.h"
#include "crc32.h"

#define PREFIX_SIZE     ((uint32_t)sizeof(struct igvm_prefix))
#define FIXED_AT(field) ((uint32_t)offsetof(struct igvm_fixed, field))

static uint32_t fixed_size(uint32_t version)
{
    return version == 1 ? IGVM_FIXED_V1_SIZE : IGVM_FIXED_V2_SIZE;
}

uint32_t igvm_checksum(const uint8_t *bytes, const struct igvm_fixed *fixed)
{
    struct igvm_fixed blank;
    uint32_t size = fixed_size(fixed->format_version);
    uint32_t crc;

    memcpy(&blank, fixed, sizeof(blank));
    blank.checksum = 0;
    crc = igvm_crc32(0, &blank, size);
    return igvm_crc32(crc, bytes + fixed->variable_header_offset, fixed->variable_header_size);
}

static bool check_fixed_version(struct igvm_opening *opening, const struct igvm_fixed *fixed)
{
    if (fixed->magic != IGVM_MAGIC) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(magic),
                           "the file must begin with \"IGVM\"");
    }
    if (fixed->format_version != 1 && fixed->format_version != 2) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(format_version),
                           "the format version must be 1 or 2");
    }
    if (opening->file->size < fixed_size(fixed->format_version)) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, 0, "the fixed header is cut off");
    }
    if (fixed->format_version == 1) {
        return true;
    }
    if (fixed->architecture > IGVM_AARCH64) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(architecture),
                           "unknown architecture");
    }
    if (fixed->page_size != IGVM_PAGE_SIZE) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(page_size),
                           "the page size must be 4096");
    }
    return true;
}

static bool check_fixed_sizes(struct igvm_opening *opening, const struct igvm_fixed *fixed)
{
    uint64_t end = (uint64_t)fixed->variable_header_offset + fixed->variable_header_size;

    if (fixed->total_file_size != opening->file->size) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(total_file_size),
                           "the total file size must be the file's length");
    }
    if (fixed->variable_header_offset < fixed_size(fixed->format_version) ||
        fixed->variable_header_offset % 8 != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(variable_header_offset),
                           "variable headers must start behind the fixed one, 8-aligned");
    }
    if (fixed->variable_header_size % 8 != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(variable_header_size),
                           "the variable headers' size must be a multiple of 8");
    }
    if (end >= opening->file->size) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(variable_header_size),
                           "variable headers must end before the file does, with data behind");
    }
    return true;
}

static bool check_fixed(struct igvm_opening *opening)
{
    struct igvm_file *file = opening->file;
    struct igvm_fixed fixed = {0};

    if (file->size < IGVM_FIXED_V1_SIZE) {
        return igvm_refuse(opening, IGVM_BAD_FIXED_HEADER, 0, "the fixed header is cut off");
    }
    memcpy(&fixed, file->bytes, file->size < sizeof(fixed) ? file->size : sizeof(fixed));
    if (!check_fixed_version(opening, &fixed) || !check_fixed_sizes(opening, &fixed)) {
        return false;
    }
    if (fixed.checksum != igvm_checksum(file->bytes, &fixed)) {
        return igvm_refuse(opening, IGVM_BAD_CHECKSUM, FIXED_AT(checksum),
                           "the CRC-32 of the headers must match");
    }
    file->version = fixed.format_version;
    file->architecture = fixed.format_version == 1 ? IGVM_X64 : fixed.architecture;
    file->headers_begin = fixed.variable_header_offset;
    file->headers_end = fixed.variable_header_offset + fixed.variable_header_size;
    return true;
}

/* How much data a header with this file offset has; 0 if a VSM context's count is cut off. */
static uint64_t data_size(const struct igvm_file *file, const struct igvm_header *header,
                          uint32_t file_offset)
{
    uint64_t size = IGVM_PAGE_SIZE;

    if (header->type == IGVM_PARAMETER_AREA) {
        size = header->body.area->size;
    } else if (header->type == IGVM_CORIM_DOCUMENT || header->type == IGVM_CORIM_SIGNATURE) {
        size = header->body.corim->size;
    } else if (header->type == IGVM_VP_CONTEXT && header->mask != 0 &&
               header->mask == file->masks[IGVM_VSM_ISOLATION]) {
        if (file_offset > file->size || file->size - file_offset < sizeof(uint32_t)) {
            return 0;
        }
        size = sizeof(uint32_t) + 32 * (uint64_t)load_u32(file->bytes + file_offset);
    }
    return size;
}

/* Sets the header's data; false if it does not lie in the file's data. */
static bool find_data(const struct igvm_file *file, struct igvm_header *header)
{
    uint32_t file_offset;
    uint64_t size;

    header->data = NULL;
    header->data_size = 0;
    if (header->kind->file_offset_at == IGVM_NO_FIELD) {
        return true;
    }
    file_offset = load_u32(header->body.bytes + header->kind->file_offset_at);
    if (file_offset == 0) {
        return true;
    }
    size = data_size(file, header, file_offset);
    if (file_offset < file->headers_end || file_offset > file->size || size == 0 ||
        size > file->size - file_offset) {
        return false;
    }
    header->data = file->bytes + file_offset;
    header->data_size = (uint32_t)size;
    return true;
}

/* The header at "at", which must be below headers_end; its kind is NULL if it is not one. */
static void decode_header(const struct igvm_file *file, uint32_t at, struct igvm_header *header)
{
    const uint8_t *bytes = file->bytes + at;
    uint32_t room = file->headers_end - at;

    *header = (struct igvm_header){.offset = at, .mask = IGVM_MASK_ALL};
    header->type = load_u32(bytes);
    header->length = load_u32(bytes + sizeof(uint32_t));
    header->body.bytes = bytes + PREFIX_SIZE;
    header->kind = igvm_kind(header->type);
    if (header->kind == NULL) {
        return;
    }
    if (header->length != header->kind->length || round_up_8(header->length) > room - PREFIX_SIZE) {
        header->kind = NULL;
        return;
    }
    if (header->kind->mask_at != IGVM_NO_FIELD) {
        header->mask = load_u32(header->body.bytes + header->kind->mask_at);
    }
}

static uint32_t header_end(const struct igvm_header *header)
{
    return header->offset + PREFIX_SIZE + (uint32_t)round_up_8(header->length);
}

/* Says why a header has no kind. */
static bool refuse_header(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_kind *kind = igvm_kind(header->type);

    if (kind == NULL) {
        return igvm_refuse(opening, IGVM_BAD_HEADER, header->offset, "unknown header type");
    }
    if (header->length != kind->length) {
        return igvm_refuse(opening, IGVM_BAD_HEADER, header->offset + (uint32_t)sizeof(uint32_t),
                           "the length must be that of the header's type");
    }
    return igvm_refuse(opening, IGVM_BAD_HEADER, header->offset, "the header is cut off");
}

static bool check_headers(struct igvm_opening *opening)
{
    struct igvm_file *file = opening->file;
    struct igvm_header header;
    unsigned section = IGVM_SECTION_PLATFORM;

    for (uint32_t at = file->headers_begin; at < file->headers_end; at = header_end(&header)) {
        decode_header(file, at, &header);
        if (header.kind == NULL) {
            return refuse_header(opening, &header);
        }
        if (header.kind->section < section) {
            return igvm_refuse(opening, IGVM_BAD_ORDER, at,
                               "platforms come first, then initialization, then directives");
        }
        section = header.kind->section;
        if (!find_data(file, &header)) {
            return igvm_refuse(opening, IGVM_BAD_DATA,
                               at + PREFIX_SIZE + header.kind->file_offset_at,
                               "the data must lie behind the headers and inside the file");
        }
        if (!igvm_check_header(opening, &header)) {
            return false;
        }
    }
    if (opening->all_masks == 0) {
        return igvm_refuse(opening, IGVM_BAD_PLATFORM, file->headers_begin,
                           "the file must support a platform");
    }
    return true;
}

bool igvm_open(struct igvm_file *file, const void *bytes, size_t size, struct igvm_error *error)
{
    struct igvm_opening opening;
    bool good;

    memset(&opening, 0, sizeof(opening));
    memset(file, 0, sizeof(*file));
    opening.file = file;
    file->bytes = bytes;
    file->size = size <= UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    if (size > UINT32_MAX) {
        good = igvm_refuse(&opening, IGVM_BAD_FIXED_HEADER, FIXED_AT(total_file_size),
                           "a file is smaller than 4 GiB");
    } else {
        good = check_fixed(&opening) && check_headers(&opening);
    }
    if (!good) {
        memset(file, 0, sizeof(*file));
    }
    if (error != NULL) {
        *error = opening.error;
    }
    return good;
}

void igvm_rewind(const struct igvm_file *file, struct igvm_header *header)
{
    *header = (struct igvm_header){.offset = file->headers_begin};
}

bool igvm_next(const struct igvm_file *file, struct igvm_header *header)
{
    uint32_t at = header->kind == NULL ? header->offset : header_end(header);

    if (at >= file->headers_end) {
        return false;
    }
    decode_header(file, at, header);
    return header->kind != NULL && find_data(file, header);
}

uint32_t igvm_platform_mask(const struct igvm_file *file, enum igvm_platform_type type)
{
    return (unsigned)type < IGVM_PLATFORM_TYPES ? file->masks[type] : 0;
}

bool igvm_find_area(const struct igvm_file *file, uint32_t index, struct igvm_header *area)
{
    for (uint32_t i = 0; i < file->area_count; i++) {
        decode_header(file, file->areas[i], area);
        if (area->body.area->index == index) {
            return find_data(file, area);
        }
    }
    return false;
}

uint64_t igvm_parameter_room(const struct igvm_file *file, const struct igvm_header *usage)
{
    struct igvm_header area;
    const struct igvm_parameter *parameter = usage->body.parameter;

    if (!igvm_find_area(file, parameter->area, &area) ||
        parameter->offset >= area.body.area->size) {
        return 0;
    }
    return area.body.area->size - parameter->offset;
}
