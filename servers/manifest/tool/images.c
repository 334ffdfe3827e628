/* SPDX-License-Identifier: BSD-2-Clause */
/* Images by name, and what they add to the memory; see images.h. */
#include "images.h"

#include "refusal.h"
#include "text.h"

#include <boot/boot_block.h>
#include <elf_image.h>

#define SERVER_LOWEST UINT64_C(0x10000)
#define SERVER_END    UINT64_C(0x40000000)

static bool refuse(struct manifest_error *error, const char *server, const char *reason)
{
    refusal_place(error, "/servers/", server, "image");
    return refusal_reason(error, reason, NULL);
}

static uint64_t pages(uint64_t size)
{
    return (size + MANIFEST_PAGE - 1) & ~(uint64_t)(MANIFEST_PAGE - 1);
}

/* What is not writable is mapped where it was loaded; the rest is copied as well. */
static uint64_t memory_of(const struct elf_image *image)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < image->count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if ((segment->rights & BOOT_WRITE) != 0) {
            bytes += elf_segment_end(segment) - elf_segment_start(segment);
        }
    }
    return bytes;
}

static bool check_image(const struct manifest_server *server, const struct blob *file,
                        uint64_t *total, struct manifest_error *error)
{
    struct build_error wrong;
    struct elf_image image = {.name = server->image};

    if (!elf_image_read(&image, file, (struct elf_window){SERVER_LOWEST, SERVER_END}, &wrong)) {
        return refuse(error, server->name, wrong.text);
    }
    *total += memory_of(&image);
    return true;
}

static const struct image_file *find(const struct image_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (text_equal(list->files[i].name, name)) {
            return &list->files[i];
        }
    }
    return NULL;
}

bool images_check(const struct manifest *manifest, const struct image_list *list, uint64_t *total,
                  struct manifest_error *error)
{
    uint64_t bytes = manifest_bytes(manifest);
    struct number_text needed;
    struct number_text given;

    for (size_t i = 0; i < list->count; i++) {
        bytes += pages(list->files[i].blob.size);
    }
    for (uint32_t i = 0; i < manifest->server_count; i++) {
        const struct manifest_server *server = &manifest->servers[i];
        const struct image_file *file = find(list, server->image);
        if (i == manifest->init) {
            continue;
        }
        if (file == NULL) {
            return refuse(error, server->name, "there is no file of this name in the archive");
        }
        if (!check_image(server, &file->blob, &bytes, error)) {
            return false;
        }
    }
    if (total != NULL) {
        *total = bytes;
    }
    if (bytes > manifest->memory) {
        refusal_place(error, "/", "", "memory");
        return refusal_reason(error, "everything with its images takes ", text_hex(&needed, bytes),
                              " bytes, more than ", text_hex(&given, manifest->memory), NULL);
    }
    return true;
}
