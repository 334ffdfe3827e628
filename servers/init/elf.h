/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server's image: which parts of an ELF file go where.
 *
 * Only what a server's linker makes is taken: 64-bit, static, at fixed addresses, each page of
 * memory in one segment, nothing writable and executable. Everything else has an error of its own.
 * Nothing is believed before it is checked, nothing outside of the file is read, nothing is
 * changed: the function is pure, and runs on the build machine in unit tests and a fuzzer.
 */
#ifndef INIT_ELF_H
#define INIT_ELF_H

#include <stdint.h>

#define ELF_PAGE      UINT64_C(4096)
#define ELF_SEGMENTS  8u
#define ELF_VA_FIRST  UINT64_C(0x10000)
#define ELF_VA_END    UINT64_C(0x40000000) /* what init itself gives a server lies above */
#define ELF_PAGES_MAX UINT64_C(16384)      /* 64 MiB in one image */

enum elf_right {
    ELF_EXECUTE = 1,
    ELF_WRITE = 2,
    ELF_READ = 4,
};

enum elf_error {
    ELF_OK = 0,
    ELF_SHORT,        /* no room for the headers it says it has */
    ELF_NOT_ELF,      /* magic, class, byte order, version or machine */
    ELF_NOT_STATIC,   /* not an executable at fixed addresses, or it wants an interpreter */
    ELF_HEADERS,      /* sizes or number of program headers */
    ELF_KIND,         /* a program header nobody knows, or one that asks for what there is not */
    ELF_RIGHTS,       /* not readable, or writable and executable, or an executable stack */
    ELF_FILE_RANGE,   /* a segment's bytes are not in the file */
    ELF_MEMORY_RANGE, /* a segment's memory is not where images may be, or too large */
    ELF_OFFSET,       /* address and file offset differ within the page */
    ELF_ORDER,        /* segments share a page or do not ascend */
    ELF_COUNT,        /* no segment or too many */
    ELF_TAIL,         /* memory without file bytes in a segment that is not writable */
    ELF_ENTRY,        /* the entry is in no executable segment */
    ELF_ERRORS,
};

struct elf_segment {
    uint64_t va;     /* first byte */
    uint64_t size;   /* in memory; not 0 */
    uint64_t offset; /* of the first byte in the file */
    uint64_t filled; /* bytes from the file; the rest of the memory is zero */
    uint32_t rights; /* enum elf_right */
};

struct elf_image {
    uint64_t entry;
    unsigned count;
    struct elf_segment segments[ELF_SEGMENTS];
};

enum elf_error elf_read(const void *file, uint64_t size, struct elf_image *image);

/* For people. */
const char *elf_error_text(enum elf_error error);

static inline uint64_t elf_segment_start(const struct elf_segment *s)
{
    return s->va & ~(ELF_PAGE - 1);
}

static inline uint64_t elf_segment_pages(const struct elf_segment *s)
{
    return (s->va + s->size - elf_segment_start(s) + ELF_PAGE - 1) / ELF_PAGE;
}

#endif
