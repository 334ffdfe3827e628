/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules a single header must keep, given the headers before it. Used by igvm_open alone.
 */
#ifndef IGVM_CHECKS_H
#define IGVM_CHECKS_H

#include "igvm/igvm.h"

enum igvm_area_state { IGVM_AREA_DECLARED, IGVM_AREA_INSERTED };

/* What igvm_open knows so far. */
struct igvm_opening {
    struct igvm_file *file;
    struct igvm_error error;
    uint32_t all_masks;
    uint32_t corim_documents;
    uint64_t area_bytes;
    struct {
        uint64_t size;
        uint32_t index;
        enum igvm_area_state state;
    } areas[IGVM_AREAS_MAX];
};

/* Always false, for "return igvm_refuse(...)". */
bool igvm_refuse(struct igvm_opening *opening, enum igvm_code code, uint32_t offset,
                 const char *rule);

/* Checks fields and updates the opening. The header's data span has been checked before. */
bool igvm_check_header(struct igvm_opening *opening, const struct igvm_header *header);

#endif
