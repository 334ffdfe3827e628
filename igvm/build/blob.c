/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files in and out. The size is taken once, from the open file, and reading stops there: a file
 * that shrinks meanwhile is an error, one that grows is read as it was.
 */
#include "blob.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool read_open(struct blob *blob, FILE *file, const char *path, struct build_error *error)
{
    struct stat status;

    if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode))
        return build_fail(error, "%s is not a regular file", path);
    if (status.st_size < 0 || (uint64_t)status.st_size > BLOB_MOST)
        return build_fail(error, "%s has more than %llu bytes", path,
                          (unsigned long long)BLOB_MOST);
    blob->size = (size_t)status.st_size;
    blob->bytes = malloc(blob->size ? blob->size : 1);
    if (!blob->bytes)
        return build_fail(error, "no memory for %s", path);
    if (fread(blob->bytes, 1, blob->size, file) != blob->size)
        return build_fail(error, "%s cannot be read: it ended early", path);
    return true;
}

bool blob_read(struct blob *blob, const char *path, struct build_error *error)
{
    FILE *file = fopen(path, "rb");
    bool good;

    *blob = (struct blob){0};
    if (!file)
        return build_fail(error, "%s cannot be opened: %s", path, strerror(errno));
    good = read_open(blob, file, path, error);
    fclose(file);
    if (!good)
        blob_free(blob);
    return good;
}

static bool write_open(const struct blob *blob, FILE *file)
{
    bool good = fwrite(blob->bytes, 1, blob->size, file) == blob->size;

    return fclose(file) == 0 && good;
}

bool blob_write(const struct blob *blob, const char *path, struct build_error *error)
{
    size_t room = strlen(path) + sizeof(".part");
    char *part = malloc(room);
    FILE *file;
    bool good = false;

    if (!part)
        return build_fail(error, "no memory for writing %s", path);
    snprintf(part, room, "%s.part", path);
    file = fopen(part, "wb");
    if (file) {
        good = write_open(blob, file) && rename(part, path) == 0;
        if (!good)
            remove(part);
    }
    free(part);
    return good || build_fail(error, "%s cannot be written: %s", path, strerror(errno));
}

void blob_free(struct blob *blob)
{
    free(blob->bytes);
    *blob = (struct blob){0};
}
