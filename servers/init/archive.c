/* SPDX-License-Identifier: BSD-2-Clause */
/* See archive.h. */
#include "archive.h"

#include <string.h>

#include <boot/archive.h>

#define PAGE UINT64_C(4096)

static const struct boot_archive *archive;
static seL4_CPtr first_page;

static bool entry_holds(const struct boot_archive_entry *e, uint64_t size)
{
    return memchr(e->name, 0, sizeof(e->name)) != NULL && e->offset % PAGE == 0 &&
           e->offset >= sizeof(struct boot_archive) && e->offset <= size &&
           e->size <= size - e->offset;
}

bool archive_start(const seL4_BootInfo *info)
{
    const struct boot_archive *a = (const struct boot_archive *)info->archive;
    uint64_t size = info->archiveSize;

    if (a == NULL || size < sizeof(*a) || a->magic != BOOT_ARCHIVE_MAGIC || a->size != size ||
        a->count > BOOT_ARCHIVE_ENTRIES ||
        info->archiveFrames.end - info->archiveFrames.start != size / PAGE)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!entry_holds(&a->entries[i], size))
            return false;
    archive = a;
    first_page = info->archiveFrames.start;
    return true;
}

bool archive_find(const char *name, struct file *file)
{
    for (uint32_t i = 0; i < archive->count; i++) {
        const struct boot_archive_entry *e = &archive->entries[i];

        if (strcmp(e->name, name) != 0)
            continue;
        file->bytes = (const uint8_t *)archive + e->offset;
        file->size = e->size;
        file->first_page = first_page + e->offset / PAGE;
        return true;
    }
    return false;
}
