/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ID block: the guest owner's signed word on which launch is meant.
 */
#ifndef SNPMACHINE_PSP_ID_BLOCK_H
#define SNPMACHINE_PSP_ID_BLOCK_H

#include "guest.h"

struct id_block {
    uint8_t digest[SHA384_SIZE];
    uint8_t family_id[16], image_id[16];
    uint32_t version, guest_svn;
    uint64_t policy;
};
_Static_assert(sizeof(struct id_block) == 0x60, "as the firmware takes it");

struct id_auth {
    uint32_t id_key_algorithm, author_key_algorithm;
    uint8_t reserved[0x38];
    struct crypto_signature block_signature;
    struct crypto_public_key id_key;
    uint8_t reserved2[0x3C];
    struct crypto_signature id_key_signature;
    struct crypto_public_key author_key;
    uint8_t reserved3[0x37C];
};
_Static_assert(sizeof(struct id_auth) == PSP_PAGE, "one page");
_Static_assert(offsetof(struct id_auth, id_key) == 0x240, "as virtee/sev has it");
_Static_assert(offsetof(struct id_auth, id_key_signature) == 0x680, "as virtee/sev has it");
_Static_assert(offsetof(struct id_auth, author_key) == 0x880, "as virtee/sev has it");

#define ID_ALGORITHM_P384 1u

/* Checks all, then fills in the guest's identity. PSP_BAD_MEASUREMENT: another digest;
 * PSP_POLICY_FAILURE: another policy; PSP_BAD_SIGNATURE; PSP_INVALID_PARAM: malformed. */
uint32_t id_block_accept(struct psp_guest *guest, const struct id_block *block,
                         const struct id_auth *auth, bool author_key);

#endif
