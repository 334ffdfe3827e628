/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The form in which a state lies in the store: eight bytes "VTPM0001", the SHA-256 of what follows,
 * and libtpms' own blob.
 *
 * libtpms 0.10.2 reads past the end of a state that was cut short or changed, so nothing damaged
 * may reach it. The digest finds accidents; against those who can compute one the store has its
 * own protection.
 */
#ifndef VTPM_BLOB_H
#define VTPM_BLOB_H

#include "store.h"

enum { BLOB_HEADER_BYTES = 8 + 32 };

/* Fresh memory with the header before the body. */
bool blob_wrap(struct store_bytes *out, const uint8_t *body, size_t length);

/* Takes the header off in place; false, and nothing changed, if it does not fit the rest. */
bool blob_unwrap(struct store_bytes *blob);

/* Wipes and frees. */
void blob_free(struct store_bytes *blob);

#endif
