/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the builder takes from an ELF file: its loadable segments and its entry, nothing else.
 *
 * The file is hostile until checked here: static x86-64 executables only; segments inside the file,
 * in ascending order, no two on one page, never writable and executable at once, all within the
 * addresses the caller allows. The segments point into the caller's blob, which must outlive them.
 */
#ifndef BUILD_ELF_IMAGE_H
#define BUILD_ELF_IMAGE_H

#include "blob.h"

#define ELF_SEGMENTS 11

struct elf_segment {
    uint64_t va;   /* as in the file, not rounded */
    uint64_t size; /* in memory; what exceeds file_size is zero */
    uint64_t file_size;
    const uint8_t *bytes;
    uint32_t rights; /* BOOT_READ, BOOT_WRITE, BOOT_EXECUTE */
};

struct elf_image {
    const char *name;
    uint64_t entry;
    uint32_t count;
    struct elf_segment segments[ELF_SEGMENTS];
};

/* Where the segments may lie: [start, end), end page-aligned. */
struct elf_window {
    uint64_t start;
    uint64_t end;
};

bool elf_image_read(struct elf_image *image, const struct blob *file, struct elf_window window,
                    struct build_error *error);

/* The segment's pages. */
uint64_t elf_segment_start(const struct elf_segment *segment);
uint64_t elf_segment_end(const struct elf_segment *segment);

#endif
