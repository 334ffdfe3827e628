/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers' images: whatever the file says, what is accepted lies in the file and in the memory for
 * images, in ascending pages of its own, never writable and executable, with an entry that can be
 * executed.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <image.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(int holds)
{
    if (!holds)
        abort();
}

static void check_image(const struct image *image, uint64_t size)
{
    uint64_t end = IMAGE_VA_FIRST;
    int entry = 0;

    check(image->count >= 1 && image->count <= IMAGE_SEGMENTS);
    for (unsigned i = 0; i < image->count; i++) {
        const struct image_segment *s = &image->segments[i];

        check(s->size != 0 && s->filled <= s->size);
        check(s->offset <= size && s->filled <= size - s->offset);
        check(image_segment_start(s) >= end);
        end = image_segment_start(s) + image_segment_pages(s) * IMAGE_PAGE;
        check(end <= IMAGE_VA_END && s->va + s->size <= end);
        check((s->rights & IMAGE_READ) != 0);
        check((s->rights & (IMAGE_WRITE | IMAGE_EXECUTE)) != (IMAGE_WRITE | IMAGE_EXECUTE));
        entry |= (s->rights & IMAGE_EXECUTE) != 0 && image->entry - s->va < s->size;
    }
    check(entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct image image;

    if (image_read(bytes, size, &image) == IMAGE_OK)
        check_image(&image, size);
    return 0;
}
