/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules of the format that no reader enforces. Conflicts between headers are in ranges.c.
 */
#include "lint.h"

#include "igvm/context.h"

#include <string.h>

#define BODY(header, body, field)                                                                  \
    ((header)->offset + (uint32_t)(sizeof(struct igvm_prefix) + offsetof(struct body, field)))

#define TWO_MEGABYTES    0x200000u
#define POLICY_MUST_BE_1 (UINT64_C(1) << 17)
#define FEATURE_SNP      1u
#define FEATURE_VTOM     2u
#define USAGE_TYPES      0x20u

/* Every header: whom it is for, and the zeros behind it. */
static void check_any(struct lint *lint, const struct igvm_header *header)
{
    uint32_t all = lint_all_masks(lint);
    uint32_t at = header->offset + (uint32_t)sizeof(struct igvm_prefix);
    uint32_t padding = (0u - header->length) % 8;

    for (uint32_t i = 0; i < padding; i++) {
        if (lint->file->bytes[at + header->length + i] != 0) {
            lint_error(lint, at + header->length + i, "padding", "padding must be 0");
            break;
        }
    }
    if (header->kind->mask_at == IGVM_NO_FIELD) {
        return;
    }
    if ((header->mask & all) == 0) {
        lint_error(lint, at + header->kind->mask_at, "mask-nobody",
                   "the mask names no platform of this file, so the header does nothing");
    } else if ((header->mask & ~all) != 0) {
        lint_warning(lint, at + header->kind->mask_at, "mask-unknown",
                     "the mask names platforms this file does not have");
    }
}

static void check_platform(struct lint *lint, const struct igvm_header *header)
{
    const struct igvm_platform *platform = header->body.platform;
    bool is_cca = platform->platform_type == IGVM_CCA;

    if (is_cca != (lint->file->architecture == IGVM_AARCH64) &&
        platform->platform_type != IGVM_NATIVE) {
        lint_error(lint, BODY(header, igvm_platform, platform_type), "architecture",
                   "the platform does not exist on this architecture");
    }
    if (platform->platform_type == IGVM_TDX && platform->shared_gpa_boundary != 0) {
        lint_warning(lint, BODY(header, igvm_platform, shared_gpa_boundary), "boundary",
                     "TDX has no shared GPA boundary here");
    }
}

static void check_policy(struct lint *lint, const struct igvm_header *header)
{
    if ((header->mask & lint->file->masks[IGVM_SEV_SNP]) != 0 &&
        (header->body.policy->policy & POLICY_MUST_BE_1) == 0) {
        lint_error(lint, BODY(header, igvm_policy, policy), "snp-policy",
                   "bit 17 of an SNP policy must be 1");
    }
}

static void check_page(struct lint *lint, const struct igvm_header *header)
{
    const struct igvm_page_data *page = header->body.page;

    if ((page->flags & IGVM_PAGE_2MB) != 0) {
        lint_error(lint, BODY(header, igvm_page_data, flags), "page-2mb",
                   "readers load 4096 bytes of a 2 MiB page and no more");
    }
    if ((page->flags & IGVM_PAGE_SHARED) != 0) {
        lint_warning(lint, BODY(header, igvm_page_data, flags), "page-shared",
                     "the shared flag is not settled and few hosts know it");
    }
}

static void check_vmsa(struct lint *lint, const struct igvm_header *header)
{
    uint32_t at = header->body.context->file_offset;
    struct igvm_vmsa vmsa;

    memcpy(&vmsa, header->data, sizeof(vmsa));
    if (header->body.context->gpa % TWO_MEGABYTES == 0) {
        lint_error(lint, BODY(header, igvm_vp_context, gpa), "vmsa-aligned",
                   "a VMSA must not lie on a multiple of 2 MiB");
    }
    if (header->mask == lint->file->masks[IGVM_SEV_SNP] && (vmsa.sev_features & FEATURE_SNP) == 0) {
        lint_error(lint, at + (uint32_t)offsetof(struct igvm_vmsa, sev_features), "vmsa-features",
                   "the VMSA of an SNP machine must have feature bit 0");
    }
    if ((vmsa.sev_features & FEATURE_VTOM) == 0 && vmsa.virtual_tom != 0) {
        lint_error(lint, at + (uint32_t)offsetof(struct igvm_vmsa, virtual_tom), "vmsa-vtom",
                   "a virtual top of memory needs feature bit 1");
    }
}

static void check_context(struct lint *lint, const struct igvm_header *header)
{
    if (lint_is_vmsa(lint, header)) {
        check_vmsa(lint, header);
    } else if (header->body.context->gpa != 0) {
        lint_warning(lint, BODY(header, igvm_vp_context, gpa), "context-gpa",
                     "only VMSAs have an address");
    }
}

static void check_area(struct lint *lint, const struct igvm_header *header)
{
    struct igvm_header other;

    for (igvm_rewind(lint->file, &other); igvm_next(lint->file, &other);) {
        if (other.type == IGVM_PARAMETER_INSERT &&
            other.body.insert->area == header->body.area->index) {
            return;
        }
    }
    lint_error(lint, header->offset, "area-unused", "the parameter area is never inserted");
}

static const struct {
    uint32_t type;
    void (*check)(struct lint *lint, const struct igvm_header *header);
} checks[] = {
    {IGVM_SUPPORTED_PLATFORM, check_platform},
    {IGVM_GUEST_POLICY, check_policy},
    {IGVM_PAGE_DATA, check_page},
    {IGVM_VP_CONTEXT, check_context},
    {IGVM_PARAMETER_AREA, check_area},
};

static void check_parameter(struct lint *lint, const struct igvm_header *header, uint32_t *first)
{
    uint32_t number = header->type & (USAGE_TYPES - 1);

    if (igvm_parameter_room(lint->file, header) == 0) {
        lint_error(lint, BODY(header, igvm_parameter, offset), "parameter-outside",
                   "the offset lies outside the parameter area");
    }
    if (first[number] != 0) {
        lint_report(lint, (struct finding){header->type == IGVM_VP_COUNT, header->offset,
                                           first[number], "parameter-twice",
                                           "another header asks for the same parameter"});
    } else {
        first[number] = header->offset;
    }
}

/* What a file for SNP should have. */
static void check_snp(struct lint *lint, uint32_t seen_policies, uint32_t seen_contexts)
{
    uint32_t mask = lint->file->masks[IGVM_SEV_SNP];

    if ((mask & ~seen_policies) != 0) {
        lint_warning(lint, lint->file->headers_begin, "no-policy", "the file has no SNP policy");
    }
    if ((mask & ~seen_contexts) != 0) {
        lint_warning(lint, lint->file->headers_begin, "no-context",
                     "the file has no VMSA for SNP, so its first CPU starts at the reset vector");
    }
}

void file_lint_run(struct lint *lint)
{
    struct igvm_header header;
    uint32_t first_usage[USAGE_TYPES] = {0};
    uint32_t policies = 0;
    uint32_t contexts = 0;

    if (lint->file->version == 1) {
        lint_warning(lint, 0, "version", "version 1 is out of use");
    }
    for (igvm_rewind(lint->file, &header); igvm_next(lint->file, &header);) {
        check_any(lint, &header);
        policies |= header.type == IGVM_GUEST_POLICY ? header.mask : 0;
        contexts |= header.type == IGVM_VP_CONTEXT ? header.mask : 0;
        if (header.kind->is_parameter) {
            check_parameter(lint, &header, first_usage);
        }
        for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
            if (checks[i].type == header.type) {
                checks[i].check(lint, &header);
            }
        }
    }
    check_snp(lint, policies, contexts);
}
