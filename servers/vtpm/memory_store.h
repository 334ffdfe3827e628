/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store in the server's own memory, for as long as there is no other. It calls itself ephemeral.
 */
#ifndef VTPM_MEMORY_STORE_H
#define VTPM_MEMORY_STORE_H

#include "store.h"

struct memory_store {
    struct store store; /* first */
    struct store_bytes blob[STORE_BLOBS];
};

void memory_store_open(struct memory_store *m);

/* Forgets and wipes everything. */
void memory_store_close(struct memory_store *m);

#endif
