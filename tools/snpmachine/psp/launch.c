/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The launch of a guest: policy, pages, digest, identity.
 *
 * The digest's own rule is igvm/'s (igvm_snp_extend), so what a tool predicts and what the machine
 * measures cannot drift apart.
 */
#include "cpuid_page.h"
#include "id_block.h"

#include <string.h>

/* Guest policy, and what this platform is: API 1.55, SMT on, one socket, AES-128, no RAPL switch,
 * no hiding of ciphertext. */
#define POLICY_API_MINOR(policy) ((policy)&0xFF)
#define POLICY_API_MAJOR(policy) ((policy) >> 8 & 0xFF)
#define POLICY_SMT               (1ull << 16)
#define POLICY_ONE               (1ull << 17)
#define POLICY_AES_256_XTS       (1ull << 22)
#define POLICY_RAPL_OFF          (1ull << 23)
#define POLICY_CIPHERTEXT_HIDING (1ull << 24)
#define POLICY_RESERVED          (~0ull << 26)
#define POLICY_REFUSED           (POLICY_AES_256_XTS | POLICY_RAPL_OFF | POLICY_CIPHERTEXT_HIDING)

struct secrets_page {
    uint32_t version, flags, family_model_stepping, reserved;
    uint8_t gosvw[16];
    uint8_t vmpck[VMPCKS][AES_KEY];
    uint8_t guest_area[96];
    uint8_t vmsa_tweaks[64];
    uint8_t svsm[32];
    uint32_t tsc_factor;
    uint8_t rest[3740];
};
_Static_assert(sizeof(struct secrets_page) == PSP_PAGE, "one page");
_Static_assert(offsetof(struct secrets_page, svsm) == 0x140, "the SVSM's fields");

#define SECRETS_VERSION 3u

void guest_init(struct psp_guest *guest, const struct psp_platform *platform)
{
    memset(guest, 0, sizeof(*guest));
    guest->platform = *platform;
}

static bool policy_is_met(const struct psp_chip *chip, uint64_t policy)
{
    uint64_t wanted = POLICY_API_MAJOR(policy) << 8 | POLICY_API_MINOR(policy);
    uint64_t here = (uint64_t)chip->firmware_major << 8 | chip->firmware_minor;

    return wanted <= here && (policy & POLICY_SMT) != 0 && (policy & POLICY_REFUSED) == 0;
}

uint32_t guest_launch_start(struct psp_guest *guest, uint64_t policy)
{
    const struct psp_platform *platform = &guest->platform;

    if (guest->state != GUEST_INIT)
        return PSP_INVALID_GUEST_STATE;
    if ((policy & POLICY_ONE) == 0 || (policy & POLICY_RESERVED) != 0)
        return PSP_INVALID_PARAM;
    if (!policy_is_met(platform->chip, policy))
        return PSP_POLICY_FAILURE;
    guest->policy = policy;
    platform->noise(guest->vmpck, sizeof(guest->vmpck));
    platform->noise(guest->report_id, sizeof(guest->report_id));
    guest->state = GUEST_LAUNCH;
    return PSP_OK;
}

static void secrets_fill(const struct psp_guest *guest, struct secrets_page *page)
{
    const struct psp_chip *chip = guest->platform.chip;

    memset(page, 0, sizeof(*page));
    page->version = SECRETS_VERSION;
    page->family_model_stepping =
        (uint32_t)chip->family << 16 | (uint32_t)chip->model << 8 | chip->stepping;
    memcpy(page->vmpck, guest->vmpck, sizeof(page->vmpck));
}

/* What a page becomes before the guest gets it; types without a line stay as the host wrote them.
 */
static uint32_t page_prepare(const struct psp_guest *guest, enum psp_page_type type, uint8_t *page)
{
    switch (type) {
    case PSP_PAGE_ZERO:
        memset(page, 0, PSP_PAGE);
        return PSP_OK;
    case PSP_PAGE_SECRETS:
        secrets_fill(guest, (struct secrets_page *)(void *)page);
        return PSP_OK;
    case PSP_PAGE_CPUID:
        return cpuid_page_check((struct cpuid_page *)(void *)page, &guest->platform);
    default:
        return PSP_OK;
    }
}

uint32_t guest_launch_page(struct psp_guest *guest, enum psp_page_type type, uint64_t gpa,
                           uint8_t page[PSP_PAGE])
{
    bool measured = type == PSP_PAGE_NORMAL || type == PSP_PAGE_VMSA;
    struct igvm_event event = {.type = (enum igvm_page_type)type, .gpa = gpa};
    struct crypto_hash state;
    struct igvm_hash hash = crypto_igvm_hash(&state);
    uint32_t status;

    if (guest->state != GUEST_LAUNCH)
        return PSP_INVALID_GUEST_STATE;
    if (type < PSP_PAGE_NORMAL || type > PSP_PAGE_CPUID)
        return PSP_INVALID_PARAM;
    if (gpa % PSP_PAGE != 0)
        return PSP_INVALID_ADDRESS;
    status = page_prepare(guest, type, page);
    if (status != PSP_OK)
        return status;
    event.contents = measured ? page : NULL;
    igvm_snp_extend(guest->digest, &event, &hash);
    return PSP_OK;
}

uint32_t guest_launch_finish(struct psp_guest *guest, const struct psp_launch_finish *finish)
{
    uint32_t status = PSP_OK;

    if (guest->state != GUEST_LAUNCH)
        return PSP_INVALID_GUEST_STATE;
    if (finish->id_block && !finish->id_auth)
        return PSP_INVALID_PARAM;
    if (finish->id_block) {
        struct id_block block;
        struct id_auth auth;

        memcpy(&block, finish->id_block, sizeof(block));
        memcpy(&auth, finish->id_auth, sizeof(auth));
        status = id_block_accept(guest, &block, &auth, finish->author_key);
    }
    if (status != PSP_OK)
        return status;
    memcpy(guest->host_data, finish->host_data, sizeof(guest->host_data));
    guest->state = GUEST_RUNNING;
    return PSP_OK;
}
