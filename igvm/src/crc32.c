/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one place that knows zlib's interface. Built from zlib's source and not from its library,
 * because freestanding users need it too; ours is the smallest of its tables.
 */
#include "crc32.h"

#include <zlib.h>

uint32_t igvm_crc32(uint32_t crc, const void *bytes, size_t size)
{
    return (uint32_t)crc32_z(crc, bytes, size);
}
