/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A regular expression compiled: instructions for a machine whose threads all read the same letter
 * at the same time (regex_run.c). Jumps are relative, so that a piece can be moved as a whole.
 */
#ifndef LIBC_REGEX_PROGRAM_H
#define LIBC_REGEX_PROGRAM_H

#include <stdint.h>

enum regex_op {
    REGEX_SET,   /* takes a letter that is in set `argument` */
    REGEX_SPLIT, /* goes on at next and, with lower priority, at `other` */
    REGEX_JUMP,  /* goes on at `other` */
    REGEX_SAVE,  /* notes the position in `argument` */
    REGEX_BEGIN, /* only at the text's begin */
    REGEX_END,   /* only at the text's end */
    REGEX_MATCH,
};

enum {
    REGEX_INSTRUCTIONS = 256,
    REGEX_SETS = 128,
    REGEX_GROUPS = 4, /* whose positions are noted; the whole match is the first */
};

struct regex_instruction {
    uint8_t op;
    uint8_t argument;
    uint8_t greedy; /* of a split: 0 prefers `other` */
    int16_t other;
};

struct regex_set {
    uint32_t letters[8];
};

struct regex_program {
    unsigned count, sets;
    struct regex_instruction code[REGEX_INSTRUCTIONS];
    struct regex_set set[REGEX_SETS];
};

#endif
