/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verification of an ID block against the launch it came with.
 */
#include "id_block.h"

#include <string.h>

static struct crypto_bytes bytes_of(const void *bytes, size_t size)
{
    return (struct crypto_bytes){bytes, size};
}

static uint32_t signatures_check(const struct id_block *block, const struct id_auth *auth,
                                 bool author_key)
{
    if (auth->id_key_algorithm != ID_ALGORITHM_P384 || auth->id_key.curve != CRYPTO_CURVE_P384)
        return PSP_INVALID_PARAM;
    if (!crypto_verify(&auth->id_key, bytes_of(block, sizeof(*block)), &auth->block_signature))
        return PSP_BAD_SIGNATURE;
    if (!author_key)
        return PSP_OK;
    if (auth->author_key_algorithm != ID_ALGORITHM_P384 ||
        auth->author_key.curve != CRYPTO_CURVE_P384)
        return PSP_INVALID_PARAM;
    if (!crypto_verify(&auth->author_key, bytes_of(&auth->id_key, sizeof(auth->id_key)),
                       &auth->id_key_signature))
        return PSP_BAD_SIGNATURE;
    return PSP_OK;
}

uint32_t id_block_accept(struct psp_guest *guest, const struct id_block *block,
                         const struct id_auth *auth, bool author_key)
{
    uint32_t status;

    if (block->version != 1)
        return PSP_INVALID_PARAM;
    status = signatures_check(block, auth, author_key);
    if (status != PSP_OK)
        return status;
    if (memcmp(block->digest, guest->digest, SHA384_SIZE) != 0)
        return PSP_BAD_MEASUREMENT;
    if (block->policy != guest->policy)
        return PSP_POLICY_FAILURE;

    memcpy(guest->family_id, block->family_id, sizeof(guest->family_id));
    memcpy(guest->image_id, block->image_id, sizeof(guest->image_id));
    guest->guest_svn = block->guest_svn;
    guest->author_key = author_key;
    crypto_sha384(bytes_of(&auth->id_key, sizeof(auth->id_key)), guest->id_key_digest);
    if (author_key)
        crypto_sha384(bytes_of(&auth->author_key, sizeof(auth->author_key)),
                      guest->author_key_digest);
    return PSP_OK;
}
