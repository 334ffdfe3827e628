/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two digest rules: SNP firmware ABI, PAGE_INFO; TDX module, TDH.MEM.PAGE.ADD and
 * TDH.MR.EXTEND.
 */
#include "igvm/measure.h"

#include "bytes.h"

/* VMPL permissions stay 0: no host gives lower levels access at launch. */
struct __attribute__((packed)) page_info {
    uint8_t digest[IGVM_DIGEST_SIZE];
    uint8_t contents[IGVM_DIGEST_SIZE];
    uint16_t length;
    uint8_t page_type;
    uint8_t imi_page;
    uint8_t reserved;
    uint8_t permissions[3];
    uint64_t gpa;
};

_Static_assert(sizeof(struct page_info) == 0x70, "PAGE_INFO");

#define TDX_EXTEND_SIZE 256u

struct __attribute__((packed)) tdx_record {
    char command[16];
    uint64_t gpa;
    uint8_t reserved[104];
};

_Static_assert(sizeof(struct tdx_record) == 128, "TDX measurement record");

static const uint8_t zero_page[IGVM_PAGE_SIZE];

static const uint8_t *page_bytes(const struct igvm_event *event)
{
    return event->contents != NULL ? event->contents : zero_page;
}

void igvm_snp_extend(uint8_t digest[IGVM_DIGEST_SIZE], const struct igvm_event *event,
                     const struct igvm_hash *hash)
{
    struct page_info info = {
        .length = sizeof(info),
        .page_type = (uint8_t)event->type,
        .gpa = event->gpa,
    };

    memcpy(info.digest, digest, sizeof(info.digest));
    if (event->type == IGVM_EVENT_NORMAL || event->type == IGVM_EVENT_VMSA) {
        hash->start(hash->context);
        hash->update(hash->context, page_bytes(event), IGVM_PAGE_SIZE);
        hash->finish(hash->context, info.contents);
    }
    hash->start(hash->context);
    hash->update(hash->context, &info, sizeof(info));
    hash->finish(hash->context, digest);
}

void igvm_tdx_extend(const struct igvm_event *event, const struct igvm_hash *hash)
{
    struct tdx_record add = {.command = "MEM.PAGE.ADD", .gpa = event->gpa};
    struct tdx_record extend = {.command = "MR.EXTEND", .gpa = event->gpa};

    hash->update(hash->context, &add, sizeof(add));
    if (event->type == IGVM_EVENT_UNMEASURED) {
        return;
    }
    for (uint32_t at = 0; at < IGVM_PAGE_SIZE; at += TDX_EXTEND_SIZE) {
        hash->update(hash->context, &extend, sizeof(extend));
        hash->update(hash->context, page_bytes(event) + at, TDX_EXTEND_SIZE);
        extend.gpa += TDX_EXTEND_SIZE;
    }
}
