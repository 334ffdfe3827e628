/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a file's pages to its manifest: the boot block says where the archive is in memory, the
 * archive's table where its files are. The manifest is held to the checks of the build, with the
 * servers' images beside it, and its memory to the region the boot block names.
 */
#include "system_lint.h"

#include <boot/archive.h>
#include <boot/boot_block.h>
#include <images.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARCHIVE_MOST (UINT64_C(64) << 20)

struct system {
    struct lint *lint;
    uint32_t offset; /* of the header of the boot block's page */
    uint32_t mask;
    struct boot_block block;
    uint8_t *archive;
    uint64_t pages; /* of the archive, found in the file */
    struct boot_archive table;
    struct image_file files[BOOT_ARCHIVE_ENTRIES];
};

static void report(struct system *system, const char *rule, const char *text)
{
    lint_error(system->lint, system->offset, rule, text);
}

static bool is_page(const struct igvm_header *header)
{
    return header->type == IGVM_PAGE_DATA && header->data_size == BOOT_PAGE;
}

static bool find_block(struct system *system)
{
    struct igvm_header header;

    igvm_rewind(system->lint->file, &header);
    while (igvm_next(system->lint->file, &header)) {
        if (!is_page(&header)) {
            continue;
        }
        memcpy(&system->block, header.data, sizeof(system->block));
        if (system->block.magic == BOOT_MAGIC && system->block.version == BOOT_VERSION &&
            system->block.size == BOOT_PAGE) {
            system->offset = header.offset;
            system->mask = header.mask;
            return true;
        }
    }
    return false;
}

/* A page of zeros may have no data; what is in the file twice counts twice and is told apart by
   the rules about overlaps. */
static void gather(struct system *system)
{
    struct boot_range archive = system->block.archive;
    struct igvm_header header;

    igvm_rewind(system->lint->file, &header);
    while (igvm_next(system->lint->file, &header)) {
        uint64_t at = header.type == IGVM_PAGE_DATA ? header.body.page->gpa - archive.pa : 0;
        if (header.type != IGVM_PAGE_DATA || (header.mask & system->mask) == 0 ||
            at >= archive.size) {
            continue;
        }
        if (header.data_size == BOOT_PAGE && at <= archive.size - BOOT_PAGE) {
            memcpy(system->archive + at, header.data, BOOT_PAGE);
        }
        system->pages++;
    }
}

static bool has_good_table(const struct boot_archive *table, uint64_t size)
{
    uint64_t end = sizeof(*table);

    if (table->magic != BOOT_ARCHIVE_MAGIC || table->size != size ||
        table->count > BOOT_ARCHIVE_ENTRIES) {
        return false;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        const struct boot_archive_entry *entry = &table->entries[i];
        if (memchr(entry->name, 0, sizeof(entry->name)) == NULL || entry->name[0] == 0 ||
            entry->offset % BOOT_PAGE != 0 || entry->offset < end || entry->offset > size ||
            entry->size > size - entry->offset) {
            return false;
        }
        end = entry->offset + entry->size;
    }
    return true;
}

/* False: there is none, or it was reported. */
static bool open_archive(struct system *system)
{
    uint64_t size = system->block.archive.size;

    if (size == 0) {
        return false;
    }
    if (size > ARCHIVE_MOST || size % BOOT_PAGE != 0) {
        report(system, "archive", "the archive is not whole pages, or too large");
        return false;
    }
    system->archive = aligned_alloc(BOOT_PAGE, size);
    if (system->archive == NULL) {
        report(system, "archive", "there is no memory for it");
        return false;
    }
    memset(system->archive, 0, size);
    gather(system);
    memcpy(&system->table, system->archive, sizeof(system->table));
    if (system->pages < size / BOOT_PAGE || !has_good_table(&system->table, size)) {
        report(system, "archive", "the archive is not complete, or its table is damaged");
        return false;
    }
    return true;
}

static void report_manifest(struct system *system, const struct manifest_error *error)
{
    static char text[sizeof(*error) + 8];

    snprintf(text, sizeof(text), "%s%s%s: %s", error->node, error->property[0] != 0 ? ": " : "",
             error->property, error->reason);
    report(system, "manifest", text);
}

/* What of the region is left for servers: all that is loaded but the archive is somebody else's. */
static uint64_t room_of(const struct boot_block *block)
{
    uint64_t loaded = block->used_end_pa - block->region.pa;

    return loaded > block->region.size || loaded < block->archive.size
               ? 0
               : block->region.size - loaded + block->archive.size;
}

static void check_manifest(struct system *system, const struct boot_archive_entry *entry)
{
    static struct manifest manifest;
    struct manifest_error error;
    struct image_list list = {system->files, system->table.count};

    for (uint32_t i = 0; i < system->table.count; i++) {
        system->files[i].name = system->table.entries[i].name;
        system->files[i].blob = (struct blob){system->archive + system->table.entries[i].offset,
                                              system->table.entries[i].size};
    }
    if (!manifest_parse(system->archive + entry->offset, entry->size, &manifest, &error) ||
        !images_check(&manifest, &list, NULL, &error)) {
        report_manifest(system, &error);
    } else if (manifest.memory > room_of(&system->block)) {
        report(system, "manifest", "/: memory: this is more than the region has room for");
    }
}

void system_lint_run(struct lint *lint)
{
    struct system *system = calloc(1, sizeof(*system));

    if (system == NULL) {
        return;
    }
    system->lint = lint;
    if (find_block(system) && open_archive(system)) {
        for (uint32_t i = 0; i < system->table.count; i++) {
            if (strcmp(system->table.entries[i].name, "manifest") == 0) {
                check_manifest(system, &system->table.entries[i]);
            }
        }
    }
    free(system->archive);
    free(system);
}
