/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two drawings of a system: Graphviz' language, and a picture of our own for where Graphviz is not.
 *
 * The manifest has been parsed, so names hold nothing that either format would have to escape.
 */
#ifndef MANIFEST_DRAW_H
#define MANIFEST_DRAW_H

#include "manifest.h"

#include <stdio.h>

void draw_dot(const struct manifest *manifest, FILE *out);
void draw_svg(const struct manifest *manifest, FILE *out);

#endif
