/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The subcommands that live here. argv[0] is the subcommand's name; the result is an exit status.
 */
#ifndef IGVM_COMMANDS_H
#define IGVM_COMMANDS_H

enum { IGVM_EXIT_GOOD = 0, IGVM_EXIT_WRONG_FILE = 1, IGVM_EXIT_MISUSE = 2 };

int dump_main(int argc, char **argv);
int lint_main(int argc, char **argv);
int measure_main(int argc, char **argv);

#endif
