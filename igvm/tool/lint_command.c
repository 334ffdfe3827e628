/* SPDX-License-Identifier: BSD-2-Clause */
/* igvm lint: its options and how findings look. */
#include "commands.h"
#include "input.h"
#include "lint.h"
#include "system_lint.h"

#include <getopt.h>
#include <stdio.h>

static void print_help(void)
{
    printf("usage: igvm lint [--profile HOST] FILE\n"
           "\n"
           "Checks FILE against the format's rules, those included that readers do not enforce,\n"
           "and against what one host accepts; in a file of Drupe's the archive and the manifest\n"
           "are checked too, as at build time. Every finding is a line: file, offset, error or\n"
           "warning, the rule's name, and what is wrong. Warnings do not count as failure.\n"
           "\n"
           "  --profile HOST   also the rules of one of these:\n");
    for (size_t i = 0; profile_at(i) != NULL; i++) {
        printf("                     %-14s %s\n", profile_at(i)->name, profile_at(i)->about);
    }
    printf("  --help           this text\n"
           "\n"
           "Exit status: 0 no errors, 1 the file is wrong, 2 wrong use.\n");
}

static void print_finding(void *context, const struct finding *finding)
{
    printf("%s: offset 0x%x: %s: %s: %s", (const char *)context, finding->offset,
           finding->is_error ? "error" : "warning", finding->rule, finding->text);
    if (finding->other != 0) {
        printf(" (0x%x)", finding->other);
    }
    printf("\n");
}

static int lint_file(const struct input *input, const struct lint_profile *profile)
{
    struct lint lint = {
        .file = &input->file,
        .profile = profile,
        .report = print_finding,
        .context = (void *)(uintptr_t)input->path,
    };

    lint_run(&lint);
    system_lint_run(&lint);
    printf("%s: %u errors, %u warnings\n", input->path, lint.errors, lint.warnings);
    return lint.errors == 0 ? IGVM_EXIT_GOOD : IGVM_EXIT_WRONG_FILE;
}

int lint_main(int argc, char **argv)
{
    static const struct option words[] = {{"profile", required_argument, NULL, 'p'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct lint_profile *profile = NULL;
    struct input input;
    int word;
    int status;

    opterr = 0;
    while ((word = getopt_long(argc, argv, ":", words, NULL)) != -1) {
        if (word == 'h') {
            print_help();
            return IGVM_EXIT_GOOD;
        }
        if (word != 'p') {
            return misuse(argv[0], word == '?' ? "unknown option" : "an option lacks its word",
                          argv[optind - 1]);
        }
        profile = profile_find(optarg);
        if (profile == NULL) {
            return misuse(argv[0], "there is no profile", optarg);
        }
    }
    status = input_open(&input, argc, argv, optind);
    if (status == IGVM_EXIT_GOOD) {
        status = lint_file(&input, profile);
        input_close(&input);
    }
    return status;
}
