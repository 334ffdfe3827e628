/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of a host: the types, platforms and features of its profile, and one function for each
 * bit of its "rules".
 */
#include "lint.h"

#include "igvm/context.h"

#include <string.h>

#define BODY(header, body, field)                                                                  \
    ((header)->offset + (uint32_t)(sizeof(struct igvm_prefix) + offsetof(struct body, field)))

#define EFER_SVME UINT64_C(0x1000)
#define CR0_FIXED UINT64_C(0x30)

/* Hosts take one VMSA; a file with thousands must not make lint slow. */
#define SEARCHES_MAX 256u

/* What has gone by, for rules about order. */
struct walk {
    struct lint *lint;
    uint32_t first_page;
    uint32_t first_vmsa;
    uint32_t searches;
};

static uint32_t vmsa_at(const struct igvm_header *header, size_t field)
{
    return header->body.context->file_offset + (uint32_t)field;
}

static bool is_snp_vmsa(const struct walk *walk, const struct igvm_header *header)
{
    return header->type == IGVM_VP_CONTEXT && header->mask == walk->lint->file->masks[IGVM_SEV_SNP];
}

static bool is_for_snp(const struct walk *walk, const struct igvm_header *header,
                       enum igvm_type type)
{
    return header->type == (uint32_t)type &&
           (header->mask & walk->lint->file->masks[IGVM_SEV_SNP]) != 0;
}

static void check_vmsa_gpa(struct walk *walk, const struct igvm_header *header)
{
    if (is_snp_vmsa(walk, header) && header->body.context->gpa != IGVM_KVM_VMSA_GPA) {
        lint_error(walk->lint, BODY(header, igvm_vp_context, gpa), "vmsa-gpa",
                   "KVM's VMSAs lie at 0xFFFFFFFFF000");
    }
}

#define SPAN(first, last)                                                                          \
    {                                                                                              \
        offsetof(struct igvm_vmsa, first),                                                         \
            offsetof(struct igvm_vmsa, last) + sizeof(((struct igvm_vmsa *)0)->last)               \
    }

/* The first byte that is not 0 outside the fields that the host takes over; 0 if there is none,
 * since the page begins with such a field. */
static uint32_t first_lost_byte(const uint8_t *vmsa)
{
    static const struct {
        uint16_t begin;
        uint16_t end;
    } kept[] = {
        SPAN(es, tr),     SPAN(efer, efer),   SPAN(cr4, rip),
        SPAN(rsp, rsp),   SPAN(rax, rax),     SPAN(g_pat, g_pat),
        SPAN(rcx, rbx),   SPAN(rbp, r15),     SPAN(sev_features, sev_features),
        SPAN(xcr0, xcr0), SPAN(mxcsr, mxcsr), SPAN(x87_fcw, x87_fcw),
    };
    uint32_t at = 0;

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); at = kept[i++].end) {
        for (; at < kept[i].begin; at++) {
            if (vmsa[at] != 0) {
                return at;
            }
        }
    }
    for (; at < IGVM_PAGE_SIZE; at++) {
        if (vmsa[at] != 0) {
            return at;
        }
    }
    return 0;
}

static void check_vmsa_registers(struct walk *walk, const struct igvm_header *header)
{
    struct igvm_vmsa vmsa;

    memcpy(&vmsa, header->data, sizeof(vmsa));
    if ((vmsa.efer & EFER_SVME) == 0) {
        lint_error(walk->lint, vmsa_at(header, offsetof(struct igvm_vmsa, efer)), "vmsa-efer",
                   "EFER must include SVME (0x1000)");
    }
    if ((vmsa.cr0 & ~UINT64_C(1)) != CR0_FIXED) {
        lint_warning(walk->lint, vmsa_at(header, offsetof(struct igvm_vmsa, cr0)), "vmsa-cr0",
                     "KVM is only known to keep a CR0 of 0x30 or 0x31 as it is");
    }
    if (vmsa.tr.base != vmsa.ldtr.base) {
        lint_error(walk->lint, vmsa_at(header, offsetof(struct igvm_vmsa, tr.base)), "vmsa-tr",
                   "QEMU gives TR the base of LDTR");
    }
}

static void check_vmsa_rebuilt(struct walk *walk, const struct igvm_header *header)
{
    uint32_t lost;

    if (!is_snp_vmsa(walk, header)) {
        return;
    }
    lost = first_lost_byte(header->data);
    if (lost != 0) {
        lint_error(walk->lint, vmsa_at(header, lost), "vmsa-field",
                   "the host cannot set this field of a VMSA");
    }
    check_vmsa_registers(walk, header);
}

static void check_one_vmsa(struct walk *walk, const struct igvm_header *header)
{
    if (is_snp_vmsa(walk, header) && header->body.context->vp_index != 0) {
        lint_error(walk->lint, BODY(header, igvm_vp_context, vp_index), "vmsa-one",
                   "the host takes the first CPU's VMSA only");
    }
}

static void check_vmsa_last(struct walk *walk, const struct igvm_header *header)
{
    if (walk->first_vmsa == 0) {
        return;
    }
    if (is_for_snp(walk, header, IGVM_PARAMETER_INSERT)) {
        lint_report(walk->lint,
                    (struct finding){true, header->offset, walk->first_vmsa, "vmsa-last",
                                     "parameters must be inserted before the VMSA"});
    } else if (is_for_snp(walk, header, IGVM_PAGE_DATA)) {
        lint_report(walk->lint,
                    (struct finding){false, header->offset, walk->first_vmsa, "vmsa-last",
                                     "the host measures the VMSA behind this page, tools that go "
                                     "by the file before it"});
    }
}

static void check_vmsa_in_required(struct walk *walk, const struct igvm_header *header)
{
    struct igvm_header other;
    uint64_t gpa;

    if (!is_snp_vmsa(walk, header) || walk->searches > SEARCHES_MAX) {
        return;
    }
    if (walk->searches++ == SEARCHES_MAX) {
        lint_error(walk->lint, header->offset, "vmsa-many", "too many VMSAs to look at them all");
        return;
    }
    gpa = header->body.context->gpa;
    for (igvm_rewind(walk->lint->file, &other); igvm_next(walk->lint->file, &other);) {
        if (is_for_snp(walk, &other, IGVM_REQUIRED_MEMORY) && gpa >= other.body.required->gpa &&
            gpa - other.body.required->gpa < other.body.required->size) {
            return;
        }
    }
    lint_error(walk->lint, BODY(header, igvm_vp_context, gpa), "vmsa-memory",
               "the VMSA must lie in required memory");
}

static void check_runs(struct walk *walk, const struct igvm_header *header)
{
    if (walk->first_page != 0 && is_for_snp(walk, header, IGVM_PARAMETER_INSERT)) {
        lint_report(walk->lint,
                    (struct finding){false, header->offset, walk->first_page, "insert-order",
                                     "QEMU may measure this before the pages it stands behind"});
    }
}

/* QEMU writes these tables to the start of their area, whatever the offset says. That nothing
 * else may be in the area is for ranges.c to see. */
static void check_tables(struct walk *walk, const struct igvm_header *header)
{
    if (lint_is_table(header->type) && header->body.parameter->offset != 0) {
        lint_error(walk->lint, BODY(header, igvm_parameter, offset), "table-offset",
                   "the host writes this table to offset 0 of its area");
    }
}

static void check_area_data(struct walk *walk, const struct igvm_header *header)
{
    if (header->type == IGVM_PARAMETER_AREA && header->data != NULL) {
        lint_error(walk->lint, BODY(header, igvm_parameter_area, file_offset), "area-data",
                   "the host ignores a parameter area's contents");
    }
}

static void check_cpuid_place(struct walk *walk, const struct igvm_header *header)
{
    if (is_for_snp(walk, header, IGVM_PAGE_DATA) &&
        (header->body.page->data_type == IGVM_DATA_CPUID ||
         header->body.page->data_type == IGVM_DATA_CPUID_XF) &&
        header->body.page->gpa > UINT32_MAX) {
        lint_error(walk->lint, BODY(header, igvm_page_data, gpa), "cpuid-place",
                   "the CPUID page must lie below 4 GiB");
    }
}

static void check_shared(struct walk *walk, const struct igvm_header *header)
{
    if (is_for_snp(walk, header, IGVM_PAGE_DATA) &&
        (header->body.page->flags & IGVM_PAGE_SHARED) != 0) {
        lint_error(walk->lint, BODY(header, igvm_page_data, flags), "shared-ignored",
                   "the host takes a shared page for a private one and measures it");
    }
}

static void check_native_cpu(struct walk *walk, const struct igvm_header *header)
{
    if (header->type == IGVM_VP_CONTEXT && header->mask == walk->lint->file->masks[IGVM_NATIVE] &&
        header->body.context->vp_index != 0) {
        lint_error(walk->lint, BODY(header, igvm_vp_context, vp_index), "native-one",
                   "only the first CPU can have a native context");
    }
}

static void check_devices(struct walk *walk, const struct igvm_header *header)
{
    static const struct {
        uint64_t first;
        uint64_t last;
    } devices[] = {
        {0xFEC00000, 0xFEC00FFF}, /* I/O APIC */
        {0xFED00000, 0xFED00FFF}, /* HPET */
        {0xFEE00000, 0xFEEFFFFF}, /* local APICs */
    };

    if (header->type != IGVM_PAGE_DATA && header->type != IGVM_PARAMETER_INSERT) {
        return;
    }
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (header->body.page->gpa >= devices[i].first &&
            header->body.page->gpa <= devices[i].last) {
            lint_error(walk->lint, header->offset + (uint32_t)sizeof(struct igvm_prefix), "device",
                       "a device of the machine is at this address");
        }
    }
}

_Static_assert(offsetof(struct igvm_page_data, gpa) == 0 &&
                   offsetof(struct igvm_parameter_insert, gpa) == 0,
               "both begin with the address");

static const struct {
    enum host_rule rule;
    void (*check)(struct walk *walk, const struct igvm_header *header);
} rules[] = {
    {HOST_VMSA_AT_KVM_GPA, check_vmsa_gpa},
    {HOST_VMSA_REBUILT, check_vmsa_rebuilt},
    {HOST_ONE_VMSA, check_one_vmsa},
    {HOST_VMSA_LAST, check_vmsa_last},
    {HOST_VMSA_IN_REQUIRED, check_vmsa_in_required},
    {HOST_HOLDS_RUNS, check_runs},
    {HOST_TABLES_AT_AREA_START, check_tables},
    {HOST_IGNORES_AREA_DATA, check_area_data},
    {HOST_CPUID_BELOW_4G, check_cpuid_place},
    {HOST_IGNORES_SHARED, check_shared},
    {HOST_NATIVE_BOOT_CPU_ONLY, check_native_cpu},
    {HOST_PC_DEVICES, check_devices},
};

static bool contains(const uint16_t *types, uint32_t type)
{
    while (*types != 0 && *types != type) {
        types++;
    }
    return *types != 0;
}

static void check_type(struct lint *lint, const struct igvm_header *header)
{
    if (header->type == IGVM_SUPPORTED_PLATFORM) {
        return;
    }
    if (!contains(lint->profile->types, header->type)) {
        lint_error(lint, header->offset, "host-type",
                   "the host refuses the file for this type of header");
    } else if (contains(lint->profile->newer, header->type)) {
        lint_warning(lint, header->offset, "host-version",
                     "older versions of the host refuse the file for this type of header");
    }
}

static void check_features(struct walk *walk, const struct igvm_header *header)
{
    uint64_t features;

    if (!is_snp_vmsa(walk, header)) {
        return;
    }
    memcpy(&features, header->data + offsetof(struct igvm_vmsa, sev_features), sizeof(features));
    if ((features & ~walk->lint->profile->sev_features) != 0) {
        lint_error(walk->lint, vmsa_at(header, offsetof(struct igvm_vmsa, sev_features)),
                   "host-features", "the host does not offer all of these SEV features");
    }
}

static void check_platforms(struct lint *lint)
{
    for (unsigned type = 0; type < IGVM_PLATFORM_TYPES; type++) {
        if (lint->file->masks[type] != 0 && (lint->profile->platforms >> type & 1) != 0) {
            return;
        }
    }
    lint_error(lint, lint->file->headers_begin, "host-platform",
               "the host launches none of the file's platforms");
}

void host_lint_run(struct lint *lint)
{
    struct walk walk = {.lint = lint};
    struct igvm_header header;

    check_platforms(lint);
    for (igvm_rewind(lint->file, &header); igvm_next(lint->file, &header);) {
        check_type(lint, &header);
        check_features(&walk, &header);
        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
            if ((lint->profile->rules & (uint32_t)rules[i].rule) != 0) {
                rules[i].check(&walk, &header);
            }
        }
        if (walk.first_page == 0 && is_for_snp(&walk, &header, IGVM_PAGE_DATA)) {
            walk.first_page = header.offset;
        }
        if (walk.first_vmsa == 0 && is_snp_vmsa(&walk, &header)) {
            walk.first_vmsa = header.offset;
        }
    }
}
