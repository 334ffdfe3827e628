/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory that a file describes, as it will be when the first instruction runs: a range of guest
 * physical addresses, its bytes and what each of its pages is for.
 *
 * Pages nobody marked are not in the file. Both outputs are made from this alone, so that what is
 * measured and what is booted natively are the same bytes.
 */
#ifndef BUILD_IMAGE_H
#define BUILD_IMAGE_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define IMAGE_PAGE UINT64_C(4096)

enum image_kind {
    IMAGE_NONE,
    IMAGE_DATA,
    IMAGE_SEALED,    /* data that the kernel's window maps read-only */
    IMAGE_PARAMETER, /* the host fills it; zeros here */
    IMAGE_CPUID,
    IMAGE_SECRETS,
};

struct image {
    uint64_t base;
    uint64_t size;
    uint8_t *bytes;
    uint8_t *kinds; /* enum image_kind, one a page */
};

bool image_make(struct image *image, uint64_t base, uint64_t size, struct build_error *error);
void image_free(struct image *image);

/* The bytes at an address; pa must lie in the image. */
uint8_t *image_at(const struct image *image, uint64_t pa);
enum image_kind image_kind(const struct image *image, uint64_t pa);

/* Marks whole pages. */
void image_mark(struct image *image, uint64_t pa, uint64_t size, enum image_kind kind);

#endif
