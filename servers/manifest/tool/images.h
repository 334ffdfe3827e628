/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A manifest against the files that come with it.
 *
 * Every server but init needs its image in the archive; an image has to be what init will accept (a
 * static executable in the lower half, no page writable and executable); and images, servers,
 * channels and regions together have to fit the manifest's memory. The files may be hostile.
 */
#ifndef MANIFEST_IMAGES_H
#define MANIFEST_IMAGES_H

#include "manifest.h"

#include <blob.h>

struct image_file {
    const char *name;
    struct blob blob;
};

struct image_list {
    const struct image_file *files;
    size_t count;
};

/* "total", if not NULL, is what everything takes: see manifest_bytes. */
bool images_check(const struct manifest *manifest, const struct image_list *list, uint64_t *total,
                  struct manifest_error *error);

#endif
