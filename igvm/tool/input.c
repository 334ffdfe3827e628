/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file is read up to one byte more than its own header says it has, which is enough to see that
 * it is too long. A pipe works as well as a file.
 */
#include "input.h"

#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_READ (64u << 10)

int misuse(const char *command, const char *what, const char *word)
{
    fprintf(stderr, "igvm %s: %s%s%s; try --help\n", command, what, word != NULL ? ": " : "",
            word != NULL ? word : "");
    return IGVM_EXIT_MISUSE;
}

bool parse_number(const char *text, uint64_t limit, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0' && strchr(text, '-') == NULL &&
           *value <= limit;
}

/* Doubles the room when it is full; false when there is no more to be had. */
static bool grow(struct input *input, size_t *room)
{
    uint8_t *bytes;

    if (input->size < *room) {
        return true;
    }
    *room = *room == 0 ? FIRST_READ : *room * 2;
    bytes = realloc(input->bytes, *room);
    if (bytes == NULL) {
        errno = ENOMEM;
        return false;
    }
    input->bytes = bytes;
    return true;
}

/* How many bytes there can be as far as one knows by now. */
static size_t wanted(const struct input *input)
{
    struct igvm_fixed fixed;

    if (input->size < sizeof(fixed)) {
        return sizeof(fixed);
    }
    memcpy(&fixed, input->bytes, sizeof(fixed));
    return fixed.magic == IGVM_MAGIC ? fixed.total_file_size : 0;
}

static bool read_all(struct input *input, FILE *stream)
{
    size_t room = 0;
    size_t got;

    do {
        if (!grow(input, &room)) {
            return false;
        }
        got = fread(input->bytes + input->size, 1, room - input->size, stream);
        input->size += got;
    } while (got != 0 && input->size <= wanted(input));
    return !ferror(stream);
}

static bool read_file(struct input *input)
{
    FILE *stream = fopen(input->path, "rb");
    bool good = stream != NULL && read_all(input, stream);

    if (!good) {
        fprintf(stderr, "igvm: %s: %s\n", input->path, strerror(errno));
    }
    if (stream != NULL) {
        fclose(stream);
    }
    return good;
}

int input_open(struct input *input, int argc, char **argv, int first)
{
    struct igvm_error error;

    memset(input, 0, sizeof(*input));
    if (argc - first != 1) {
        return misuse(argv[0], argc == first ? "no file given" : "more than one file given", NULL);
    }
    input->path = argv[first];
    if (!read_file(input)) {
        input_close(input);
        return IGVM_EXIT_MISUSE;
    }
    if (!igvm_open(&input->file, input->bytes, input->size, &error)) {
        fprintf(stderr, "igvm: %s: offset 0x%x: %s\n", input->path, error.offset, error.rule);
        input_close(input);
        return IGVM_EXIT_WRONG_FILE;
    }
    return IGVM_EXIT_GOOD;
}

void input_close(struct input *input)
{
    free(input->bytes);
    input->bytes = NULL;
}
