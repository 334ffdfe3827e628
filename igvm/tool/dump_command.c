/* SPDX-License-Identifier: BSD-2-Clause */
/* igvm dump: its options. */
#include "commands.h"
#include "dump.h"
#include "input.h"

#include <getopt.h>

static const char help[] =
    "usage: igvm dump [--json] FILE\n"
    "\n"
    "Prints every header of FILE with its offset and fields, and the registers of VP contexts "
    "that\n"
    "are not 0.\n"
    "\n"
    "  --json   as one JSON object with all fields; numbers are exact up to 64 bits, which not\n"
    "           every JSON reader keeps\n"
    "  --help   this text\n"
    "\n"
    "Exit status: 0 good, 1 the file is wrong, 2 wrong use.\n";

int dump_main(int argc, char **argv)
{
    static const struct option words[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    struct input input;
    bool json = false;
    int word;
    int status;

    opterr = 0;
    while ((word = getopt_long(argc, argv, "", words, NULL)) != -1) {
        if (word == 'h') {
            fputs(help, stdout);
            return IGVM_EXIT_GOOD;
        }
        if (word != 'j') {
            return misuse(argv[0], "unknown option", argv[optind - 1]);
        }
        json = true;
    }
    status = input_open(&input, argc, argv, optind);
    if (status == IGVM_EXIT_GOOD) {
        (json ? dump_json : dump_words)(&input.file, stdout);
        input_close(&input);
    }
    return status;
}
