/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the echo server, echo.c, does for the test guest, calls.c: both include this.
 *
 * It serves two protocols on one endpoint; the badge it is told is protocol << 8 | vCPU.
 */
#ifndef ECHO_H
#define ECHO_H

#define ECHO_PROTOCOL 5u
#define PAGE_PROTOCOL 2u
#define NOBODY        6u /* a protocol whose endpoint nobody waits in */

/* Of the echo protocol. */
enum echo_call {
    ECHO_ADD,    /* answers RCX + 1, RDX + 2, R8 + 3, R9 + 4 */
    ECHO_RESULT, /* answers RCX as its result, and nothing else */
    ECHO_BADGE,  /* answers its badge in RCX alone */
    ECHO_WIDE,   /* answers a result of more than 32 bits */
    ECHO_CRASH,  /* faults */
    ECHO_SPIN,   /* works for RCX rounds before it answers */
    ECHO_CLOCK,  /* answers in RCX how many ticks the call before took, here */
};

/* Of the page protocol: the bits of `calls`. */
enum page_call {
    PAGE_NOT = 0, /* carries no page; answers what it finds in its own in RCX */
    PAGE_INVERT,  /* inverts every byte */
    PAGE_REFUSE,  /* the same, but answers ECHO_REFUSED */
    PAGE_CRASH,   /* the same, and faults */
    PAGE_COMPARE, /* answers in RCX whether the page holds n * 7 at byte n */
    PAGE_TOUCH    /* writes its first byte */
};

#define PAGE_CALLS                                                                                 \
    (1u << PAGE_INVERT | 1u << PAGE_REFUSE | 1u << PAGE_CRASH | 1u << PAGE_COMPARE |               \
     1u << PAGE_TOUCH)
#define ECHO_REFUSED 0x80001234u

#endif
