/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file in memory, read whole or written whole.
 *
 * Reading refuses what is not a regular file and what is larger than any input can sensibly be;
 * writing replaces the file only when all of it is on the disk, so that an error leaves no half.
 */
#ifndef BUILD_BLOB_H
#define BUILD_BLOB_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define BLOB_MOST (UINT64_C(1) << 30)

struct blob {
    uint8_t *bytes;
    size_t size;
};

bool blob_read(struct blob *blob, const char *path, struct build_error *error);
bool blob_write(const struct blob *blob, const char *path, struct build_error *error);
void blob_free(struct blob *blob);

#endif
