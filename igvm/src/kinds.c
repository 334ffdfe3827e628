/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of all header types. A new type is a row here, a structure in format.h and, if it has
 * rules of its own, a row in checks.c; reader, writer and tools take the rest from the row.
 */
#include "igvm/igvm.h"

#define NONE           IGVM_NO_FIELD
#define PLATFORM       IGVM_SECTION_PLATFORM
#define INITIALIZATION IGVM_SECTION_INITIALIZATION
#define DIRECTIVE      IGVM_SECTION_DIRECTIVE
#define MASK(body)     offsetof(struct body, mask)
#define DATA(body)     offsetof(struct body, file_offset)
#define KIND(name, body, section, mask_at, data_at)                                                \
    {                                                                                              \
        IGVM_##name, sizeof(struct body), section, mask_at, data_at, false, #name                  \
    }
#define PARAMETER(name)                                                                            \
    {                                                                                              \
        IGVM_##name, sizeof(struct igvm_parameter), DIRECTIVE, NONE, NONE, true, #name             \
    }

static const struct igvm_kind kinds[] = {
    KIND(SUPPORTED_PLATFORM, igvm_platform, PLATFORM, MASK(igvm_platform), NONE),
    KIND(GUEST_POLICY, igvm_policy, INITIALIZATION, MASK(igvm_policy), NONE),
    KIND(RELOCATABLE_REGION, igvm_relocatable, INITIALIZATION, MASK(igvm_relocatable), NONE),
    KIND(PAGE_TABLE_RELOCATION_REGION, igvm_page_table_region, INITIALIZATION,
         MASK(igvm_page_table_region), NONE),
    KIND(CORIM_DOCUMENT, igvm_corim, INITIALIZATION, MASK(igvm_corim), DATA(igvm_corim)),
    KIND(CORIM_SIGNATURE, igvm_corim, INITIALIZATION, MASK(igvm_corim), DATA(igvm_corim)),
    KIND(CCA_POLICY, igvm_cca_policy, INITIALIZATION, MASK(igvm_cca_policy), NONE),
    KIND(PARAMETER_AREA, igvm_parameter_area, DIRECTIVE, NONE, DATA(igvm_parameter_area)),
    KIND(PAGE_DATA, igvm_page_data, DIRECTIVE, MASK(igvm_page_data), DATA(igvm_page_data)),
    KIND(PARAMETER_INSERT, igvm_parameter_insert, DIRECTIVE, MASK(igvm_parameter_insert), NONE),
    KIND(VP_CONTEXT, igvm_vp_context, DIRECTIVE, MASK(igvm_vp_context), DATA(igvm_vp_context)),
    KIND(REQUIRED_MEMORY, igvm_required_memory, DIRECTIVE, MASK(igvm_required_memory), NONE),
    PARAMETER(VP_COUNT),
    PARAMETER(SRAT),
    PARAMETER(MADT),
    PARAMETER(MMIO_RANGES),
    KIND(SNP_ID_BLOCK, igvm_id_block, DIRECTIVE, MASK(igvm_id_block), NONE),
    PARAMETER(MEMORY_MAP),
    KIND(ERROR_RANGE, igvm_error_range, DIRECTIVE, MASK(igvm_error_range), NONE),
    PARAMETER(COMMAND_LINE),
    PARAMETER(SLIT),
    PARAMETER(PPTT),
    KIND(VBS_MEASUREMENT, igvm_vbs_measurement, DIRECTIVE, MASK(igvm_vbs_measurement), NONE),
    PARAMETER(DEVICE_TREE),
    PARAMETER(ENVIRONMENT_INFO),
};

const struct igvm_kind *igvm_kind(uint32_t type)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].type == type) {
            return &kinds[i];
        }
    }
    return NULL;
}
