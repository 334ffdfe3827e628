/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Field rules by header type, as the format's reference reader has them: what is refused here is
 * refused by every host. Rules that only a careful reader wants (overlaps, dead headers, what one
 * host cannot do) belong to lint, because a file that breaks them may still boot somewhere.
 */
#include "checks.h"

#include "bytes.h"
#include "igvm/context.h"

#define AT(header, body, field)                                                                    \
    ((header)->offset + (uint32_t)sizeof(struct igvm_prefix) +                                     \
     (uint32_t)offsetof(struct body, field))

static const char not_aligned[] = "address and size must be multiples of 4096";
static const char wraps[] = "the range must end below 2^64";
static const char reserved_set[] = "reserved fields must be 0";
static const char one_platform[] = "the mask must name exactly one platform";

bool igvm_refuse(struct igvm_opening *opening, enum igvm_code code, uint32_t offset,
                 const char *rule)
{
    opening->error = (struct igvm_error){code, offset, rule};
    return false;
}

static bool check_range(struct igvm_opening *opening, uint32_t offset, uint64_t gpa, uint64_t size)
{
    if (((gpa | size) & (IGVM_PAGE_SIZE - 1)) != 0) {
        return igvm_refuse(opening, IGVM_BAD_ADDRESS, offset, not_aligned);
    }
    if (size != 0 && gpa > UINT64_MAX - (size - 1)) {
        return igvm_refuse(opening, IGVM_BAD_ADDRESS, offset, wraps);
    }
    return true;
}

static bool check_platform_identity(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_platform *platform = header->body.platform;
    uint32_t type_at = AT(header, igvm_platform, platform_type);

    if (!is_one_bit(platform->mask)) {
        return igvm_refuse(opening, IGVM_BAD_MASK, AT(header, igvm_platform, mask),
                           "a platform's mask must have exactly one bit");
    }
    if ((opening->all_masks & platform->mask) != 0) {
        return igvm_refuse(opening, IGVM_BAD_MASK, AT(header, igvm_platform, mask),
                           "two platforms must not have the same mask");
    }
    if (platform->platform_type >= IGVM_PLATFORM_TYPES) {
        return igvm_refuse(opening, IGVM_BAD_PLATFORM, type_at, "unknown platform type");
    }
    if (opening->file->masks[platform->platform_type] != 0) {
        return igvm_refuse(opening, IGVM_BAD_PLATFORM, type_at,
                           "each platform type may be named once");
    }
    return true;
}

static bool check_platform(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_platform *platform = header->body.platform;
    bool native = platform->platform_type == IGVM_NATIVE;

    if (!check_platform_identity(opening, header)) {
        return false;
    }
    if (platform->platform_version != 1) {
        return igvm_refuse(opening, IGVM_BAD_PLATFORM, AT(header, igvm_platform, platform_version),
                           "the platform version must be 1");
    }
    if (platform->highest_vtl != 0 && (platform->highest_vtl != 2 || native)) {
        return igvm_refuse(opening, IGVM_BAD_PLATFORM, AT(header, igvm_platform, highest_vtl),
                           "the highest VTL must be 0 or 2, and 0 on NATIVE");
    }
    if ((native || platform->platform_type == IGVM_VSM_ISOLATION) &&
        platform->shared_gpa_boundary != 0) {
        return igvm_refuse(opening, IGVM_BAD_PLATFORM,
                           AT(header, igvm_platform, shared_gpa_boundary),
                           "NATIVE and VSM_ISOLATION have no shared GPA boundary");
    }
    opening->file->masks[platform->platform_type] = platform->mask;
    opening->all_masks |= platform->mask;
    return true;
}

static bool check_policy(struct igvm_opening *opening, const struct igvm_header *header)
{
    if (header->body.policy->reserved != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_policy, reserved),
                           reserved_set);
    }
    return true;
}

static bool check_relocatable(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_relocatable *region = header->body.relocatable;

    return check_range(opening, AT(header, igvm_relocatable, gpa), region->gpa, region->size);
}

static bool check_page_tables(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_page_table_region *region = header->body.page_tables;

    if (region->reserved != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_page_table_region, reserved),
                           reserved_set);
    }
    if ((region->used_size & (IGVM_PAGE_SIZE - 1)) != 0 || region->used_size > region->size) {
        return igvm_refuse(opening, IGVM_BAD_ADDRESS, AT(header, igvm_page_table_region, used_size),
                           "the used size must be whole pages within the size");
    }
    return check_range(opening, AT(header, igvm_page_table_region, gpa), region->gpa, region->size);
}

static bool check_corim(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_corim *corim = header->body.corim;

    if (!is_one_bit(corim->mask)) {
        return igvm_refuse(opening, IGVM_BAD_MASK, AT(header, igvm_corim, mask), one_platform);
    }
    if (corim->reserved != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_corim, reserved), reserved_set);
    }
    if (header->data == NULL) {
        return igvm_refuse(opening, IGVM_BAD_DATA, AT(header, igvm_corim, file_offset),
                           "a CoRIM header must have data");
    }
    if (header->type == IGVM_CORIM_DOCUMENT) {
        opening->corim_documents |= corim->mask;
    } else if ((opening->corim_documents & corim->mask) == 0) {
        return igvm_refuse(opening, IGVM_BAD_ORDER, header->offset,
                           "a CoRIM signature must follow its platform's document");
    }
    return true;
}

static bool check_cca_policy(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_cca_policy *policy = header->body.cca_policy;

    if (!is_one_bit(policy->mask)) {
        return igvm_refuse(opening, IGVM_BAD_MASK, AT(header, igvm_cca_policy, mask), one_platform);
    }
    if (policy->reserved != 0 || !all_zero(policy->reserved_end, sizeof(policy->reserved_end))) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_cca_policy, reserved),
                           reserved_set);
    }
    if ((policy->must_be_zero & policy->must_be_one) != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_cca_policy, must_be_zero),
                           "no attribute may have to be both zero and one");
    }
    if (policy->hash > 2 || policy->lfa > 1) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_cca_policy, hash),
                           "unknown hash algorithm or live activation policy");
    }
    return true;
}

/* Index into the opening's areas, or the file's area_count if the file has declared no such area.
 */
static uint32_t area_slot(const struct igvm_opening *opening, uint32_t index)
{
    uint32_t i = 0;

    while (i < opening->file->area_count && opening->areas[i].index != index) {
        i++;
    }
    return i;
}

static bool check_area(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_parameter_area *area = header->body.area;
    struct igvm_file *file = opening->file;
    uint32_t slot = area_slot(opening, area->index);
    uint32_t size_at = AT(header, igvm_parameter_area, size);

    if (!check_range(opening, size_at, 0, area->size)) {
        return false;
    }
    if (slot != file->area_count) {
        return igvm_refuse(opening, IGVM_BAD_AREA, AT(header, igvm_parameter_area, index),
                           "this parameter area's index is taken");
    }
    if (slot == IGVM_AREAS_MAX || area->size > IGVM_AREA_BYTES_MAX - opening->area_bytes) {
        return igvm_refuse(opening, IGVM_BAD_AREA, size_at,
                           "at most 256 parameter areas with 256 MiB together");
    }
    opening->areas[slot].size = area->size;
    opening->areas[slot].index = area->index;
    opening->areas[slot].state = IGVM_AREA_DECLARED;
    opening->area_bytes += area->size;
    file->areas[slot] = header->offset;
    file->area_count++;
    return true;
}

/* The slot of an area that may still be used, or IGVM_AREAS_MAX; "at" is where it is named. */
static uint32_t usable_area(struct igvm_opening *opening, uint32_t index, uint32_t at)
{
    uint32_t slot = area_slot(opening, index);

    if (slot == opening->file->area_count) {
        igvm_refuse(opening, IGVM_BAD_AREA, at,
                    "the parameter area must be declared before its use");
        return IGVM_AREAS_MAX;
    }
    if (opening->areas[slot].state == IGVM_AREA_INSERTED) {
        igvm_refuse(opening, IGVM_BAD_AREA, at, "the parameter area has already been inserted");
        return IGVM_AREAS_MAX;
    }
    return slot;
}

static bool check_parameter(struct igvm_opening *opening, const struct igvm_header *header)
{
    return usable_area(opening, header->body.parameter->area, AT(header, igvm_parameter, area)) !=
           IGVM_AREAS_MAX;
}

static bool check_insert(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_parameter_insert *insert = header->body.insert;
    uint32_t slot = usable_area(opening, insert->area, AT(header, igvm_parameter_insert, area));

    if (slot == IGVM_AREAS_MAX) {
        return false;
    }
    opening->areas[slot].state = IGVM_AREA_INSERTED;
    return check_range(opening, AT(header, igvm_parameter_insert, gpa), insert->gpa,
                       opening->areas[slot].size);
}

static bool check_page(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_page_data *page = header->body.page;

    if ((page->flags & ~(uint32_t)IGVM_PAGE_FLAGS) != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_page_data, flags),
                           "unknown page flags");
    }
    if (page->data_type >= IGVM_DATA_TYPES) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_page_data, data_type),
                           "unknown page data type");
    }
    if (page->reserved != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_page_data, reserved),
                           reserved_set);
    }
    return check_range(opening, AT(header, igvm_page_data, gpa), page->gpa, IGVM_PAGE_SIZE);
}

static bool is_one_of_ours(const struct igvm_opening *opening, uint32_t mask)
{
    return is_one_bit(mask) && (opening->all_masks & mask) != 0;
}

/* Only the native layout has a rest that must be zero; a VMSA fills its page. */
static bool has_clean_rest(const struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_file *file = opening->file;

    if (file->architecture != IGVM_X64 ||
        (header->mask != file->masks[IGVM_NATIVE] && header->mask != file->masks[IGVM_SEV])) {
        return true;
    }
    return all_zero(header->data + IGVM_NATIVE_CONTEXT_SIZE,
                    IGVM_PAGE_SIZE - IGVM_NATIVE_CONTEXT_SIZE);
}

static bool check_context(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_vp_context *context = header->body.context;
    uint32_t mask_at = AT(header, igvm_vp_context, mask);

    if (!is_one_of_ours(opening, context->mask)) {
        return igvm_refuse(opening, IGVM_BAD_MASK, mask_at, one_platform);
    }
    if (context->mask == opening->file->masks[IGVM_TDX]) {
        return igvm_refuse(opening, IGVM_BAD_MASK, mask_at, "TDX has no VP contexts");
    }
    if (context->reserved != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_vp_context, reserved),
                           reserved_set);
    }
    if (header->data == NULL) {
        return igvm_refuse(opening, IGVM_BAD_DATA, AT(header, igvm_vp_context, file_offset),
                           "a VP context must have data");
    }
    if (!has_clean_rest(opening, header)) {
        return igvm_refuse(opening, IGVM_BAD_DATA, context->file_offset + IGVM_NATIVE_CONTEXT_SIZE,
                           "a native context's page must be 0 after the context");
    }
    return check_range(opening, AT(header, igvm_vp_context, gpa), context->gpa, IGVM_PAGE_SIZE);
}

static bool check_required(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_required_memory *required = header->body.required;

    if ((required->flags & ~IGVM_REQUIRED_VTL2_PROTECTABLE) != 0 || required->reserved != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_required_memory, flags),
                           reserved_set);
    }
    return check_range(opening, AT(header, igvm_required_memory, gpa), required->gpa,
                       required->size);
}

static bool check_error_range(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_error_range *range = header->body.error_range;

    return check_range(opening, AT(header, igvm_error_range, gpa), range->gpa, range->size);
}

static bool check_id_block(struct igvm_opening *opening, const struct igvm_header *header)
{
    const struct igvm_id_block *block = header->body.id_block;

    if (!all_zero(block->reserved, sizeof(block->reserved)) || block->id_key.reserved != 0 ||
        block->author_key.reserved != 0) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_id_block, reserved),
                           reserved_set);
    }
    if (block->author_key_enabled > 1) {
        return igvm_refuse(opening, IGVM_BAD_FIELD, AT(header, igvm_id_block, author_key_enabled),
                           "author_key_enabled must be 0 or 1");
    }
    return true;
}

static const struct {
    enum igvm_type type;
    bool (*check)(struct igvm_opening *opening, const struct igvm_header *header);
} checks[] = {
    {IGVM_SUPPORTED_PLATFORM, check_platform},
    {IGVM_GUEST_POLICY, check_policy},
    {IGVM_RELOCATABLE_REGION, check_relocatable},
    {IGVM_PAGE_TABLE_RELOCATION_REGION, check_page_tables},
    {IGVM_CORIM_DOCUMENT, check_corim},
    {IGVM_CORIM_SIGNATURE, check_corim},
    {IGVM_CCA_POLICY, check_cca_policy},
    {IGVM_PARAMETER_AREA, check_area},
    {IGVM_PAGE_DATA, check_page},
    {IGVM_PARAMETER_INSERT, check_insert},
    {IGVM_VP_CONTEXT, check_context},
    {IGVM_REQUIRED_MEMORY, check_required},
    {IGVM_SNP_ID_BLOCK, check_id_block},
    {IGVM_ERROR_RANGE, check_error_range},
};

bool igvm_check_header(struct igvm_opening *opening, const struct igvm_header *header)
{
    if (header->kind->is_parameter) {
        return check_parameter(opening, header);
    }
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (checks[i].type == header->type) {
            return checks[i].check(opening, header);
        }
    }
    return true;
}
