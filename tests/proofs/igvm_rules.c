/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of each type of header, after any headers before it: they read the body and the data
 * and nothing else, a refusal has its reason, and what igvm_open remembers stays consistent: areas
 * within their table and their bound, one bit a platform and no bit twice. The three types whose
 * rules are the longest are run alone, and then all others.
 *
 * parts: 4
 * sources: igvm/src/kinds.c
 * options: --unwind 27 --unsigned-overflow-check --conversion-check --drop-unused-functions
 */
#include "proof.h"

#include <stdlib.h>

#include <igvm/igvm.h>

/* The table of areas is as long as a constant says; with three the proof is the same and short. */
#undef IGVM_AREAS_MAX
#define IGVM_AREAS_MAX 3u

#include <../src/bytes.h>

/* Reading is all that counts of it here. */
static bool any_zero(const uint8_t *bytes, size_t size)
{
    ASSERT(__CPROVER_r_ok(bytes, size), "what must be 0 is there");
    return nondet_bool();
}
#define all_zero any_zero
#include <checks.c>

static uint32_t any_type(void)
{
    uint32_t type = nondet_u32();

    if (PART == 0)
        return IGVM_SUPPORTED_PLATFORM;
    if (PART == 1)
        return IGVM_PARAMETER_AREA;
    if (PART == 2)
        return IGVM_VP_CONTEXT;
    ASSUME(type != IGVM_SUPPORTED_PLATFORM && type != IGVM_PARAMETER_AREA);
    ASSUME(type != IGVM_VP_CONTEXT);
    return type;
}

static bool is_consistent(const struct igvm_opening *opening)
{
    uint32_t seen = 0;

    for (unsigned type = 0; type < IGVM_PLATFORM_TYPES; type++) {
        uint32_t mask = opening->file->masks[type];

        if (mask != 0 && ((mask & (mask - 1)) != 0 || (mask & seen) != 0))
            return false;
        seen |= mask;
    }
    return seen == opening->all_masks && opening->file->area_count <= IGVM_AREAS_MAX &&
           opening->area_bytes <= IGVM_AREA_BYTES_MAX;
}

/* A header as the step through the file leaves it. */
static struct igvm_header any_header(const struct igvm_file *file)
{
    struct igvm_header header;

    ANYTHING(&header);
    header.type = any_type();
    header.kind = igvm_kind(header.type);
    ASSUME(header.kind != NULL && header.offset < 0xFFFFF000);
    header.length = header.kind->length;
    header.body.bytes = malloc(header.length);
    ASSUME(header.body.bytes != NULL);
    header.mask = IGVM_MASK_ALL;
    if (header.kind->mask_at != IGVM_NO_FIELD)
        header.mask = load_u32(header.body.bytes + header.kind->mask_at);
    if (header.type == IGVM_VP_CONTEXT && header.mask != file->masks[IGVM_VSM_ISOLATION])
        header.data_size = IGVM_PAGE_SIZE;
    header.data = nondet_bool() ? NULL : malloc(header.data_size);
    if (header.type == IGVM_VP_CONTEXT && header.data != NULL)
        ASSUME(header.body.context->file_offset < 0xFFFFF000);
    return header;
}

void harness(void)
{
    static struct igvm_opening opening;
    struct igvm_file file;
    struct igvm_header header;
    uint32_t areas;
    bool good;

    ANYTHING(&file);
    ANYTHING(&opening);
    opening.file = &file;
    opening.error.rule = NULL;
    ASSUME(is_consistent(&opening));
    header = any_header(&file);
    areas = file.area_count;
    good = igvm_check_header(&opening, &header);
    ASSERT(good || opening.error.rule != NULL, "a refusal has its reason");
    ASSERT(is_consistent(&opening), "what is remembered is consistent");
    ASSERT(file.area_count == areas || (good && file.areas[areas] == header.offset),
           "an area is remembered where it is");
    REACHED(good && header.type == IGVM_VP_CONTEXT && header.data_size == 36);
    REACHED(good && header.type == IGVM_PARAMETER_AREA && areas == IGVM_AREAS_MAX - 1);
    REACHED(good && header.type == IGVM_PARAMETER_INSERT);
    REACHED(good && header.type == IGVM_SUPPORTED_PLATFORM && header.mask == 0x80000000);
}
