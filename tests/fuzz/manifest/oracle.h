/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold of any bytes given to manifest_parse, looked at another way than the parser does.
 *
 * A refusal has a place and a reason in printable ASCII. An accepted manifest is held to what
 * manifest.h promises, pair by pair and by brute force. A promise broken is an assertion.
 */
#ifndef MANIFEST_ORACLE_H
#define MANIFEST_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True: the tree was accepted. "bytes" may have any alignment and is copied. */
bool oracle_check(const uint8_t *bytes, size_t size);

#endif
