/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the example files into a folder: input for the tests of the program, seeds for the
 * fuzzer. The only argument is the folder, which must exist.
 */
#include "examples.h"

#include <stdio.h>
#include <stdlib.h>

static uint8_t bytes[EXAMPLE_ROOM];

static void write_file(const char *folder, const char *name, size_t size)
{
    char path[4096];
    FILE *stream;

    snprintf(path, sizeof(path), "%s/%s.igvm", folder, name);
    stream = fopen(path, "wb");
    if (stream == NULL || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    write_file(argv[1], "full", example_full(bytes, &(struct full_options){0}));
    write_file(argv[1], "late", example_full(bytes, &(struct full_options){.late_inserts = true}));
    write_file(argv[1], "large",
               example_full(bytes, &(struct full_options){.second_area = 0x2000}));
    write_file(argv[1], "minimal", example_minimal(bytes));
    write_file(argv[1], "pages", example_pages(bytes));
    write_file(argv[1], "types", example_all_types(bytes));
    return EXIT_SUCCESS;
}
