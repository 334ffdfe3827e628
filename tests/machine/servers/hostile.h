/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile server and its judge: what the one can be told to do, and the region they share.
 *
 * hostile.def lists the rows that must end it, each with the instructions that do it; the rest are
 * C functions in hostile_server.c.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdint.h>

enum { HOSTILE_INIT, HOSTILE_NEIGHBOUR, HOSTILE_SELF, HOSTILE_JUDGE };

enum hostile_row {
#define ROW(name, code) HOSTILE_##name,
#include "hostile.def"
#undef ROW
    HOSTILE_ROWS,
};

/* Labels of calls: a row of hostile.def, or one of these, which it survives. */
enum hostile_call {
    HOSTILE_PING = 1,     /* answers */
    HOSTILE_FORGE = 2,    /* uses capability numbers that are not its own; word 0: refused */
    HOSTILE_MALFORM = 3,  /* sends its neighbour messages that are none; word 0: answers */
    HOSTILE_RINGS = 4,    /* writes nonsense into the ring's positions; word 0: answers */
    HOSTILE_FLOOD = 5,    /* signals its neighbour, over and over */
    HOSTILE_ABORT = 6,    /* lets go of its own caller */
    HOSTILE_SPIN = 7,     /* never answers, and never stops */
    HOSTILE_SLEEP = 8,    /* never answers, and waits for nothing */
    HOSTILE_EXIT = 9,     /* exits, well */
    HOSTILE_VMGEXIT = 10, /* asks the host again for whatever the kernel asked it last */
    HOSTILE_ROW = 1000,   /* + enum hostile_row */
};

/* Random system calls are made in the background, so that whoever gets stuck is not the judge. */
struct hostile_region {
    uint64_t wanted;
    uint64_t made;
    uint64_t random;
};

#endif
