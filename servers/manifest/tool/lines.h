/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where in its source a node or property of a manifest stands.
 *
 * The compiler knows: `dtc -T -T -O dts` writes the tree back with a comment behind each node and
 * property. These functions read such a text; they trust its form, which dtc made, and no more than
 * a wrong line number comes of it when they should not.
 */
#ifndef MANIFEST_LINES_H
#define MANIFEST_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* The place, as "file:line", of a property, of its node when "property" is empty, or of the nearest
   node above when that is not there either. False if nothing of the path is in the text. */
bool lines_find(const char *text, const char *node, const char *property, char place[512]);

#endif
