/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a call to another server, or an operation on a channel, ended.
 *
 * An answer's label is one of these. A server's handlers return them too; numbers from
 * SVSM_STATUS_OWN on mean what the interface says. The kernel's own answers are told apart by
 * SVSM_LABEL_KERNEL and become one of these in channel_call().
 */
#ifndef SVSM_STATUS_H
#define SVSM_STATUS_H

enum svsm_status {
    SVSM_OK = 0,
    SVSM_UNKNOWN_CALL = 1, /* the interface has no call of this number */
    SVSM_MALFORMED = 2,    /* wrong number of words, or a word its type does not allow */
    SVSM_RESTARTED = 3,    /* the peer has been started anew: what it knew of us is gone */
    SVSM_AWAY = 4,         /* the peer is stopped for now: not carried out, try again */
    SVSM_GONE = 5,         /* the peer is stopped for good */
    SVSM_PEER_BUSY = 6,    /* the peer is at work on another CPU */
    SVSM_NO_CHANNEL = 7,   /* no such channel, or it does not work this way round */
    SVSM_CORRUPT = 8,      /* the peer has written nonsense into shared memory */
    SVSM_FULL = 9,         /* a ring has no room for that now */
    SVSM_EMPTY = 10,       /* a ring does not hold that much now */
    SVSM_TOO_LARGE = 11,   /* it would never fit */
    SVSM_NO_MEMORY = 12,
    SVSM_DENIED = 13,
    SVSM_FAILED = 14,     /* the server tried and could not */
    SVSM_STATUS_OWN = 64, /* from here on the interface's own */
};

#endif
