/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of fields. Reserved fields are left out: igvm_open has seen that they are zero.
 */
#include "fields.h"

#include "igvm/context.h"

#include <string.h>

#define FIELD(body, member, format)                                                                \
    {                                                                                              \
#member, offsetof(struct body, member), sizeof(((struct body *)0)->member), format         \
    }
#define LIST(table)                                                                                \
    {                                                                                              \
        table, sizeof(table) / sizeof(table[0])                                                    \
    }

static const struct field platform[] = {
    FIELD(igvm_platform, mask, FIELD_MASK),
    FIELD(igvm_platform, platform_type, FIELD_PLATFORM),
    FIELD(igvm_platform, platform_version, FIELD_DECIMAL),
    FIELD(igvm_platform, highest_vtl, FIELD_DECIMAL),
    FIELD(igvm_platform, shared_gpa_boundary, FIELD_HEX),
};

static const struct field policy[] = {
    FIELD(igvm_policy, mask, FIELD_MASK),
    FIELD(igvm_policy, policy, FIELD_HEX),
};

static const struct field relocatable[] = {
    FIELD(igvm_relocatable, mask, FIELD_MASK),     FIELD(igvm_relocatable, vp_index, FIELD_DECIMAL),
    FIELD(igvm_relocatable, vtl, FIELD_DECIMAL),   FIELD(igvm_relocatable, flags, FIELD_HEX),
    FIELD(igvm_relocatable, alignment, FIELD_HEX), FIELD(igvm_relocatable, gpa, FIELD_HEX),
    FIELD(igvm_relocatable, size, FIELD_HEX),      FIELD(igvm_relocatable, min_gpa, FIELD_HEX),
    FIELD(igvm_relocatable, max_gpa, FIELD_HEX),
};

static const struct field page_tables[] = {
    FIELD(igvm_page_table_region, mask, FIELD_MASK),
    FIELD(igvm_page_table_region, vp_index, FIELD_DECIMAL),
    FIELD(igvm_page_table_region, vtl, FIELD_DECIMAL),
    FIELD(igvm_page_table_region, gpa, FIELD_HEX),
    FIELD(igvm_page_table_region, size, FIELD_HEX),
    FIELD(igvm_page_table_region, used_size, FIELD_HEX),
};

static const struct field corim[] = {
    FIELD(igvm_corim, mask, FIELD_MASK),
    FIELD(igvm_corim, file_offset, FIELD_HEX),
    FIELD(igvm_corim, size, FIELD_DECIMAL),
};

static const struct field cca_policy[] = {
    FIELD(igvm_cca_policy, mask, FIELD_MASK),       FIELD(igvm_cca_policy, must_be_zero, FIELD_HEX),
    FIELD(igvm_cca_policy, must_be_one, FIELD_HEX), FIELD(igvm_cca_policy, hash, FIELD_DECIMAL),
    FIELD(igvm_cca_policy, lfa, FIELD_DECIMAL),
};

static const struct field area[] = {
    FIELD(igvm_parameter_area, index, FIELD_DECIMAL),
    FIELD(igvm_parameter_area, size, FIELD_HEX),
    FIELD(igvm_parameter_area, file_offset, FIELD_HEX),
};

static const struct field parameter[] = {
    FIELD(igvm_parameter, area, FIELD_DECIMAL),
    FIELD(igvm_parameter, offset, FIELD_HEX),
};

static const struct field insert[] = {
    FIELD(igvm_parameter_insert, gpa, FIELD_HEX),
    FIELD(igvm_parameter_insert, mask, FIELD_MASK),
    FIELD(igvm_parameter_insert, area, FIELD_DECIMAL),
};

static const struct field page[] = {
    FIELD(igvm_page_data, gpa, FIELD_HEX),
    FIELD(igvm_page_data, mask, FIELD_MASK),
    FIELD(igvm_page_data, data_type, FIELD_DATA_TYPE),
    FIELD(igvm_page_data, flags, FIELD_PAGE_FLAGS),
    FIELD(igvm_page_data, file_offset, FIELD_HEX),
};

static const struct field context[] = {
    FIELD(igvm_vp_context, gpa, FIELD_HEX),
    FIELD(igvm_vp_context, mask, FIELD_MASK),
    FIELD(igvm_vp_context, vp_index, FIELD_DECIMAL),
    FIELD(igvm_vp_context, file_offset, FIELD_HEX),
};

static const struct field required[] = {
    FIELD(igvm_required_memory, gpa, FIELD_HEX),
    FIELD(igvm_required_memory, mask, FIELD_MASK),
    FIELD(igvm_required_memory, size, FIELD_HEX),
    FIELD(igvm_required_memory, flags, FIELD_HEX),
};

static const struct field error_range[] = {
    FIELD(igvm_error_range, gpa, FIELD_HEX),
    FIELD(igvm_error_range, mask, FIELD_MASK),
    FIELD(igvm_error_range, size, FIELD_HEX),
};

static const struct field id_block[] = {
    FIELD(igvm_id_block, mask, FIELD_MASK),
    FIELD(igvm_id_block, author_key_enabled, FIELD_DECIMAL),
    FIELD(igvm_id_block, ld, FIELD_BYTES),
    FIELD(igvm_id_block, family_id, FIELD_BYTES),
    FIELD(igvm_id_block, image_id, FIELD_BYTES),
    FIELD(igvm_id_block, version, FIELD_DECIMAL),
    FIELD(igvm_id_block, guest_svn, FIELD_DECIMAL),
    FIELD(igvm_id_block, id_key_algorithm, FIELD_DECIMAL),
    FIELD(igvm_id_block, author_key_algorithm, FIELD_DECIMAL),
    FIELD(igvm_id_block, id_signature, FIELD_BYTES),
    FIELD(igvm_id_block, id_key, FIELD_BYTES),
    FIELD(igvm_id_block, author_signature, FIELD_BYTES),
    FIELD(igvm_id_block, author_key, FIELD_BYTES),
};

static const struct field vbs[] = {
    FIELD(igvm_vbs_measurement, mask, FIELD_MASK),
    FIELD(igvm_vbs_measurement, version, FIELD_DECIMAL),
    FIELD(igvm_vbs_measurement, product_id, FIELD_DECIMAL),
    FIELD(igvm_vbs_measurement, module_id, FIELD_DECIMAL),
    FIELD(igvm_vbs_measurement, security_version, FIELD_DECIMAL),
    FIELD(igvm_vbs_measurement, policy_flags, FIELD_HEX),
    FIELD(igvm_vbs_measurement, digest_algorithm, FIELD_DECIMAL),
    FIELD(igvm_vbs_measurement, signing_algorithm, FIELD_DECIMAL),
    FIELD(igvm_vbs_measurement, digest, FIELD_BYTES),
    FIELD(igvm_vbs_measurement, signature, FIELD_BYTES),
    FIELD(igvm_vbs_measurement, public_key, FIELD_BYTES),
};

static const struct {
    enum igvm_type type;
    struct field_list list;
} headers[] = {
    {IGVM_SUPPORTED_PLATFORM, LIST(platform)},
    {IGVM_GUEST_POLICY, LIST(policy)},
    {IGVM_RELOCATABLE_REGION, LIST(relocatable)},
    {IGVM_PAGE_TABLE_RELOCATION_REGION, LIST(page_tables)},
    {IGVM_CORIM_DOCUMENT, LIST(corim)},
    {IGVM_CORIM_SIGNATURE, LIST(corim)},
    {IGVM_CCA_POLICY, LIST(cca_policy)},
    {IGVM_PARAMETER_AREA, LIST(area)},
    {IGVM_PARAMETER_INSERT, LIST(insert)},
    {IGVM_PAGE_DATA, LIST(page)},
    {IGVM_VP_CONTEXT, LIST(context)},
    {IGVM_REQUIRED_MEMORY, LIST(required)},
    {IGVM_ERROR_RANGE, LIST(error_range)},
    {IGVM_SNP_ID_BLOCK, LIST(id_block)},
    {IGVM_VBS_MEASUREMENT, LIST(vbs)},
};

#define NATIVE(member) FIELD(igvm_native_context, member, FIELD_HEX)

static const struct field native[] = {
    NATIVE(rax),       NATIVE(rcx),        NATIVE(rdx),           NATIVE(rbx),
    NATIVE(rsp),       NATIVE(rbp),        NATIVE(rsi),           NATIVE(rdi),
    NATIVE(r8),        NATIVE(r9),         NATIVE(r10),           NATIVE(r11),
    NATIVE(r12),       NATIVE(r13),        NATIVE(r14),           NATIVE(r15),
    NATIVE(rip),       NATIVE(rflags),     NATIVE(idtr_base),     NATIVE(idtr_limit),
    NATIVE(gdtr_base), NATIVE(gdtr_limit), NATIVE(code_selector), NATIVE(code_attributes),
    NATIVE(code_base), NATIVE(code_limit), NATIVE(data_selector), NATIVE(data_attributes),
    NATIVE(data_base), NATIVE(data_limit), NATIVE(gs_base),       NATIVE(cr0),
    NATIVE(cr3),       NATIVE(cr4),        NATIVE(efer),
};

#define VMSA(member) FIELD(igvm_vmsa, member, FIELD_HEX)
#define SEGMENT(member)                                                                            \
    VMSA(member.selector), VMSA(member.attributes), VMSA(member.limit), VMSA(member.base)

static const struct field vmsa[] = {
    SEGMENT(es),        SEGMENT(cs),       SEGMENT(ss),   SEGMENT(ds),
    SEGMENT(fs),        SEGMENT(gs),       SEGMENT(gdtr), SEGMENT(ldtr),
    SEGMENT(idtr),      SEGMENT(tr),       VMSA(vmpl),    VMSA(cpl),
    VMSA(efer),         VMSA(xss),         VMSA(cr4),     VMSA(cr3),
    VMSA(cr0),          VMSA(dr7),         VMSA(dr6),     VMSA(rflags),
    VMSA(rip),          VMSA(dr0),         VMSA(dr1),     VMSA(dr2),
    VMSA(dr3),          VMSA(rsp),         VMSA(rax),     VMSA(star),
    VMSA(lstar),        VMSA(cstar),       VMSA(sfmask),  VMSA(kernel_gs_base),
    VMSA(cr2),          VMSA(g_pat),       VMSA(rcx),     VMSA(rdx),
    VMSA(rbx),          VMSA(rbp),         VMSA(rsi),     VMSA(rdi),
    VMSA(r8),           VMSA(r9),          VMSA(r10),     VMSA(r11),
    VMSA(r12),          VMSA(r13),         VMSA(r14),     VMSA(r15),
    VMSA(sev_features), VMSA(virtual_tom), VMSA(xcr0),    VMSA(mxcsr),
    VMSA(x87_fcw),
};

struct field_list fields_of_header(const struct igvm_kind *kind)
{
    if (kind->is_parameter) {
        return (struct field_list)LIST(parameter);
    }
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (headers[i].type == kind->type) {
            return headers[i].list;
        }
    }
    return (struct field_list){NULL, 0};
}

struct field_list fields_of_context(const struct igvm_file *file, const struct igvm_header *header)
{
    if (header->type != IGVM_VP_CONTEXT || header->data_size != IGVM_PAGE_SIZE) {
        return (struct field_list){NULL, 0};
    }
    if (header->mask == file->masks[IGVM_SEV_SNP] || header->mask == file->masks[IGVM_SEV_ES]) {
        return (struct field_list)LIST(vmsa);
    }
    if (file->architecture == IGVM_X64 &&
        (header->mask == file->masks[IGVM_NATIVE] || header->mask == file->masks[IGVM_SEV])) {
        return (struct field_list)LIST(native);
    }
    return (struct field_list){NULL, 0};
}

uint64_t field_value(const struct field *field, const uint8_t *bytes)
{
    uint64_t value = 0;

    memcpy(&value, bytes + field->offset, field->size <= sizeof(value) ? field->size : 0);
    return value;
}

const char *platform_name(uint64_t type)
{
    static const char *const names[IGVM_PLATFORM_TYPES] = {
        "NATIVE", "VSM_ISOLATION", "SEV_SNP", "TDX", "SEV", "SEV_ES", "CCA"};

    return type < IGVM_PLATFORM_TYPES ? names[type] : NULL;
}

const char *data_type_name(uint64_t type)
{
    static const char *const names[IGVM_DATA_TYPES] = {"NORMAL", "SECRETS", "CPUID_DATA",
                                                       "CPUID_XF"};

    return type < IGVM_DATA_TYPES ? names[type] : NULL;
}
