/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM: libtpms with its surroundings. There is one, because libtpms has one set of globals.
 *
 * It is in one of two conditions: working, or in failure mode, where every command is answered with
 * TPM_RC_FAILURE and nothing else is said. It begins in failure mode and comes out of it only with
 * a state: one that was found in the store, one that was restored, or a new one where vtpm_start
 * was told that none can exist. What fails inside (entropy, storage, a damaged state, the crypto
 * facade) leads back into failure mode. One caller at a time.
 */
#ifndef VTPM_VTPM_H
#define VTPM_VTPM_H

#include "clock.h"
#include "store.h"

#include <svsm/entropy.h>

enum vtpm_origin {
    VTPM_MANUFACTURE, /* the first start of this VM: make a new TPM if the store has none */
    VTPM_POWER_ON,    /* the state must be there; PCRs, sessions and objects begin anew */
    VTPM_RESUME,      /* permanent and volatile state must be there; the TPM goes on */
};

enum {
    VTPM_HEADER_BYTES = 10,   /* of a command or response; the whole of an error response */
    VTPM_BUFFER_BYTES = 4087, /* the longest command and response: what protocol 2 has room for */
    VTPM_RC_FAILURE = 0x101,
};

struct vtpm_config {
    struct store *store;
    struct entropy_source entropy;
    struct clock_source clock;
    void (*log)(const char *text); /* one event, without secrets; NULL for none */
    enum vtpm_origin origin;
};

/* Whether the TPM works now. The configuration is copied; the store stays the caller's. */
bool vtpm_start(const struct vtpm_config *config);

bool vtpm_is_working(void);

/* Whether the state ends with the server. */
bool vtpm_is_ephemeral(void);

struct vtpm_bytes {
    uint8_t *data;
    size_t length;
};

/*
 * Runs a command at a locality (0 to 4) and puts the response into *response, whose length says how
 * much room there is (at least VTPM_HEADER_BYTES). False, and nothing happened, while another
 * command is being run.
 */
bool vtpm_execute(unsigned locality, const struct vtpm_bytes *command, struct vtpm_bytes *response);

/* Puts the volatile state into the store, so that a later start can resume. */
bool vtpm_suspend(void);

/*
 * Out of failure mode with a state from elsewhere, as the store has it: both blobs go to the store
 * and the TPM resumes from them (without a volatile one, it is powered on). Not after the facade
 * has failed: the process must be started anew then.
 */
bool vtpm_restore(const struct store_bytes *permanent, const struct store_bytes *volatile_state);

void vtpm_stop(void);

#endif
