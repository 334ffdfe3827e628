/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What differs between the hosts a file can be laid out for: data, in one table, and nothing else.
 *
 * The reasons for each value are the hosts' own: what they accept in a boot VMSA, which parameters
 * they know (an unknown one makes them refuse the whole file) and where they expect the VMSA.
 */
#ifndef BUILD_PROFILE_H
#define BUILD_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#define VMSA_KVM     UINT64_C(0xfffffffff000) /* where KVM puts it whatever the file says */
#define VMSA_IN_LAST UINT64_MAX               /* the region's last page */

struct build_profile {
    const char *name;
    uint32_t id; /* enum boot_profile */
    bool madt;
    bool device_tree;
    bool direct; /* the VMSA starts in the kernel: no C-bit to find, since vtom decides */
    uint32_t console_port;
    uint64_t sev_features;
    uint64_t vtom;
    uint64_t vmsa_gpa;
    uint64_t dr6;
    uint64_t dr7;
    uint64_t g_pat;
};

/* NULL if there is none of that name. */
const struct build_profile *build_profile_find(const char *name);

#endif
