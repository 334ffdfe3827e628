/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file a subcommand works on, and the command line's common manners.
 */
#ifndef IGVM_INPUT_H
#define IGVM_INPUT_H

#include "igvm/igvm.h"

struct input {
    const char *path;
    uint8_t *bytes;
    size_t size;
    struct igvm_file file;
};

/* Reads and opens the one file that the words from argv[first] on must name. Says on standard
 * error what is wrong and returns the exit status for it; IGVM_EXIT_GOOD means it is open. */
int input_open(struct input *input, int argc, char **argv, int first);
void input_close(struct input *input);

/* Prints one sentence on standard error; returns IGVM_EXIT_MISUSE. */
int misuse(const char *command, const char *what, const char *word);

/* A number in C's notation, up to "limit". */
bool parse_number(const char *text, uint64_t limit, uint64_t *value);

#endif
