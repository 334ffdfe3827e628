/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hosts accept, as data. A host's new version is a change here and nowhere else.
 */
#ifndef IGVM_PROFILES_H
#define IGVM_PROFILES_H

#include "igvm/format.h"

#include <stddef.h>

/* Rules that hold on some hosts; host_lint.c has one function for each. */
enum host_rule {
    HOST_VMSA_AT_KVM_GPA = 1 << 0,
    HOST_VMSA_REBUILT = 1 << 1,
    HOST_ONE_VMSA = 1 << 2,
    HOST_VMSA_LAST = 1 << 3,
    HOST_VMSA_IN_REQUIRED = 1 << 4,
    HOST_HOLDS_RUNS = 1 << 5,
    HOST_TABLES_AT_AREA_START = 1 << 6,
    HOST_IGNORES_AREA_DATA = 1 << 7,
    HOST_CPUID_BELOW_4G = 1 << 8,
    HOST_IGNORES_SHARED = 1 << 9,
    HOST_NATIVE_BOOT_CPU_ONLY = 1 << 10,
    HOST_PC_DEVICES = 1 << 11
};

struct lint_profile {
    const char *name;
    const char *about;
    /* Directives and initialization headers it knows; those in "newer" only since recently.
     * Zero ends a list. */
    const uint16_t *types;
    const uint16_t *newer;
    /* Bits 1 << enum igvm_platform_type of what it launches. */
    uint32_t platforms;
    uint32_t rules;
    /* The SEV features it can give a VMSA. */
    uint64_t sev_features;
};

/* NULL if there is none of this name. */
const struct lint_profile *profile_find(const char *name);

/* All of them in order; NULL behind the last. */
const struct lint_profile *profile_at(size_t index);

#endif
