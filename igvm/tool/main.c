/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program igvm: a table of subcommands and nothing more.
 *
 * Each subcommand gets its own words, its name first, and returns the exit status: 0 good, 1 the
 * file is wrong, 2 wrong use.
 */
#include <build.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"build", build_main, "lay out a kernel, servers and a guest as an IGVM file"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *file)
{
    fprintf(file, "usage: igvm COMMAND [option ...]\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(file, "  %-8s %s\n", commands[i].name, commands[i].help);
    fprintf(file, "\n\"igvm COMMAND --help\" says more. Exit status: 0 good, 1 the file is wrong, "
                  "2 wrong use.\n");
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        usage(stdout);
        return 0;
    }
    for (size_t i = 0; argc > 1 && i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    if (argc > 1)
        fprintf(stderr, "igvm: there is no command \"%s\"\n", argv[1]);
    usage(stderr);
    return 2;
}
