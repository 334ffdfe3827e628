/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes the builder fuzzer's first inputs into a folder: a good kernel, first server and guest. */
#include <boot/boot_block.h>
#include <maker.h>
#include <stdio.h>
#include <string.h>

static int write_seed(const char *folder, char kind, const struct blob *file)
{
    char path[4096];
    FILE *out;
    int bad;

    snprintf(path, sizeof(path), "%s/%c", folder, 'a' + kind);
    out = fopen(path, "wb");
    if (!out)
        return 1;
    bad = fputc(kind, out) == EOF || fwrite(file->bytes, 1, file->size, out) != file->size;
    return fclose(out) != 0 || bad;
}

static int write_elf(const char *folder, char kind, uint64_t va)
{
    struct maker maker;
    struct blob file;
    int bad;

    maker_start(&maker, va, 0x3000);
    file = maker_finish(&maker);
    bad = write_seed(folder, kind, &file);
    blob_free(&file);
    return bad;
}

int main(int argc, char **argv)
{
    static uint8_t image[0x2000];
    const struct blob guest = {image, sizeof(image)};

    if (argc != 2)
        return 2;
    maker_guest(image, sizeof(image));
    return write_elf(argv[1], 0, BOOT_KERNEL_VA) || write_elf(argv[1], 1, 0x400000) ||
           write_seed(argv[1], 2, &guest);
}
