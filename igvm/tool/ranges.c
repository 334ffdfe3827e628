/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules of the kind "two headers claim the same thing": guest pages, bytes of an area, a virtual
 * CPU, a platform's policy. Each is a function that says what number range a header claims, and on
 * which platforms; one sort and one sweep per platform find the conflicts.
 */
#include "lint.h"

#include "igvm/context.h"

#include <stdlib.h>

struct range {
    uint64_t first;
    uint64_t last;
    uint32_t mask;
    uint32_t offset;
};

static bool set_pages(struct range *range, uint64_t gpa, uint64_t size)
{
    range->first = gpa;
    range->last = gpa + (size - 1);
    return size != 0;
}

/* KVM's address for VMSAs is nobody's memory, and every VMSA is there. */
static bool claims_pages(const struct lint *lint, const struct igvm_header *header,
                         struct range *range)
{
    struct igvm_header area;

    switch (header->type) {
    case IGVM_PAGE_DATA:
        return set_pages(range, header->body.page->gpa, IGVM_PAGE_SIZE);
    case IGVM_ERROR_RANGE:
        return set_pages(range, header->body.error_range->gpa, header->body.error_range->size);
    case IGVM_PARAMETER_INSERT:
        return igvm_find_area(lint->file, header->body.insert->area, &area) &&
               set_pages(range, header->body.insert->gpa, area.body.area->size);
    case IGVM_VP_CONTEXT:
        return lint_is_vmsa(lint, header) && header->body.context->gpa != IGVM_KVM_VMSA_GPA &&
               set_pages(range, header->body.context->gpa, IGVM_PAGE_SIZE);
    default:
        return false;
    }
}

static bool claims_required_memory(const struct lint *lint, const struct igvm_header *header,
                                   struct range *range)
{
    (void)lint;
    return header->type == IGVM_REQUIRED_MEMORY &&
           set_pages(range, header->body.required->gpa, header->body.required->size);
}

/* The least a host writes for a parameter: a number, a table's header, an entry. */
static uint32_t parameter_size(uint32_t type)
{
    static const struct {
        uint16_t type;
        uint16_t size;
    } sizes[] = {
        {IGVM_VP_COUNT, 4},     {IGVM_ENVIRONMENT_INFO, 4},
        {IGVM_MMIO_RANGES, 32}, {IGVM_MEMORY_MAP, sizeof(struct igvm_memory_entry)},
        {IGVM_SRAT, 36},        {IGVM_MADT, 36},
        {IGVM_SLIT, 36},        {IGVM_PPTT, 36},
        {IGVM_DEVICE_TREE, 40}, {IGVM_COMMAND_LINE, 1},
    };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (sizes[i].type == type) {
            return sizes[i].size;
        }
    }
    return 1;
}

/* Areas lie one behind the other, 4 GiB apart: an offset has 32 bits. */
static bool claims_area_bytes(const struct lint *lint, const struct igvm_header *header,
                              struct range *range)
{
    (void)lint;
    if (!header->kind->is_parameter) {
        return false;
    }
    range->first = (uint64_t)header->body.parameter->area << 32 | header->body.parameter->offset;
    range->last = range->first + (parameter_size(header->type) - 1);
    return true;
}

/* On some hosts a table takes its whole area; what else is there claims its first byte. */
static bool claims_area(const struct lint *lint, const struct igvm_header *header,
                        struct range *range)
{
    if (!claims_area_bytes(lint, header, range)) {
        return false;
    }
    range->last = range->first;
    if (lint_is_table(header->type)) {
        range->first &= ~(uint64_t)UINT32_MAX;
        range->last = range->first | UINT32_MAX;
    }
    return true;
}

static bool claims_cpu(const struct lint *lint, const struct igvm_header *header,
                       struct range *range)
{
    (void)lint;
    if (header->type != IGVM_VP_CONTEXT) {
        return false;
    }
    range->first = range->last = header->body.context->vp_index;
    return true;
}

static bool claims_policy(const struct lint *lint, const struct igvm_header *header,
                          struct range *range)
{
    (void)lint;
    range->first = range->last = header->type;
    return header->type == IGVM_GUEST_POLICY || header->type == IGVM_SNP_ID_BLOCK ||
           header->type == IGVM_CCA_POLICY || header->type == IGVM_VBS_MEASUREMENT;
}

static const struct {
    bool (*claims)(const struct lint *lint, const struct igvm_header *header, struct range *range);
    bool is_error;
    /* 0, or the host_rule that makes it a rule. */
    uint32_t host_rule;
    const char *rule;
    const char *text;
} rules[] = {
    {claims_pages, true, 0, "overlap", "another header puts something on the same page"},
    {claims_required_memory, false, 0, "required-twice", "another header requires the same memory"},
    {claims_area_bytes, true, 0, "parameter-overlap", "another parameter has the same bytes"},
    {claims_area, true, HOST_TABLES_AT_AREA_START, "table-area",
     "one of the two is a table and needs an area of its own"},
    {claims_cpu, true, 0, "context-twice", "another header has a context for the same CPU"},
    {claims_policy, true, 0, "policy-twice", "another header says the same for the same platform"},
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

static bool is_in_force(const struct lint *lint, size_t rule)
{
    uint32_t wanted = rules[rule].host_rule;

    return wanted == 0 || (lint->profile != NULL && (lint->profile->rules & wanted) != 0);
}

static int compare(const void *one, const void *other)
{
    const struct range *a = one;
    const struct range *b = other;

    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static size_t collect(const struct lint *lint, size_t rule, struct range *ranges)
{
    struct igvm_header header;
    size_t count = 0;

    for (igvm_rewind(lint->file, &header); igvm_next(lint->file, &header);) {
        if (rules[rule].claims(lint, &header, &ranges[count])) {
            ranges[count].mask = header.mask;
            ranges[count].offset = header.offset;
            count++;
        }
    }
    qsort(ranges, count, sizeof(ranges[0]), compare);
    return count;
}

/* A conflict on several platforms is told once, for the lowest common one. */
static void report(struct lint *lint, size_t rule, const struct range *pair[2])
{
    bool swap = pair[0]->offset > pair[1]->offset;

    lint_report(lint,
                (struct finding){rules[rule].is_error, pair[swap ? 0 : 1]->offset,
                                 pair[swap ? 1 : 0]->offset, rules[rule].rule, rules[rule].text});
}

/* What a sweep goes over. */
struct sorted {
    const struct range *ranges;
    size_t count;
    uint32_t all;
};

static void sweep(struct lint *lint, size_t rule, const struct sorted *sorted, uint32_t mask)
{
    const struct range *furthest = NULL;

    for (size_t i = 0; i < sorted->count; i++) {
        const struct range *range = &sorted->ranges[i];

        if ((range->mask & mask) == 0) {
            continue;
        }
        if (furthest != NULL && range->first <= furthest->last) {
            uint32_t common = range->mask & furthest->mask & sorted->all;
            if ((common & (0 - common)) == mask) {
                report(lint, rule, (const struct range *[]){furthest, range});
            }
        }
        if (furthest == NULL || range->last > furthest->last) {
            furthest = range;
        }
    }
}

void ranges_run(struct lint *lint)
{
    const struct igvm_file *file = lint->file;
    size_t most = (file->headers_end - file->headers_begin) / sizeof(struct igvm_prefix) + 1;
    struct range *ranges = malloc(most * sizeof(*ranges));

    if (ranges == NULL) {
        lint_error(lint, file->headers_begin, "memory", "not enough memory to look for overlaps");
        return;
    }
    for (size_t rule = 0; rule < RULES; rule++) {
        struct sorted sorted = {ranges, 0, lint_all_masks(lint)};

        if (is_in_force(lint, rule)) {
            sorted.count = collect(lint, rule, ranges);
        }
        for (uint32_t mask = 1; mask != 0; mask <<= 1) {
            if ((sorted.all & mask) != 0) {
                sweep(lint, rule, &sorted, mask);
            }
        }
    }
    free(ranges);
}
