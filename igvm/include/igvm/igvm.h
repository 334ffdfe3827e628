/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads IGVM files: hostile bytes in, checked headers out.
 *
 * igvm_open checks the whole file once, by the rules of the format's reference reader plus a bound
 * on parameter areas; after that igvm_next cannot fail, and every body and data span it hands out
 * lies inside the buffer. The buffer stays the caller's, must not change while it is in use, and
 * needs no alignment. Nothing here allocates, prints or blocks; it may be used without a libc that
 * has more than memcpy, memset and memcmp.
 */
#ifndef IGVM_IGVM_H
#define IGVM_IGVM_H

#include "igvm/format.h"

#include <stdbool.h>
#include <stddef.h>

/* Hosts use a handful of one-page areas; these bounds keep hostile files cheap. */
#define IGVM_AREAS_MAX      256u
#define IGVM_AREA_BYTES_MAX (256u << 20)

enum igvm_code {
    IGVM_OK = 0,
    IGVM_BAD_FIXED_HEADER,
    IGVM_BAD_CHECKSUM,
    IGVM_BAD_HEADER,
    IGVM_BAD_ORDER,
    IGVM_BAD_PLATFORM,
    IGVM_BAD_MASK,
    IGVM_BAD_FIELD,
    IGVM_BAD_ADDRESS,
    IGVM_BAD_DATA,
    IGVM_BAD_AREA,
    IGVM_NO_SPACE
};

/* "rule" is a constant English sentence, "offset" a place in the file. */
struct igvm_error {
    enum igvm_code code;
    uint32_t offset;
    const char *rule;
};

/* Filled by igvm_open; read it freely, change nothing. About 1 KiB. */
struct igvm_file {
    const uint8_t *bytes;
    uint32_t size;
    uint32_t version;
    uint32_t architecture;
    uint32_t headers_begin;
    uint32_t headers_end;
    uint32_t masks[IGVM_PLATFORM_TYPES];
    /* Where the PARAMETER_AREA headers are. */
    uint32_t area_count;
    uint32_t areas[IGVM_AREAS_MAX];
};

enum igvm_section { IGVM_SECTION_PLATFORM, IGVM_SECTION_INITIALIZATION, IGVM_SECTION_DIRECTIVE };

/* What the format says about one type of header. */
struct igvm_kind {
    uint32_t type;
    uint16_t length;
    uint8_t section;
    /* Where the body keeps its compatibility mask and its file offset; IGVM_NO_FIELD if nowhere. */
    uint8_t mask_at;
    uint8_t file_offset_at;
    bool is_parameter;
    const char *name;
};

#define IGVM_NO_FIELD 0xFFu
#define IGVM_MASK_ALL 0xFFFFFFFFu

/* One header. The member of the union that goes with "type" is the one to read. */
struct igvm_header {
    uint32_t type;
    uint32_t offset;
    uint32_t length;
    /* IGVM_MASK_ALL where the type has no mask. */
    uint32_t mask;
    const struct igvm_kind *kind;
    union {
        const uint8_t *bytes;
        const struct igvm_platform *platform;
        const struct igvm_policy *policy;
        const struct igvm_relocatable *relocatable;
        const struct igvm_page_table_region *page_tables;
        const struct igvm_corim *corim;
        const struct igvm_cca_policy *cca_policy;
        const struct igvm_parameter_area *area;
        const struct igvm_parameter *parameter;
        const struct igvm_parameter_insert *insert;
        const struct igvm_page_data *page;
        const struct igvm_vp_context *context;
        const struct igvm_required_memory *required;
        const struct igvm_error_range *error_range;
        const struct igvm_id_block *id_block;
        const struct igvm_vbs_measurement *vbs;
    } body;
    /* The bytes in the file that belong to it; NULL and 0 if it has none. A page's and a
     * context's data is 4096 bytes (VSM contexts vary), an area's as long as the area. */
    const uint8_t *data;
    uint32_t data_size;
};

/* False, with "error" filled, if the file breaks a rule. "error" may be NULL. */
bool igvm_open(struct igvm_file *file, const void *bytes, size_t size, struct igvm_error *error);

/* for (igvm_rewind(&file, &header); igvm_next(&file, &header);) visits all headers in order.
 * A copied struct igvm_header is a bookmark: igvm_next goes on behind it. */
void igvm_rewind(const struct igvm_file *file, struct igvm_header *header);
bool igvm_next(const struct igvm_file *file, struct igvm_header *header);

/* The mask bit the file gives a platform; 0 if it does not support it. */
uint32_t igvm_platform_mask(const struct igvm_file *file, enum igvm_platform_type type);

/* Finds the PARAMETER_AREA with this index. */
bool igvm_find_area(const struct igvm_file *file, uint32_t index, struct igvm_header *area);

/* How many bytes a parameter usage has from its offset to the end of its area: 0 if the offset is
 * outside, which the format lets pass. */
uint64_t igvm_parameter_room(const struct igvm_file *file, const struct igvm_header *usage);

/* NULL if there is no such type. */
const struct igvm_kind *igvm_kind(uint32_t type);

/* The checksum a file of this buffer should carry. "bytes" holds a fixed header and all the
 * variable headers it speaks of. */
uint32_t igvm_checksum(const uint8_t *bytes, const struct igvm_fixed *fixed);

#endif
