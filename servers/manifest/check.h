/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the values of a manifest have to do with each other, once each is in its own range.
 *
 * The checks run in the order of this file's body and the first refusal is the one reported.
 */
#ifndef MANIFEST_CHECK_H
#define MANIFEST_CHECK_H

#include "manifest.h"

bool check_manifest(const struct manifest *manifest, struct manifest_error *error);

/* The part about who gets what of the machine: nothing twice. */
bool check_grants(const struct manifest *manifest, struct manifest_error *error);

/* The part about names: each means one thing to its server. */
bool check_names(const struct manifest *manifest, struct manifest_error *error);

#endif
