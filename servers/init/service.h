/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What init does for servers that have a channel to it. Which those are, the manifest says.
 *
 * service.c is the one of the real system; a test of restarts links another one in its place, which
 * ends servers when it is told to.
 */
#ifndef INIT_SERVICE_H
#define INIT_SERVICE_H

#include "wiring.h"

enum service_label {
    SERVICE_STATUS = 1, /* says the status lines */
    SERVICE_CHECK = 2,  /* lets the kernel check itself, if it can: word 0 is the slots in use */
};

uint64_t service_call(struct system *system, uint64_t badge, uint64_t label,
                      uint64_t words[seL4_MsgMaxLength]);

#endif
