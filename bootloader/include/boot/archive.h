/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Named files that come measured with the launch: further servers' images, the manifest.
 *
 * One page of table, then each file's bytes at a page boundary, zero-filled to the next one. The
 * kernel only hands the pages on, read-only; init reads the table. Entries are in file order, their
 * offsets ascend and do not overlap; names are unique, not empty and NUL-terminated.
 */
#ifndef BOOT_ARCHIVE_H
#define BOOT_ARCHIVE_H

#include <stdint.h>

#define BOOT_ARCHIVE_MAGIC   UINT64_C(0x3156484352415244) /* "DRARCHV1" in memory order */
#define BOOT_ARCHIVE_NAME    48u
#define BOOT_ARCHIVE_ENTRIES 63u

struct boot_archive_entry {
    char name[BOOT_ARCHIVE_NAME];
    uint64_t offset; /* from the table's first byte; a multiple of 4096 */
    uint64_t size;   /* bytes of the file */
};

struct boot_archive {
    uint64_t magic;
    uint32_t count;
    uint32_t reserved;
    uint64_t size; /* of the whole archive, table included; a multiple of 4096 */
    uint64_t reserved2[5];
    struct boot_archive_entry entries[BOOT_ARCHIVE_ENTRIES];
};

_Static_assert(sizeof(struct boot_archive_entry) == 64, "an entry has 64 bytes");
_Static_assert(sizeof(struct boot_archive) == 4096, "the table is one page");

#endif
