/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IGVM file format: every header's number and layout, nothing else.
 *
 * A file is a fixed header, a list of variable headers (struct igvm_prefix, body, zeros up to the
 * next multiple of eight) and file data; file_offset fields count from the file's first byte and
 * zero means "no data". All integers are little endian, as is every machine this is compiled for.
 * The structures are packed and may alias bytes, so a body may be read where it lies in the file.
 */
#ifndef IGVM_FORMAT_H
#define IGVM_FORMAT_H

#include <stdint.h>

#define IGVM_LAYOUT    __attribute__((packed, may_alias))
#define IGVM_MAGIC     0x4D564749u
#define IGVM_PAGE_SIZE 4096u

enum igvm_architecture { IGVM_X64 = 0, IGVM_AARCH64 = 1 };

/* Version 1 ends before "architecture". */
struct IGVM_LAYOUT igvm_fixed {
    uint32_t magic;
    uint32_t format_version;
    uint32_t variable_header_offset;
    uint32_t variable_header_size;
    uint32_t total_file_size;
    uint32_t checksum;
    uint32_t architecture;
    uint32_t page_size;
};

#define IGVM_FIXED_V1_SIZE 24u
#define IGVM_FIXED_V2_SIZE 32u

struct IGVM_LAYOUT igvm_prefix {
    uint32_t type;
    uint32_t length;
};

enum igvm_type {
    IGVM_SUPPORTED_PLATFORM = 0x001,
    IGVM_GUEST_POLICY = 0x101,
    IGVM_RELOCATABLE_REGION = 0x102,
    IGVM_PAGE_TABLE_RELOCATION_REGION = 0x103,
    IGVM_CORIM_DOCUMENT = 0x104,
    IGVM_CORIM_SIGNATURE = 0x105,
    IGVM_CCA_POLICY = 0x106,
    IGVM_PARAMETER_AREA = 0x301,
    IGVM_PAGE_DATA = 0x302,
    IGVM_PARAMETER_INSERT = 0x303,
    IGVM_VP_CONTEXT = 0x304,
    IGVM_REQUIRED_MEMORY = 0x305,
    IGVM_VP_COUNT = 0x307,
    IGVM_SRAT = 0x308,
    IGVM_MADT = 0x309,
    IGVM_MMIO_RANGES = 0x30A,
    IGVM_SNP_ID_BLOCK = 0x30B,
    IGVM_MEMORY_MAP = 0x30C,
    IGVM_ERROR_RANGE = 0x30D,
    IGVM_COMMAND_LINE = 0x30E,
    IGVM_SLIT = 0x30F,
    IGVM_PPTT = 0x310,
    IGVM_VBS_MEASUREMENT = 0x311,
    IGVM_DEVICE_TREE = 0x312,
    IGVM_ENVIRONMENT_INFO = 0x313
};

enum igvm_platform_type {
    IGVM_NATIVE = 0,
    IGVM_VSM_ISOLATION = 1,
    IGVM_SEV_SNP = 2,
    IGVM_TDX = 3,
    IGVM_SEV = 4,
    IGVM_SEV_ES = 5,
    IGVM_CCA = 6,
    IGVM_PLATFORM_TYPES
};

struct IGVM_LAYOUT igvm_platform {
    uint32_t mask;
    uint8_t highest_vtl;
    uint8_t platform_type;
    uint16_t platform_version;
    uint64_t shared_gpa_boundary;
};

struct IGVM_LAYOUT igvm_policy {
    uint64_t policy;
    uint32_t mask;
    uint32_t reserved;
};

enum igvm_relocation_flags {
    IGVM_RELOCATE_IS_VTL2 = 1,
    IGVM_RELOCATE_RIP = 2,
    IGVM_RELOCATE_GDTR = 4
};

struct IGVM_LAYOUT igvm_relocatable {
    uint32_t mask;
    uint16_t vp_index;
    uint8_t vtl;
    uint8_t flags;
    uint64_t alignment;
    uint64_t gpa;
    uint64_t size;
    uint64_t min_gpa;
    uint64_t max_gpa;
};

struct IGVM_LAYOUT igvm_page_table_region {
    uint32_t mask;
    uint16_t vp_index;
    uint8_t vtl;
    uint8_t reserved;
    uint64_t gpa;
    uint64_t size;
    uint64_t used_size;
};

/* CORIM_DOCUMENT and CORIM_SIGNATURE. */
struct IGVM_LAYOUT igvm_corim {
    uint32_t mask;
    uint32_t file_offset;
    uint32_t size;
    uint32_t reserved;
};

struct IGVM_LAYOUT igvm_cca_policy {
    uint32_t mask;
    uint32_t reserved;
    uint64_t must_be_zero;
    uint64_t must_be_one;
    uint8_t hash;
    uint8_t lfa;
    uint8_t reserved_end[6];
};

struct IGVM_LAYOUT igvm_parameter_area {
    uint64_t size;
    uint32_t index;
    uint32_t file_offset;
};

/* All parameter usages: VP_COUNT to MMIO_RANGES, MEMORY_MAP, COMMAND_LINE to PPTT, DEVICE_TREE,
 * ENVIRONMENT_INFO. */
struct IGVM_LAYOUT igvm_parameter {
    uint32_t area;
    uint32_t offset;
};

struct IGVM_LAYOUT igvm_parameter_insert {
    uint64_t gpa;
    uint32_t mask;
    uint32_t area;
};

enum igvm_page_flags {
    IGVM_PAGE_2MB = 1,
    IGVM_PAGE_UNMEASURED = 2,
    IGVM_PAGE_SHARED = 4,
    IGVM_PAGE_FLAGS = 7
};

enum igvm_data_type {
    IGVM_DATA_NORMAL = 0,
    IGVM_DATA_SECRETS = 1,
    IGVM_DATA_CPUID = 2,
    IGVM_DATA_CPUID_XF = 3,
    IGVM_DATA_TYPES
};

struct IGVM_LAYOUT igvm_page_data {
    uint64_t gpa;
    uint32_t mask;
    uint32_t file_offset;
    uint32_t flags;
    uint16_t data_type;
    uint16_t reserved;
};

/* Twenty bytes: an unpacked C structure would have 24, which every reader refuses. */
struct IGVM_LAYOUT igvm_vp_context {
    uint64_t gpa;
    uint32_t mask;
    uint32_t file_offset;
    uint16_t vp_index;
    uint16_t reserved;
};

#define IGVM_REQUIRED_VTL2_PROTECTABLE 1u

struct IGVM_LAYOUT igvm_required_memory {
    uint64_t gpa;
    uint32_t mask;
    uint32_t size;
    uint32_t flags;
    uint32_t reserved;
};

struct IGVM_LAYOUT igvm_error_range {
    uint64_t gpa;
    uint32_t mask;
    uint32_t size;
};

struct IGVM_LAYOUT igvm_signature {
    uint8_t r[72];
    uint8_t s[72];
};

struct IGVM_LAYOUT igvm_public_key {
    uint32_t curve;
    uint32_t reserved;
    uint8_t qx[72];
    uint8_t qy[72];
};

struct IGVM_LAYOUT igvm_id_block {
    uint32_t mask;
    uint8_t author_key_enabled;
    uint8_t reserved[3];
    uint8_t ld[48];
    uint8_t family_id[16];
    uint8_t image_id[16];
    uint32_t version;
    uint32_t guest_svn;
    uint32_t id_key_algorithm;
    uint32_t author_key_algorithm;
    struct igvm_signature id_signature;
    struct igvm_public_key id_key;
    struct igvm_signature author_signature;
    struct igvm_public_key author_key;
};

struct IGVM_LAYOUT igvm_vbs_measurement {
    uint32_t mask;
    uint32_t version;
    uint32_t product_id;
    uint32_t module_id;
    uint32_t security_version;
    uint32_t policy_flags;
    uint32_t digest_algorithm;
    uint32_t signing_algorithm;
    uint8_t digest[64];
    uint8_t signature[256];
    uint8_t public_key[512];
};

/* What a host writes into a MEMORY_MAP area: sorted entries, ended by page_count 0 if there is
 * room for one more. */
enum igvm_memory_type {
    IGVM_MEMORY_RAM = 0,
    IGVM_MEMORY_RESERVED = 1,
    IGVM_MEMORY_PERSISTENT = 2,
    IGVM_MEMORY_VTL2_PROTECTABLE = 3,
    IGVM_MEMORY_SPECIFIC_PURPOSE = 4,
    IGVM_MEMORY_HIDDEN = 5
};

struct IGVM_LAYOUT igvm_memory_entry {
    uint64_t first_page;
    uint64_t page_count;
    uint16_t type;
    uint16_t flags;
    uint32_t reserved;
};

struct IGVM_LAYOUT igvm_mmio_range {
    uint64_t first_page;
    uint64_t page_count;
};

#define IGVM_ENVIRONMENT_MEMORY_IS_SHARED 1u

_Static_assert(sizeof(struct igvm_fixed) == IGVM_FIXED_V2_SIZE, "fixed header, version 2");
_Static_assert(sizeof(struct igvm_prefix) == 8, "prefix");
_Static_assert(sizeof(struct igvm_platform) == 16, "SUPPORTED_PLATFORM");
_Static_assert(sizeof(struct igvm_policy) == 16, "GUEST_POLICY");
_Static_assert(sizeof(struct igvm_relocatable) == 48, "RELOCATABLE_REGION");
_Static_assert(sizeof(struct igvm_page_table_region) == 32, "PAGE_TABLE_RELOCATION_REGION");
_Static_assert(sizeof(struct igvm_corim) == 16, "CORIM");
_Static_assert(sizeof(struct igvm_cca_policy) == 32, "CCA_POLICY");
_Static_assert(sizeof(struct igvm_parameter_area) == 16, "PARAMETER_AREA");
_Static_assert(sizeof(struct igvm_parameter) == 8, "parameter usage");
_Static_assert(sizeof(struct igvm_parameter_insert) == 16, "PARAMETER_INSERT");
_Static_assert(sizeof(struct igvm_page_data) == 24, "PAGE_DATA");
_Static_assert(sizeof(struct igvm_vp_context) == 20, "VP_CONTEXT");
_Static_assert(sizeof(struct igvm_required_memory) == 24, "REQUIRED_MEMORY");
_Static_assert(sizeof(struct igvm_error_range) == 16, "ERROR_RANGE");
_Static_assert(sizeof(struct igvm_id_block) == 696, "SNP_ID_BLOCK");
_Static_assert(sizeof(struct igvm_vbs_measurement) == 864, "VBS_MEASUREMENT");
_Static_assert(sizeof(struct igvm_memory_entry) == 24, "memory map entry");

#endif
