/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program igvm: a table of subcommands and nothing more.
 *
 * Each subcommand gets its own words, its name first, answers --help itself and returns the exit
 * status: 0 good, 1 the file is wrong, 2 wrong use.
 */
#include "commands.h"

#include <build.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"dump", dump_main, "say what is in a file, in words or as JSON"},
    {"lint", lint_main, "check a file against the format and a host's own rules"},
    {"measure", measure_main, "compute a file's launch digest"},
    {"build", build_main, "lay out a kernel, servers and a guest as an IGVM file"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *file)
{
    fprintf(file, "usage: igvm COMMAND [OPTION ...] FILE\n\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        fprintf(file, "  %-8s %s\n", commands[i].name, commands[i].help);
    }
    fprintf(file, "\n\"igvm COMMAND --help\" says more. Exit status: 0 good, 1 the file is wrong,\n"
                  "2 wrong use.\n");
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        usage(stdout);
        return IGVM_EXIT_GOOD;
    }
    for (size_t i = 0; argc > 1 && i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    if (argc > 1) {
        fprintf(stderr, "igvm: there is no command \"%s\"; try --help\n", argv[1]);
    } else {
        usage(stderr);
    }
    return IGVM_EXIT_MISUSE;
}
