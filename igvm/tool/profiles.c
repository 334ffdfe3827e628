/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hosts. QEMU refuses a whole file for one header type it does not know, whatever the mask
 * says; so does Vanadium. KVM rebuilds a VMSA from the registers QEMU gives it, which is why only
 * some of its fields may be set there, and keeps it at an address of its own.
 */
#include "profiles.h"

#include <string.h>

#define BIT(number)     (1u << (number))
#define FEATURE(number) (UINT64_C(1) << (number))

enum sev_feature {
    SNP_ACTIVE = 0,
    VTOM = 1,
    RESTRICTED_INJECTION = 3,
    ALTERNATE_INJECTION = 4,
    DEBUG_SWAP = 5,
    PREVENT_HOST_IBS = 6,
    BTB_ISOLATION = 7,
    VMSA_REG_PROT = 14,
    IBPB_ON_ENTRY = 21
};

#define TYPES_OF_QEMU                                                                              \
    IGVM_GUEST_POLICY, IGVM_PARAMETER_AREA, IGVM_PAGE_DATA, IGVM_PARAMETER_INSERT,                 \
        IGVM_VP_CONTEXT, IGVM_REQUIRED_MEMORY, IGVM_VP_COUNT, IGVM_SNP_ID_BLOCK, IGVM_MEMORY_MAP,  \
        IGVM_ENVIRONMENT_INFO

static const uint16_t none[] = {0};
static const uint16_t madt[] = {IGVM_MADT, 0};
static const uint16_t qemu_types[] = {TYPES_OF_QEMU, IGVM_MADT, 0};
static const uint16_t svsm_types[] = {TYPES_OF_QEMU, IGVM_MADT, IGVM_DEVICE_TREE, 0};
static const uint16_t hyperv_types[] = {TYPES_OF_QEMU,
                                        IGVM_MADT,
                                        IGVM_DEVICE_TREE,
                                        IGVM_RELOCATABLE_REGION,
                                        IGVM_PAGE_TABLE_RELOCATION_REGION,
                                        IGVM_SRAT,
                                        IGVM_SLIT,
                                        IGVM_PPTT,
                                        IGVM_MMIO_RANGES,
                                        IGVM_COMMAND_LINE,
                                        IGVM_ERROR_RANGE,
                                        IGVM_VBS_MEASUREMENT,
                                        0};

#define QEMU_RULES                                                                                 \
    (HOST_VMSA_REBUILT | HOST_ONE_VMSA | HOST_VMSA_LAST | HOST_HOLDS_RUNS |                        \
     HOST_TABLES_AT_AREA_START | HOST_IGNORES_AREA_DATA | HOST_CPUID_BELOW_4G |                    \
     HOST_IGNORES_SHARED | HOST_NATIVE_BOOT_CPU_ONLY | HOST_PC_DEVICES)

#define QEMU_PLATFORMS (BIT(IGVM_NATIVE) | BIT(IGVM_SEV_SNP) | BIT(IGVM_SEV) | BIT(IGVM_SEV_ES))

static const struct lint_profile profiles[] = {
    {
        .name = "qemu-mainline",
        .about = "QEMU 10.2 and newer on upstream KVM",
        .types = qemu_types,
        .newer = madt,
        .platforms = QEMU_PLATFORMS,
        .rules = QEMU_RULES | HOST_VMSA_AT_KVM_GPA,
        .sev_features = FEATURE(SNP_ACTIVE),
    },
    {
        .name = "qemu-svsm",
        .about = "QEMU and KVM with the SVSM project's patches",
        .types = svsm_types,
        .newer = none,
        .platforms = QEMU_PLATFORMS,
        .rules = QEMU_RULES,
        .sev_features = FEATURE(SNP_ACTIVE) | FEATURE(RESTRICTED_INJECTION) | FEATURE(DEBUG_SWAP),
    },
    {
        .name = "hyperv",
        .about = "Hyper-V and openvmm",
        .types = hyperv_types,
        .newer = none,
        .platforms = BIT(IGVM_NATIVE) | BIT(IGVM_SEV_SNP) | BIT(IGVM_TDX) | BIT(IGVM_VSM_ISOLATION),
        .rules = HOST_VMSA_IN_REQUIRED,
        .sev_features = FEATURE(SNP_ACTIVE) | FEATURE(VTOM) | FEATURE(RESTRICTED_INJECTION) |
                        FEATURE(ALTERNATE_INJECTION) | FEATURE(DEBUG_SWAP) |
                        FEATURE(PREVENT_HOST_IBS) | FEATURE(BTB_ISOLATION) |
                        FEATURE(VMSA_REG_PROT) | FEATURE(IBPB_ON_ENTRY),
    },
    {
        .name = "vanadium",
        .about = "Google's host",
        .types = qemu_types,
        .newer = none,
        .platforms = BIT(IGVM_SEV_SNP),
        .rules = HOST_VMSA_AT_KVM_GPA | HOST_VMSA_REBUILT | HOST_ONE_VMSA | HOST_VMSA_LAST,
        .sev_features = FEATURE(SNP_ACTIVE) | FEATURE(DEBUG_SWAP),
    },
    {
        .name = "snpmachine",
        .about = "Drupe's own SNP machine, which loads as QEMU with SVSM patches does",
        .types = svsm_types,
        .newer = none,
        .platforms = BIT(IGVM_SEV_SNP),
        .rules = HOST_VMSA_LAST | HOST_HOLDS_RUNS | HOST_TABLES_AT_AREA_START |
                 HOST_IGNORES_AREA_DATA | HOST_PC_DEVICES,
        .sev_features = FEATURE(SNP_ACTIVE),
    },
};

#define PROFILES (sizeof(profiles) / sizeof(profiles[0]))

const struct lint_profile *profile_at(size_t index)
{
    return index < PROFILES ? &profiles[index] : NULL;
}

const struct lint_profile *profile_find(const char *name)
{
    for (size_t i = 0; i < PROFILES; i++) {
        if (strcmp(profiles[i].name, name) == 0) {
            return &profiles[i];
        }
    }
    return NULL;
}
