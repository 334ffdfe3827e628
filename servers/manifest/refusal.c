/* SPDX-License-Identifier: BSD-2-Clause */
/* Place and reason of a refusal; see refusal.h. */
#include "refusal.h"

#include "text.h"

void refusal_place(struct manifest_error *error, const char *folder, const char *name,
                   const char *property)
{
    memset(error, 0, sizeof(*error));
    text_add(error->node, sizeof(error->node), folder);
    text_add(error->node, sizeof(error->node), name);
    if (property != NULL) {
        text_add(error->property, sizeof(error->property), property);
    }
}

bool refusal_list(struct manifest_error *error, const char *first, va_list rest)
{
    error->reason[0] = 0;
    for (const char *piece = first; piece != NULL; piece = va_arg(rest, const char *)) {
        text_add(error->reason, sizeof(error->reason), piece);
    }
    return false;
}

bool refusal_reason(struct manifest_error *error, const char *first, ...)
{
    va_list rest;

    va_start(rest, first);
    refusal_list(error, first, rest);
    va_end(rest);
    return false;
}
