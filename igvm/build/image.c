/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plain array of bytes and one of kinds. Addresses come from the builder's own arithmetic, so a
 * wrong one is a mistake in the builder and stops it.
 */
#include "image.h"

#include <stdlib.h>
#include <string.h>

bool image_make(struct image *image, uint64_t base, uint64_t size, struct build_error *error)
{
    *image = (struct image){.base = base, .size = size};
    image->bytes = calloc(1, size);
    image->kinds = calloc(1, size / IMAGE_PAGE);
    if (image->bytes && image->kinds)
        return true;
    image_free(image);
    return build_fail(error, "no memory for a region of %llu bytes", (unsigned long long)size);
}

void image_free(struct image *image)
{
    free(image->bytes);
    free(image->kinds);
    *image = (struct image){0};
}

static size_t inside(const struct image *image, uint64_t pa, uint64_t size)
{
    uint64_t offset = pa - image->base;

    if (pa < image->base || offset >= image->size || size > image->size - offset)
        abort();
    return offset;
}

uint8_t *image_at(const struct image *image, uint64_t pa)
{
    return image->bytes + inside(image, pa, 1);
}

enum image_kind image_kind(const struct image *image, uint64_t pa)
{
    return (enum image_kind)image->kinds[inside(image, pa, 1) / IMAGE_PAGE];
}

void image_mark(struct image *image, uint64_t pa, uint64_t size, enum image_kind kind)
{
    memset(image->kinds + inside(image, pa, size) / IMAGE_PAGE, (int)kind, size / IMAGE_PAGE);
}
