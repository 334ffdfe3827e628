/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the builder's parts say what is wrong: one sentence, made where the problem is understood.
 *
 * A function that can fail takes a struct build_error last and returns false after filling it; the
 * caller passes that on unchanged. Only the subcommand prints it.
 */
#ifndef BUILD_ERROR_H
#define BUILD_ERROR_H

#include <stdbool.h>

struct build_error {
    char text[512];
};

/* Always false, so that "return build_fail(...)" reads well. */
__attribute__((format(printf, 2, 3))) bool build_fail(struct build_error *error, const char *format,
                                                      ...);

#endif
