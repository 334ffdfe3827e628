/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of headers and contexts, by name: what dump prints, in words and as JSON.
 */
#ifndef IGVM_FIELDS_H
#define IGVM_FIELDS_H

#include "igvm/igvm.h"

enum field_format {
    FIELD_HEX,
    FIELD_DECIMAL,
    FIELD_MASK,
    FIELD_PLATFORM,
    FIELD_PAGE_FLAGS,
    FIELD_DATA_TYPE,
    FIELD_BYTES
};

struct field {
    const char *name;
    uint16_t offset;
    uint16_t size;
    enum field_format format;
};

struct field_list {
    const struct field *fields;
    size_t count;
};

/* The fields of a header's body. */
struct field_list fields_of_header(const struct igvm_kind *kind);

/* The fields of a VP context's data; none if the platform's layout has no names here. */
struct field_list fields_of_context(const struct igvm_file *file, const struct igvm_header *header);

/* A field of up to eight bytes. */
uint64_t field_value(const struct field *field, const uint8_t *bytes);

/* NULL if the number has no name. */
const char *platform_name(uint64_t type);
const char *data_type_name(uint64_t type);

#endif
