/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The twin of microkernel/bytes.h for proofs: says what is cleared instead of clearing it.
 */
#ifndef MICROKERNEL_BYTES_H
#define MICROKERNEL_BYTES_H

#include <stdint.h>

void bytes_zero(void *start, uint64_t size);

#endif
