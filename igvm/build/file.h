/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the laid-out image as an IGVM file, for SNP, for a plain virtual machine, or for both.
 *
 * The order of the directives is the only one on which all loaders and all tools that compute the
 * launch digest agree: memory, parameters with their pages, pages by address, contexts, the VMSA.
 */
#ifndef BUILD_FILE_H
#define BUILD_FILE_H

#include "blob.h"
#include "layout.h"

/* The result belongs to the caller and has passed the library's own reader. */
bool file_make(struct blob *file, const struct layout *layout, struct build_error *error);

#endif
