/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX extended regular expressions, as far as libtpms' profile parser uses them, with the layouts
 * of glibc's <regex.h>. For constant patterns; texts may be of any kind and length.
 *
 * Literals, \\c, ".", "[set]", "[^set]" with ranges and classes, "^" and "$" at the ends, groups,
 * "|",
 * "*", "+", "?". No intervals, no back references. Matching takes time proportional to the product
 * of the text's and the pattern's length, whatever the two are. Where several matches are possible
 * the earlier alternative and the longer repetition win, as they do for anchored patterns in POSIX.
 */
#ifndef LIBC_REGEX_H
#define LIBC_REGEX_H

#include <stddef.h>

typedef struct {
    void *program;
    unsigned char unused[40];
    size_t re_nsub;
    unsigned char unused_too[8];
} regex_t;

typedef struct {
    int rm_so, rm_eo;
} regmatch_t;

enum { REG_EXTENDED = 1 };
enum { REG_NOMATCH = 1, REG_BADPAT = 2, REG_ESPACE = 12 };

int regcomp(regex_t *regex, const char *pattern, int flags);
int regexec(const regex_t *regex, const char *text, size_t count, regmatch_t match[], int flags);
void regfree(regex_t *regex);

_Static_assert(sizeof(regex_t) == 64, "glibc's size");

#endif
