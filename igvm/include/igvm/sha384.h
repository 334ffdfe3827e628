/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-384 in the shape igvm/measure.h wants, for programs of the build machine; wolfCrypt does
 * the work. A program that has its own brings its own struct igvm_hash.
 */
#ifndef IGVM_SHA384_H
#define IGVM_SHA384_H

#include "igvm/measure.h"

struct igvm_sha384 {
    _Alignas(64) uint8_t state[512];
};

struct igvm_hash igvm_sha384_hash(struct igvm_sha384 *sha384);

#endif
