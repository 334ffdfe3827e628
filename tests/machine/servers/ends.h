/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the servers of the test of ends share: the region "plan", in which the judge writes who is
 * to end where and how, and the clients write how their calls ended.
 */
#ifndef ENDS_H
#define ENDS_H

#include <stdint.h>

/* Servers' numbers: their places in ends.dts. */
enum {
    ENDS_INIT,
    ENDS_BACKEND,
    ENDS_MIDDLE,
    ENDS_A,
    ENDS_B,
    ENDS_CLOSED,
    ENDS_SINGLE,
    ENDS_CAPPED,
    ENDS_JUDGE,
    ENDS_NOBODY = 99
};

enum ends_how {
    ENDS_FAULT,  /* an instruction that is none */
    ENDS_WRITE,  /* to where nothing is */
    ENDS_EXIT,   /* of its own will */
    ENDS_PANIC,  /* with last words */
    ENDS_KILLED, /* init is asked to end it while it waits for init's answer */
    ENDS_HOWS,
    ENDS_OTHER, /* init is asked to end `other` */
};

struct plan {
    uint32_t server; /* who; ENDS_NOBODY: nobody */
    uint32_t point;  /* at which of hook.h's points */
    uint32_t how;    /* enum ends_how */
    uint32_t other;
    uint32_t happened; /* counts */
    /* What clients A and B have to call, and what came of it. */
    uint32_t order[2];
    uint32_t status[2];
    uint32_t done[2];
    uint32_t told[2];  /* of a loop: answers that a server had ended */
    uint32_t wrong[2]; /* of a loop: answers that can not be */
};

enum ends_call {
    ENDS_WORK = 1,  /* word 0 plus one comes back, after a call to the backend from the middle */
    ENDS_HANG = 2,  /* never answered: waits for a signal nobody sends */
    ENDS_POKE = 3,  /* the middle signals the backend */
    ENDS_DIE = 5,   /* a fault, whoever it is */
    ENDS_LEAVE = 6, /* an exit that is no failure */
    ENDS_LOOP = 4,  /* an order for clients: call ENDS_WORK until there is another order */
};

/* Words of the answer to ENDS_WORK. */
enum { ENDS_VALUE, ENDS_COUNT, ENDS_DATA, ENDS_INNER };

#define ENDS_DATA_START UINT64_C(0x1234567890abcdef)

#endif
