/* SPDX-License-Identifier: BSD-2-Clause */
/* The CRC-32 of IEEE 802.3, as zlib computes it; 0 starts one. */
#ifndef IGVM_CRC32_H
#define IGVM_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t igvm_crc32(uint32_t crc, const void *bytes, size_t size);

#endif
