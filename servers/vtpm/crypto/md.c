/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The four hashes of the TPM by name. The DigestInfo heads are those of RFC 8017, 9.2, note 1.
 */
#include "md.h"

#include <wolfssl/wolfcrypt/rsa.h>

#define SHA2_HEAD(arc, size)                                                                       \
    {                                                                                              \
        0x30, 17 + (size), 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc, 5, 0, 4, size  \
    }

static const EVP_MD known[] = {
    {"sha1",
     WC_HASH_TYPE_SHA,
     20,
     WC_MGF1SHA1,
     15,
     {0x30, 33, 0x30, 9, 6, 5, 0x2b, 14, 3, 2, 26, 5, 0, 4, 20}},
    {"sha256", WC_HASH_TYPE_SHA256, 32, WC_MGF1SHA256, 19, SHA2_HEAD(1, 32)},
    {"sha384", WC_HASH_TYPE_SHA384, 48, WC_MGF1SHA384, 19, SHA2_HEAD(2, 48)},
    {"sha512", WC_HASH_TYPE_SHA512, 64, WC_MGF1SHA512, 19, SHA2_HEAD(3, 64)},
};

const EVP_MD *EVP_get_digestbyname(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i].name) == 0)
            return &known[i];
    return NULL;
}

int EVP_MD_get_size(const EVP_MD *md)
{
    return md == NULL ? -1 : md->size;
}
