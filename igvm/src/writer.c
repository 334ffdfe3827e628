/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing a file: headers and data grow in two rooms, igvm_finish joins them.
 *
 * Where data starts in the file is known only at the end, so until then a header's file_offset
 * holds the data's place in its room plus one, and zero for none; igvm_finish makes it absolute.
 */
#include "igvm/writer.h"

#include "bytes.h"
#include "crc32.h"

static bool writer_fail(struct igvm_writer *writer, enum igvm_code code, const char *rule)
{
    if (writer->error.code == IGVM_OK) {
        writer->error = (struct igvm_error){code, (uint32_t)writer->headers_used, rule};
    }
    return false;
}

void igvm_writer_start(struct igvm_writer *writer, const struct igvm_writer_memory *memory)
{
    memset(writer, 0, sizeof(*writer));
    writer->memory = *memory;
    writer->architecture = IGVM_X64;
    if (memory->slot_count != 0) {
        memset(memory->slots, 0, memory->slot_count * sizeof(memory->slots[0]));
    }
    if ((memory->slot_count & (memory->slot_count - 1)) != 0) {
        writer_fail(writer, IGVM_NO_SPACE, "the number of slots must be a power of two");
    }
}

/* How long the data of a header is in the file. */
static uint64_t stored_size(const struct igvm_kind *kind, const void *body, size_t size)
{
    struct igvm_parameter_area area;

    switch (kind->type) {
    case IGVM_CORIM_DOCUMENT:
    case IGVM_CORIM_SIGNATURE:
        return size;
    case IGVM_PARAMETER_AREA:
        memcpy(&area, body, sizeof(area));
        return area.size;
    case IGVM_VP_CONTEXT:
        return size > IGVM_PAGE_SIZE ? size : IGVM_PAGE_SIZE;
    default:
        return IGVM_PAGE_SIZE;
    }
}

/* The place of a page equal to the one at "candidate", which is remembered if it is the first. */
static uint32_t find_page(struct igvm_writer *writer, uint32_t candidate)
{
    const struct igvm_writer_memory *memory = &writer->memory;
    const uint8_t *page = memory->data + candidate;
    size_t slot = igvm_crc32(0, page, IGVM_PAGE_SIZE) & (memory->slot_count - 1);

    while (memory->slots[slot] != 0) {
        uint32_t place = memory->slots[slot] - 1;

        if (memcmp(memory->data + place, page, IGVM_PAGE_SIZE) == 0) {
            return place;
        }
        slot = (slot + 1) & (memory->slot_count - 1);
    }
    if (writer->slots_used < memory->slot_count / 2) {
        memory->slots[slot] = candidate + 1;
        writer->slots_used++;
    }
    return candidate;
}

/* Appends a blob, or finds it; "size" is at least the blob's. */
static bool store_data(struct igvm_writer *writer, struct igvm_blob data, uint64_t size,
                       uint32_t *place)
{
    uint8_t *end = writer->memory.data + writer->data_used;

    if (data.size > size) {
        return writer_fail(writer, IGVM_BAD_DATA, "the data is larger than the header allows");
    }
    if (size > writer->memory.data_size - writer->data_used ||
        size >= UINT32_MAX - writer->data_used) {
        return writer_fail(writer, IGVM_NO_SPACE, "no room for the data");
    }
    memcpy(end, data.bytes, data.size);
    memset(end + data.size, 0, (size_t)size - data.size);
    *place = (uint32_t)writer->data_used;
    if (size == IGVM_PAGE_SIZE && writer->memory.slot_count >= 2) {
        *place = find_page(writer, *place);
    }
    if (*place == writer->data_used) {
        writer->data_used += (size_t)size;
    }
    return true;
}

bool igvm_add_data(struct igvm_writer *writer, enum igvm_type type, const void *body,
                   struct igvm_blob data)
{
    const struct igvm_kind *kind = igvm_kind(type);
    uint8_t *at = writer->memory.headers + writer->headers_used;
    size_t padded;
    uint32_t place;

    if (writer->error.code != IGVM_OK) {
        return false;
    }
    if (kind == NULL || (data.size != 0 && kind->file_offset_at == IGVM_NO_FIELD)) {
        return writer_fail(writer, IGVM_BAD_HEADER, "unknown header type, or one without data");
    }
    padded = sizeof(struct igvm_prefix) + (size_t)round_up_8(kind->length);
    if (padded > writer->memory.headers_size - writer->headers_used) {
        return writer_fail(writer, IGVM_NO_SPACE, "no room for the header");
    }
    memset(at, 0, padded);
    store_u32(at, kind->type);
    store_u32(at + sizeof(uint32_t), kind->length);
    at += sizeof(struct igvm_prefix);
    memcpy(at, body, kind->length);
    if (kind->file_offset_at != IGVM_NO_FIELD) {
        store_u32(at + kind->file_offset_at, 0);
    }
    if (data.size != 0) {
        if (!store_data(writer, data, stored_size(kind, body, data.size), &place)) {
            return false;
        }
        store_u32(at + kind->file_offset_at, place + 1);
    }
    writer->headers_used += padded;
    return true;
}

bool igvm_add(struct igvm_writer *writer, enum igvm_type type, const void *body)
{
    return igvm_add_data(writer, type, body, (struct igvm_blob){NULL, 0});
}

size_t igvm_writer_size(const struct igvm_writer *writer)
{
    return IGVM_FIXED_V2_SIZE + writer->headers_used + writer->data_used;
}

static void make_offsets_absolute(uint8_t *headers, size_t size)
{
    size_t at = 0;

    while (at < size) {
        const struct igvm_kind *kind = igvm_kind(load_u32(headers + at));
        uint8_t *body = headers + at + sizeof(struct igvm_prefix);
        uint32_t place = 0;

        if (kind->file_offset_at != IGVM_NO_FIELD) {
            place = load_u32(body + kind->file_offset_at);
        }
        if (place != 0) {
            store_u32(body + kind->file_offset_at, place - 1 + IGVM_FIXED_V2_SIZE + (uint32_t)size);
        }
        at += sizeof(struct igvm_prefix) + (size_t)round_up_8(kind->length);
    }
}

static bool check_finish(struct igvm_writer *writer, size_t size)
{
    if (writer->error.code != IGVM_OK) {
        return false;
    }
    if (writer->data_used == 0) {
        return writer_fail(writer, IGVM_BAD_DATA, "no reader takes a file without data");
    }
    if (igvm_writer_size(writer) > size || igvm_writer_size(writer) > UINT32_MAX) {
        return writer_fail(writer, IGVM_NO_SPACE, "no room for the file");
    }
    return true;
}

bool igvm_finish(struct igvm_writer *writer, void *out, size_t size, struct igvm_error *error)
{
    uint8_t *bytes = out;
    bool good = check_finish(writer, size);
    struct igvm_fixed fixed = {
        .magic = IGVM_MAGIC,
        .format_version = 2,
        .variable_header_offset = IGVM_FIXED_V2_SIZE,
        .variable_header_size = (uint32_t)writer->headers_used,
        .total_file_size = (uint32_t)igvm_writer_size(writer),
        .architecture = writer->architecture,
        .page_size = IGVM_PAGE_SIZE,
    };

    if (good) {
        uint8_t *headers = bytes + IGVM_FIXED_V2_SIZE;

        memcpy(headers, writer->memory.headers, writer->headers_used);
        make_offsets_absolute(headers, writer->headers_used);
        memcpy(headers + writer->headers_used, writer->memory.data, writer->data_used);
        fixed.checksum = igvm_checksum(bytes, &fixed);
        memcpy(bytes, &fixed, sizeof(fixed));
    }
    if (error != NULL) {
        *error = writer->error;
    }
    return good;
}
