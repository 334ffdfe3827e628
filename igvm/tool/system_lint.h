/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules for what a file of Drupe's holds beyond the format: the archive, and in it the manifest.
 *
 * A file without a boot block, an archive or a manifest has no findings here. What is in the file
 * is as hostile as its headers; memory is taken for the archive alone, 64 MiB at most.
 */
#ifndef IGVM_SYSTEM_LINT_H
#define IGVM_SYSTEM_LINT_H

#include "lint.h"

/* Adds to the findings of lint_run. */
void system_lint_run(struct lint *lint);

#endif
