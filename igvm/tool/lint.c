/* SPDX-License-Identifier: BSD-2-Clause */
/* What the groups of rules share. */
#include "lint.h"

void lint_report(struct lint *lint, struct finding finding)
{
    if (finding.is_error) {
        lint->errors++;
    } else {
        lint->warnings++;
    }
    lint->report(lint->context, &finding);
}

void lint_error(struct lint *lint, uint32_t offset, const char *rule, const char *text)
{
    lint_report(lint, (struct finding){true, offset, 0, rule, text});
}

void lint_warning(struct lint *lint, uint32_t offset, const char *rule, const char *text)
{
    lint_report(lint, (struct finding){false, offset, 0, rule, text});
}

bool lint_is_vmsa(const struct lint *lint, const struct igvm_header *header)
{
    return header->type == IGVM_VP_CONTEXT && (header->mask == lint->file->masks[IGVM_SEV_SNP] ||
                                               header->mask == lint->file->masks[IGVM_SEV_ES]);
}

bool lint_is_table(uint32_t type)
{
    return type == IGVM_MEMORY_MAP || type == IGVM_MADT || type == IGVM_DEVICE_TREE;
}

uint32_t lint_all_masks(const struct lint *lint)
{
    uint32_t all = 0;

    for (unsigned type = 0; type < IGVM_PLATFORM_TYPES; type++) {
        all |= lint->file->masks[type];
    }
    return all;
}

void lint_run(struct lint *lint)
{
    lint->errors = 0;
    lint->warnings = 0;
    file_lint_run(lint);
    ranges_run(lint);
    if (lint->profile != NULL) {
        host_lint_run(lint);
    }
}
