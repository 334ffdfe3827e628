/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Example files, header by header as the format's description lists them. The writer's memory is
 * static: tests are single-threaded and one file is made at a time.
 */
#include "examples.h"

#include "igvm/context.h"
#include "igvm/writer.h"

#include <stdlib.h>
#include <string.h>

enum { SNP = 1, NATIVE = 2, TDX = 4, ALL = 7 };

static uint8_t header_room[16 << 10];
static uint8_t data_room[EXAMPLE_ROOM];
static uint32_t slots[64];

static void start(struct igvm_writer *writer)
{
    igvm_writer_start(writer, &(struct igvm_writer_memory){header_room, sizeof(header_room),
                                                           data_room, sizeof(data_room), slots,
                                                           sizeof(slots) / sizeof(slots[0])});
}

static size_t finish(struct igvm_writer *writer, uint8_t *out)
{
    if (!igvm_finish(writer, out, EXAMPLE_ROOM, NULL)) {
        abort();
    }
    return igvm_writer_size(writer);
}

void example_reseal(uint8_t *bytes)
{
    struct igvm_fixed fixed;

    memcpy(&fixed, bytes, sizeof(fixed));
    fixed.checksum = igvm_checksum(bytes, &fixed);
    memcpy(bytes, &fixed, sizeof(fixed));
}

static void add_platform(struct igvm_writer *writer, uint32_t mask, uint8_t type, uint8_t vtl)
{
    igvm_add(writer, IGVM_SUPPORTED_PLATFORM,
             &(struct igvm_platform){
                 .mask = mask, .highest_vtl = vtl, .platform_type = type, .platform_version = 1});
}

static void add_usage(struct igvm_writer *writer, enum igvm_type type, uint32_t area,
                      uint32_t offset)
{
    igvm_add(writer, type, &(struct igvm_parameter){area, offset});
}

static void add_inserts(struct igvm_writer *writer, uint32_t mask, uint64_t gpa)
{
    igvm_add(writer, IGVM_PARAMETER_INSERT, &(struct igvm_parameter_insert){gpa, mask, 0});
    igvm_add(writer, IGVM_PARAMETER_INSERT,
             &(struct igvm_parameter_insert){gpa + IGVM_PAGE_SIZE, mask, 1});
}

static void add_parameters(struct igvm_writer *writer, uint64_t second_area)
{
    igvm_add(writer, IGVM_PARAMETER_AREA, &(struct igvm_parameter_area){IGVM_PAGE_SIZE, 0, 0});
    igvm_add(writer, IGVM_PARAMETER_AREA, &(struct igvm_parameter_area){second_area, 1, 0});
    add_usage(writer, IGVM_VP_COUNT, 0, 0);
    add_usage(writer, IGVM_ENVIRONMENT_INFO, 0, 4);
    add_usage(writer, IGVM_MEMORY_MAP, 1, 0);
}

static void add_page(struct igvm_writer *writer, struct igvm_page_data page, const void *data,
                     size_t size)
{
    igvm_add_data(writer, IGVM_PAGE_DATA, &page, (struct igvm_blob){data, size});
}

static void add_full_pages(struct igvm_writer *writer)
{
    static const uint32_t cpuid[] = {1, 0, 0, 0, 0x8000001F};
    uint8_t code[IGVM_PAGE_SIZE];
    uint8_t nops[IGVM_PAGE_SIZE];

    for (size_t i = 0; i < sizeof(code); i++) {
        code[i] = (uint8_t)(7 * i);
    }
    memset(nops, 0x90, sizeof(nops));
    add_page(writer, (struct igvm_page_data){.gpa = EXAMPLE_BASE, .mask = ALL}, code, sizeof(code));
    add_page(writer, (struct igvm_page_data){.gpa = EXAMPLE_BASE + 0x1000, .mask = ALL}, NULL, 0);
    add_page(writer,
             (struct igvm_page_data){
                 .gpa = EXAMPLE_BASE + 0x2000, .mask = ALL, .flags = IGVM_PAGE_UNMEASURED},
             "U", 1);
    add_page(writer,
             (struct igvm_page_data){
                 .gpa = EXAMPLE_BASE + 0x3000, .mask = SNP, .data_type = IGVM_DATA_CPUID},
             cpuid, sizeof(cpuid));
    add_page(writer,
             (struct igvm_page_data){
                 .gpa = EXAMPLE_BASE + 0x4000, .mask = SNP, .data_type = IGVM_DATA_SECRETS},
             NULL, 0);
    add_page(writer, (struct igvm_page_data){.gpa = 0xFFFFF000, .mask = TDX}, nops, sizeof(nops));
}

static void add_native_context(struct igvm_writer *writer,
                               const struct igvm_native_context *context)
{
    igvm_add_data(writer, IGVM_VP_CONTEXT, &(struct igvm_vp_context){.mask = NATIVE},
                  (struct igvm_blob){context, sizeof(*context)});
}

static void add_full_contexts(struct igvm_writer *writer)
{
    const struct igvm_vmsa_segment data = {0x10, 0xC93, 0xFFFFFFFF, 0};
    struct igvm_native_context native = {
        .rip = EXAMPLE_BASE + 2,
        .rsp = 0x08006F88,
        .rflags = 2,
        .cr0 = 0x31,
        .cr4 = 0x60,
        .code_selector = 8,
        .code_attributes = 0xC09B,
        .code_limit = UINT32_MAX,
        .data_selector = 0x10,
        .data_attributes = 0xC093,
        .data_limit = UINT32_MAX,
    };
    struct igvm_vmsa vmsa = {
        .es = data,
        .ss = data,
        .ds = data,
        .fs = data,
        .gs = data,
        .cs = {8, 0xC9B, 0xFFFFFFFF, 0},
        .efer = 0x1000,
        .cr4 = 0x60,
        .cr0 = 0x31,
        .rflags = 2,
        .rip = 0x08000002,
        .rsp = 0x08006F88,
        .rax = 1,
        .g_pat = 0x0007040600070406,
        .sev_features = 1,
        .xcr0 = 1,
    };

    add_native_context(writer, &native);
    igvm_add_data(writer, IGVM_VP_CONTEXT,
                  &(struct igvm_vp_context){.gpa = IGVM_KVM_VMSA_GPA, .mask = SNP},
                  (struct igvm_blob){&vmsa, sizeof(vmsa)});
}

size_t example_full(uint8_t *out, const struct full_options *options)
{
    struct igvm_writer writer;
    uint64_t second = options->second_area != 0 ? options->second_area : IGVM_PAGE_SIZE;

    start(&writer);
    add_platform(&writer, SNP, IGVM_SEV_SNP, 2);
    add_platform(&writer, TDX, IGVM_TDX, 2);
    add_platform(&writer, NATIVE, IGVM_NATIVE, 0);
    igvm_add(&writer, IGVM_GUEST_POLICY, &(struct igvm_policy){.policy = 0x30000, .mask = SNP});
    igvm_add(&writer, IGVM_REQUIRED_MEMORY,
             &(struct igvm_required_memory){.gpa = EXAMPLE_BASE, .mask = ALL, .size = 16u << 20});
    add_parameters(&writer, second);
    if (!options->late_inserts) {
        add_inserts(&writer, ALL, EXAMPLE_BASE + 0x10000);
    }
    add_full_pages(&writer);
    if (options->late_inserts) {
        add_inserts(&writer, ALL, EXAMPLE_BASE + 0x10000);
    }
    add_full_contexts(&writer);
    return finish(&writer, out);
}

/* Code that stops, and page tables that map the first gigabyte onto itself. */
static void add_minimal_pages(struct igvm_writer *writer)
{
    static const uint8_t code[] = {0xF4, 0xEB, 0xFD};
    const uint64_t pml4 = 0x08002003;
    const uint64_t pdpt = 0x08003003;
    uint64_t directory[512];

    for (uint64_t i = 0; i < 512; i++) {
        directory[i] = i << 21 | 0x83;
    }
    add_page(writer, (struct igvm_page_data){.gpa = 0x08000000, .mask = NATIVE}, code,
             sizeof(code));
    add_page(writer, (struct igvm_page_data){.gpa = 0x08001000, .mask = NATIVE}, &pml4,
             sizeof(pml4));
    add_page(writer, (struct igvm_page_data){.gpa = 0x08002000, .mask = NATIVE}, &pdpt,
             sizeof(pdpt));
    add_page(writer, (struct igvm_page_data){.gpa = 0x08003000, .mask = NATIVE}, directory,
             sizeof(directory));
    add_page(writer, (struct igvm_page_data){.gpa = 0x08005000, .mask = NATIVE}, NULL, 0);
}

size_t example_minimal(uint8_t *out)
{
    struct igvm_writer writer;
    struct igvm_native_context context = {
        .rip = EXAMPLE_BASE,
        .rsp = 0x08006000,
        .rflags = 2,
        .cr0 = 0x80000031,
        .cr3 = 0x08001000,
        .cr4 = 0x60,
        .efer = 0xD00,
        .code_selector = 8,
        .code_attributes = 0xA09B,
        .code_limit = UINT32_MAX,
        .data_selector = 0x10,
        .data_attributes = 0xC093,
        .data_limit = UINT32_MAX,
    };

    start(&writer);
    add_platform(&writer, NATIVE, IGVM_NATIVE, 0);
    igvm_add(
        &writer, IGVM_REQUIRED_MEMORY,
        &(struct igvm_required_memory){.gpa = EXAMPLE_BASE, .mask = NATIVE, .size = 0x01000000});
    add_parameters(&writer, IGVM_PAGE_SIZE);
    add_inserts(&writer, NATIVE, 0x08101000);
    add_native_context(&writer, &context);
    add_minimal_pages(&writer);
    return finish(&writer, out);
}

size_t example_pages(uint8_t *out)
{
    static const uint8_t first[] = {0x00, 0x05};
    struct igvm_writer writer;

    start(&writer);
    add_platform(&writer, SNP, IGVM_SEV_SNP, 0);
    for (uint64_t number = 0; number <= 10; number++) {
        struct igvm_page_data page = {
            .gpa = number * IGVM_PAGE_SIZE,
            .mask = SNP,
            .flags = number >= 5 && number < 10 ? IGVM_PAGE_UNMEASURED : 0,
        };
        add_page(&writer, page, first, number % 10 == 0 ? sizeof(first) : 0);
    }
    add_page(
        &writer,
        (struct igvm_page_data){.gpa = 20 * IGVM_PAGE_SIZE, .mask = SNP, .flags = IGVM_PAGE_SHARED},
        first, sizeof(first));
    return finish(&writer, out);
}

static void add_rare_initialization(struct igvm_writer *writer)
{
    igvm_add(writer, IGVM_GUEST_POLICY, &(struct igvm_policy){.policy = 0x30000, .mask = SNP});
    igvm_add(
        writer, IGVM_RELOCATABLE_REGION,
        &(struct igvm_relocatable){
            .mask = 8, .alignment = 0x1000, .gpa = 0x1000, .size = 0x1000, .max_gpa = 0x100000});
    igvm_add(writer, IGVM_PAGE_TABLE_RELOCATION_REGION,
             &(struct igvm_page_table_region){
                 .mask = 8, .gpa = 0x2000, .size = 0x2000, .used_size = 0x1000});
    igvm_add_data(writer, IGVM_CORIM_DOCUMENT, &(struct igvm_corim){.mask = SNP, .size = 3},
                  (struct igvm_blob){"doc", 3});
    igvm_add_data(writer, IGVM_CORIM_SIGNATURE, &(struct igvm_corim){.mask = SNP, .size = 4},
                  (struct igvm_blob){"sign", 4});
    igvm_add(writer, IGVM_CCA_POLICY,
             &(struct igvm_cca_policy){.mask = 16, .must_be_zero = 1, .hash = 2, .lfa = 1});
}

static void add_rare_directives(struct igvm_writer *writer)
{
    static const enum igvm_type usages[] = {
        IGVM_VP_COUNT,     IGVM_SRAT, IGVM_MADT, IGVM_MMIO_RANGES, IGVM_MEMORY_MAP,
        IGVM_COMMAND_LINE, IGVM_SLIT, IGVM_PPTT, IGVM_DEVICE_TREE, IGVM_ENVIRONMENT_INFO};
    uint8_t vsm_context[4 + 2 * 32] = {2};

    igvm_add_data(writer, IGVM_PARAMETER_AREA, &(struct igvm_parameter_area){0x2000, 7, 0},
                  (struct igvm_blob){"area", 4});
    for (uint32_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++) {
        add_usage(writer, usages[i], 7, i * 0x100);
    }
    igvm_add(writer, IGVM_PARAMETER_INSERT, &(struct igvm_parameter_insert){0x10000, SNP, 7});
    igvm_add(writer, IGVM_SNP_ID_BLOCK, &(struct igvm_id_block){.mask = SNP, .version = 1});
    igvm_add(writer, IGVM_VBS_MEASUREMENT, &(struct igvm_vbs_measurement){.mask = 8, .version = 1});
    igvm_add(writer, IGVM_ERROR_RANGE,
             &(struct igvm_error_range){.gpa = 0x40000, .mask = SNP, .size = 0x1000});
    igvm_add_data(writer, IGVM_VP_CONTEXT, &(struct igvm_vp_context){.mask = 8},
                  (struct igvm_blob){vsm_context, sizeof(vsm_context)});
}

size_t example_all_types(uint8_t *out)
{
    struct igvm_writer writer;

    start(&writer);
    add_platform(&writer, SNP, IGVM_SEV_SNP, 2);
    add_platform(&writer, NATIVE, IGVM_NATIVE, 0);
    add_platform(&writer, TDX, IGVM_TDX, 0);
    add_platform(&writer, 8, IGVM_VSM_ISOLATION, 0);
    add_platform(&writer, 16, IGVM_CCA, 0);
    add_rare_initialization(&writer);
    igvm_add(&writer, IGVM_REQUIRED_MEMORY,
             &(struct igvm_required_memory){.gpa = EXAMPLE_BASE, .mask = ALL, .size = 16u << 20});
    add_rare_directives(&writer);
    add_full_pages(&writer);
    add_full_contexts(&writer);
    return finish(&writer, out);
}
