/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules beyond those that igvm_open enforces: mistakes that every reader lets pass, and what one
 * host cannot do with a file that is well formed.
 *
 * Findings go to a callback; nothing is printed here. An error means the file will not do what it
 * says, on any host or on the profile's; a warning, that some version or tool will disagree.
 */
#ifndef IGVM_LINT_H
#define IGVM_LINT_H

#include "igvm/igvm.h"
#include "profiles.h"

struct finding {
    bool is_error;
    /* Where in the file, and where the other party to a conflict is (0: there is none). */
    uint32_t offset;
    uint32_t other;
    /* A short name that does not change, and a sentence. */
    const char *rule;
    const char *text;
};

struct lint {
    const struct igvm_file *file;
    /* NULL: the format's rules only. */
    const struct lint_profile *profile;
    void (*report)(void *context, const struct finding *finding);
    void *context;
    unsigned errors;
    unsigned warnings;
};

/* Runs all rules; the caller has set the first four fields. */
void lint_run(struct lint *lint);

/* For the rules. */
void lint_report(struct lint *lint, struct finding finding);
void lint_error(struct lint *lint, uint32_t offset, const char *rule, const char *text);
void lint_warning(struct lint *lint, uint32_t offset, const char *rule, const char *text);

/* Is this the context of an SNP or SEV-ES machine, with a VMSA as its data? */
bool lint_is_vmsa(const struct lint *lint, const struct igvm_header *header);

/* Is this the usage of an area that QEMU fills from its start? */
bool lint_is_table(uint32_t type);

/* The bits of all platforms of the file. */
uint32_t lint_all_masks(const struct lint *lint);

/* The groups of rules, each in the file of its name. */
void file_lint_run(struct lint *lint);
void ranges_run(struct lint *lint);
void host_lint_run(struct lint *lint);

#endif
