/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The subcommand `igvm build`: reads its options and inputs, lays out, writes.
 */
#ifndef BUILD_BUILD_H
#define BUILD_BUILD_H

/* argv[0] is "build". Returns the exit status: 0 written, 1 an input is wrong, 2 wrong use. */
int build_main(int argc, char **argv);

#endif
