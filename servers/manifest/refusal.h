/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a refusal is written down: first the place, then the reason.
 *
 * Both functions cut what does not fit and leave the error well formed. Reasons are pieces of a
 * sentence, the last piece followed by NULL.
 */
#ifndef MANIFEST_REFUSAL_H
#define MANIFEST_REFUSAL_H

#include "manifest.h"

#include <stdarg.h>

/* The node is "folder" and "name" one after the other; "property" may be NULL. */
void refusal_place(struct manifest_error *error, const char *folder, const char *name,
                   const char *property);

/* Always false, for the caller to return. */
bool refusal_reason(struct manifest_error *error, const char *first, ...) __attribute__((sentinel));
bool refusal_list(struct manifest_error *error, const char *first, va_list rest);

#endif
