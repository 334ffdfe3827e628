/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After the seal: init waits for servers to fault, overrun or exit, and does what the manifest
 * says.
 *
 * init runs above all servers and makes nothing any more: a restart needs a suspended thread, two
 * objects emptied of callers, memory cleared and filled again, registers. Every step may be done
 * twice.
 */
#ifndef INIT_SUPERVISE_H
#define INIT_SUPERVISE_H

#include "status.h"

/* What a message to init from a server's channel is answered with; returns the label. */
typedef uint64_t (*supervise_call)(struct system *system, uint64_t badge, uint64_t label,
                                   uint64_t words[seL4_MsgMaxLength]);

struct supervision {
    struct system *system;
    seL4_CPtr inbox; /* where faults and calls arrive */
    seL4_CPtr reply;
    supervise_call call;
};

/* Starts every server, those first that others may call. */
void supervise_start(struct system *system);
_Noreturn void supervise(const struct supervision *s);

/* Ends a server as a fault would: its callers are told, its policy decides. */
void supervise_end(struct system *system, struct server *server);

#endif
