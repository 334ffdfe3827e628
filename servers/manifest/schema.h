/* SPDX-License-Identifier: BSD-2-Clause */
/* The schema of the root node, whose struct is struct manifest; all others hang below it. */
#ifndef MANIFEST_SCHEMA_H
#define MANIFEST_SCHEMA_H

#include "reader.h"

extern const struct schema schema_root;

#endif
