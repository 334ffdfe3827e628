/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes an IGVM file so that it stays one often enough: whole headers are copied, swapped or
 * removed, fields get values that are near a limit, and sizes and checksum are made right again.
 */
#ifndef IGVM_MUTATE_H
#define IGVM_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Changes "bytes" in place, at most to "room" bytes; returns the new size. */
size_t mutate_file(uint8_t *bytes, size_t size, size_t room, unsigned seed);

#endif
