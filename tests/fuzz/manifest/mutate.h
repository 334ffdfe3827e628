/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes to a flattened device tree that leave its header whole, so that the change is seen.
 *
 * The result has the same size. Bytes that are no tree stay as they are.
 */
#ifndef MANIFEST_MUTATE_H
#define MANIFEST_MUTATE_H

#include <stddef.h>
#include <stdint.h>

void mutate_tree(uint8_t *bytes, size_t size, uint64_t seed);

#endif
