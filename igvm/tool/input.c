/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files are read whole: the format's sizes are 32 bits, so what is larger is no IGVM file and is
 * not read at all. A pipe works as well as a file.
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
    } while (got != 0 && input->size <= UINT32_MAX);
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
