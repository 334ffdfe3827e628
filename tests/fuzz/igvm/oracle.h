/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must be true of the library and of lint for any bytes whatsoever; aborts if it is not.
 *
 * Bytes either are refused, with a rule and an offset inside the file, or they open, and then:
 * headers and data lie inside the buffer; a rewritten file opens and has the same headers and
 * data; QEMU's order of a launch is a permutation of the file's; lint ends and points inside.
 */
#ifndef IGVM_ORACLE_H
#define IGVM_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if the bytes opened. */
bool oracle_check(const uint8_t *bytes, size_t size);

/* Makes the checksum right, if the fixed header allows it: most random changes die there. */
void oracle_reseal(uint8_t *bytes, size_t size);

#endif
