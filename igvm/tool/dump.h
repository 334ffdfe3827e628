/* SPDX-License-Identifier: BSD-2-Clause */
/* The two ways to print an open file. */
#ifndef IGVM_DUMP_H
#define IGVM_DUMP_H

#include "igvm/igvm.h"

#include <stdio.h>

void dump_words(const struct igvm_file *file, FILE *out);
void dump_json(const struct igvm_file *file, FILE *out);

#endif
