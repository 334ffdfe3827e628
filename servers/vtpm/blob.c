/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The blob's header, put on and taken off.
 */
#include "blob.h"

#include "crypto.h"

#include <stdlib.h>
#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

enum { MAGIC_BYTES = 8 };

static const uint8_t magic[MAGIC_BYTES] = {'V', 'T', 'P', 'M', '0', '0', '0', '1'};

static void digest_of(uint8_t *out, const uint8_t *body, size_t length)
{
    SHA256_CTX c;

    SHA256_Init(&c);
    SHA256_Update(&c, body, length);
    SHA256_Final(out, &c);
}

bool blob_wrap(struct store_bytes *out, const uint8_t *body, size_t length)
{
    uint8_t *data = malloc(BLOB_HEADER_BYTES + length);

    if (data == NULL)
        return false;
    memcpy(data, magic, sizeof magic);
    digest_of(data + MAGIC_BYTES, body, length);
    memcpy(data + BLOB_HEADER_BYTES, body, length);
    *out = (struct store_bytes){data, BLOB_HEADER_BYTES + length};
    return true;
}

bool blob_unwrap(struct store_bytes *blob)
{
    uint8_t expected[SHA256_DIGEST_LENGTH];
    size_t length;

    if (blob->length <= BLOB_HEADER_BYTES || memcmp(blob->data, magic, sizeof magic) != 0)
        return false;
    length = blob->length - BLOB_HEADER_BYTES;
    digest_of(expected, blob->data + BLOB_HEADER_BYTES, length);
    if (memcmp(blob->data + MAGIC_BYTES, expected, sizeof expected) != 0)
        return false;
    memmove(blob->data, blob->data + BLOB_HEADER_BYTES, length);
    memset(blob->data + length, 0, BLOB_HEADER_BYTES);
    blob->length = length;
    return true;
}

void blob_free(struct store_bytes *blob)
{
    if (blob->data != NULL) {
        crypto_wipe(blob->data, blob->length);
        free(blob->data);
    }
    *blob = (struct store_bytes){NULL, 0};
}
