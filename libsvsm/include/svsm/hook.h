/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a test can end a server: at each boundary of a message. A server built with HOOKS
 * (drupe_server) provides svsm_hook(), which the library calls at these points; the ordinary
 * library has no such calls.
 */
#ifndef SVSM_HOOK_H
#define SVSM_HOOK_H

#include <stdint.h>

enum svsm_point {
    SVSM_POINT_CALL = 1, /* client: about to call */
    SVSM_POINT_ANSWERED, /* client: the answer is there */
    SVSM_POINT_RECEIVED, /* server: before the message is looked at */
    SVSM_POINT_HANDLED,  /* server: before the answer leaves */
    SVSM_POINT_SIGNAL,   /* before a signal is sent */
    SVSM_POINT_NOTIFIED, /* after one was received */
    SVSM_POINTS,
};

#ifdef SVSM_HOOKS
void svsm_hook(enum svsm_point point, uint32_t channel);
#else
static inline void svsm_hook(enum svsm_point point, uint32_t channel)
{
    (void)point;
    (void)channel;
}
#endif

#endif
