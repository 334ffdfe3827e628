/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server's image: which parts of an ELF file go where.
 *
 * Only what a server's linker makes is taken: 64-bit, static, at fixed addresses, each page of
 * memory in one segment, nothing writable and executable. Everything else has an error of its own.
 * Nothing is believed before it is checked, nothing outside of the file is read, nothing is
 * changed: the function is pure, and runs on the build machine in unit tests and a fuzzer.
 */
#ifndef INIT_IMAGE_H
#define INIT_IMAGE_H

#include <stdint.h>

#define IMAGE_PAGE      UINT64_C(4096)
#define IMAGE_SEGMENTS  8u
#define IMAGE_VA_FIRST  UINT64_C(0x10000)
#define IMAGE_VA_END    UINT64_C(0x40000000) /* what init itself gives a server lies above */
#define IMAGE_PAGES_MAX UINT64_C(16384)      /* 64 MiB in one image */

enum image_right {
    IMAGE_EXECUTE = 1,
    IMAGE_WRITE = 2,
    IMAGE_READ = 4,
};

enum image_error {
    IMAGE_OK = 0,
    IMAGE_SHORT,        /* no room for the headers it says it has */
    IMAGE_NOT_ELF,      /* magic, class, byte order, version or machine */
    IMAGE_NOT_STATIC,   /* not an executable at fixed addresses, or it wants an interpreter */
    IMAGE_HEADERS,      /* sizes or number of program headers */
    IMAGE_KIND,         /* a program header nobody knows, or one that asks for what there is not */
    IMAGE_RIGHTS,       /* not readable, or writable and executable, or an executable stack */
    IMAGE_FILE_RANGE,   /* a segment's bytes are not in the file */
    IMAGE_MEMORY_RANGE, /* a segment's memory is not where images may be, or too large */
    IMAGE_OFFSET,       /* address and file offset differ within the page */
    IMAGE_ORDER,        /* segments share a page or do not ascend */
    IMAGE_COUNT,        /* no segment or too many */
    IMAGE_TAIL,         /* memory without file bytes in a segment that is not writable */
    IMAGE_ENTRY,        /* the entry is in no executable segment */
    IMAGE_ERRORS,
};

struct image_segment {
    uint64_t va;     /* first byte */
    uint64_t size;   /* in memory; not 0 */
    uint64_t offset; /* of the first byte in the file */
    uint64_t filled; /* bytes from the file; the rest of the memory is zero */
    uint32_t rights; /* enum image_right */
};

struct image {
    uint64_t entry;
    unsigned count;
    struct image_segment segments[IMAGE_SEGMENTS];
};

enum image_error image_read(const void *file, uint64_t size, struct image *image);

/* For people. */
const char *image_error_text(enum image_error error);

static inline uint64_t image_segment_start(const struct image_segment *s)
{
    return s->va & ~(IMAGE_PAGE - 1);
}

static inline uint64_t image_segment_pages(const struct image_segment *s)
{
    return (s->va + s->size - image_segment_start(s) + IMAGE_PAGE - 1) / IMAGE_PAGE;
}

#endif
