/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the TPM's state lives: the one way by which it leaves and enters the server.
 *
 * Two blobs in libtpms' own format: the permanent state (seeds, NV, persistent objects), saved
 * whole and before the command that changed it is answered; and the volatile state (PCRs, sessions,
 * loaded objects), saved when the TPM is to go on elsewhere. save must be atomic, and what it said
 * is saved must be what load finds; secrecy and protection against rollback are the store's.
 */
#ifndef VTPM_STORE_H
#define VTPM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum store_blob { STORE_PERMANENT, STORE_VOLATILE, STORE_BLOBS };

enum store_result {
    STORE_OK,
    STORE_NONE,   /* load: there is no such blob */
    STORE_FAILED, /* it cannot be told, or not be done */
};

struct store_bytes {
    uint8_t *data; /* from malloc */
    size_t length;
};

struct store {
    /* The caller frees what it gets. */
    enum store_result (*load)(struct store *, enum store_blob, struct store_bytes *);
    enum store_result (*save)(struct store *, enum store_blob, const struct store_bytes *);
    enum store_result (*drop)(struct store *, enum store_blob);
    bool ephemeral; /* the state ends with the server; guest and log are told */
};

#endif
