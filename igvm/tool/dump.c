/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers in words, a line each and continuation lines for what is long, and as JSON, an object
 * each. Both walk the same tables of fields, so neither can know more than the other.
 */
#include "dump.h"

#include "fields.h"
#include "json.h"

#include <string.h>

static void print_mask(const struct igvm_file *file, uint64_t mask, FILE *out)
{
    fprintf(out, "0x%llx (", (unsigned long long)mask);
    for (unsigned type = 0, any = 0; type < IGVM_PLATFORM_TYPES; type++) {
        if ((file->masks[type] & mask) != 0) {
            fprintf(out, "%s%s", any++ != 0 ? " " : "", platform_name(type));
        }
    }
    fprintf(out, ")");
}

static void print_page_flags(uint64_t flags, FILE *out)
{
    static const char *const names[] = {"2mb", "unmeasured", "shared"};

    fprintf(out, "%s", flags == 0 ? "none" : "");
    for (unsigned bit = 0, any = 0; bit < sizeof(names) / sizeof(names[0]); bit++) {
        if ((flags >> bit & 1) != 0) {
            fprintf(out, "%s%s", any++ != 0 ? "+" : "", names[bit]);
        }
    }
}

static void print_field(const struct igvm_file *file, const struct field *field,
                        const uint8_t *body, FILE *out)
{
    uint64_t value = field_value(field, body);

    fprintf(out, "%s ", field->name);
    switch (field->format) {
    case FIELD_MASK:
        print_mask(file, value, out);
        break;
    case FIELD_PAGE_FLAGS:
        print_page_flags(value, out);
        break;
    case FIELD_PLATFORM:
        fprintf(out, "%s", platform_name(value));
        break;
    case FIELD_DATA_TYPE:
        fprintf(out, "%s", data_type_name(value));
        break;
    case FIELD_DECIMAL:
        fprintf(out, "%llu", (unsigned long long)value);
        break;
    case FIELD_HEX:
        fprintf(out, "0x%llx", (unsigned long long)value);
        break;
    case FIELD_BYTES:
        for (unsigned i = 0; i < field->size; i++) {
            fprintf(out, "%02x", body[field->offset + i]);
        }
        break;
    }
}

static void print_registers(const struct igvm_file *file, const struct igvm_header *header,
                            FILE *out)
{
    struct field_list list = fields_of_context(file, header);
    unsigned printed = 0;

    for (size_t i = 0; i < list.count; i++) {
        if (field_value(&list.fields[i], header->data) != 0) {
            fprintf(out, printed++ % 4 == 0 ? "\n             " : ", ");
            print_field(file, &list.fields[i], header->data, out);
        }
    }
}

static void print_header(const struct igvm_file *file, const struct igvm_header *header, FILE *out)
{
    struct field_list list = fields_of_header(header->kind);

    fprintf(out, "0x%08x %s: ", header->offset, header->kind->name);
    for (size_t i = 0; i < list.count; i++) {
        const struct field *field = &list.fields[i];

        if (field->format == FIELD_BYTES) {
            fprintf(out, "\n             ");
        } else if (i != 0) {
            fprintf(out, ", ");
        }
        print_field(file, field, header->body.bytes, out);
    }
    print_registers(file, header, out);
    fprintf(out, "\n");
}

static const char *architecture_name(const struct igvm_file *file)
{
    return file->architecture == IGVM_X64 ? "x64" : "AArch64";
}

static uint32_t stored_checksum(const struct igvm_file *file)
{
    struct igvm_fixed fixed;

    memcpy(&fixed, file->bytes, IGVM_FIXED_V1_SIZE);
    return fixed.checksum;
}

void dump_words(const struct igvm_file *file, FILE *out)
{
    struct igvm_header header;

    fprintf(out, "IGVM file: version %u, %s, %u bytes, checksum 0x%08x\n", file->version,
            architecture_name(file), file->size, stored_checksum(file));
    fprintf(out, "headers 0x%x to 0x%x, data 0x%x to 0x%x\n\n", file->headers_begin,
            file->headers_end, file->headers_end, file->size);
    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        print_header(file, &header, out);
    }
}

static void json_field(struct json *json, const struct field *field, const uint8_t *body)
{
    uint64_t value = field_value(field, body);

    if (field->format == FIELD_BYTES) {
        json_hex(json, field->name, body + field->offset, field->size);
    } else if (field->format == FIELD_PLATFORM) {
        json_string(json, field->name, platform_name(value));
    } else if (field->format == FIELD_DATA_TYPE) {
        json_string(json, field->name, data_type_name(value));
    } else {
        json_number(json, field->name, value);
    }
}

static void json_header(struct json *json, const struct igvm_file *file,
                        const struct igvm_header *header)
{
    struct field_list list = fields_of_header(header->kind);
    struct field_list registers = fields_of_context(file, header);

    json_open(json, NULL, '{');
    json_string(json, "header", header->kind->name);
    json_number(json, "at", header->offset);
    for (size_t i = 0; i < list.count; i++) {
        json_field(json, &list.fields[i], header->body.bytes);
    }
    if (header->data != NULL) {
        json_number(json, "data_size", header->data_size);
    }
    if (registers.count != 0) {
        json_open(json, "registers", '{');
        for (size_t i = 0; i < registers.count; i++) {
            json_field(json, &registers.fields[i], header->data);
        }
        json_close(json, '}');
    }
    json_close(json, '}');
}

void dump_json(const struct igvm_file *file, FILE *out)
{
    struct json json;
    struct igvm_header header;

    json_start(&json, out);
    json_open(&json, NULL, '{');
    json_number(&json, "version", file->version);
    json_string(&json, "architecture", architecture_name(file));
    json_number(&json, "size", file->size);
    json_number(&json, "checksum", stored_checksum(file));
    json_number(&json, "headers_begin", file->headers_begin);
    json_number(&json, "data_begin", file->headers_end);
    json_open(&json, "headers", '[');
    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        json_header(&json, file, &header);
    }
    json_close(&json, ']');
    json_close(&json, '}');
}
