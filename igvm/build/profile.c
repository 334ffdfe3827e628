/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of hosts. snpmachine is Drupe's own machine, which takes everything QEMU's SVSM branch
 * takes but offers no feature beyond SNP itself.
 */
#include "profile.h"

#include <boot/boot_block.h>
#include <stddef.h>
#include <string.h>

#define SNP_ACTIVE           (1u << 0)
#define VTOM                 (1u << 1)
#define RESTRICTED_INJECTION (1u << 3)
#define DEBUG_SWAP           (1u << 5)
#define PAT_QEMU             UINT64_C(0x0007040600070406)
#define PAT_VANADIUM         UINT64_C(0x70106)
#define COM1                 0x3f8
#define COM3                 0x3e8

static const struct build_profile profiles[] = {
    {
        .name = "qemu-mainline",
        .id = BOOT_PROFILE_QEMU_MAINLINE,
        .console_port = COM1,
        .sev_features = SNP_ACTIVE,
        .vmsa_gpa = VMSA_KVM,
        .g_pat = PAT_QEMU,
    },
    {
        .name = "qemu-svsm",
        .id = BOOT_PROFILE_QEMU_SVSM,
        .madt = true,
        .device_tree = true,
        .console_port = COM1,
        .sev_features = SNP_ACTIVE | RESTRICTED_INJECTION | DEBUG_SWAP,
        .vmsa_gpa = VMSA_KVM,
        .g_pat = PAT_QEMU,
    },
    {
        .name = "hyperv",
        .id = BOOT_PROFILE_HYPERV,
        .madt = true,
        .device_tree = true,
        .direct = true,
        .console_port = COM3,
        .sev_features = SNP_ACTIVE | VTOM | RESTRICTED_INJECTION,
        .vtom = UINT64_C(1) << 46,
        .vmsa_gpa = VMSA_IN_LAST,
        .g_pat = PAT_QEMU,
    },
    {
        .name = "vanadium",
        .id = BOOT_PROFILE_VANADIUM,
        .madt = true,
        .console_port = COM1,
        .sev_features = SNP_ACTIVE,
        .vmsa_gpa = VMSA_KVM,
        .dr6 = 0xffff0ff0,
        .dr7 = 0x400,
        .g_pat = PAT_VANADIUM,
    },
    {
        .name = "snpmachine",
        .id = BOOT_PROFILE_SNPMACHINE,
        .madt = true,
        .device_tree = true,
        .console_port = COM1,
        .sev_features = SNP_ACTIVE,
        .vmsa_gpa = VMSA_KVM,
        .g_pat = PAT_QEMU,
    },
};

const struct build_profile *build_profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    }
    return NULL;
}
