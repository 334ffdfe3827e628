/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host platform: the virtual machine below the kernel, faked for tests on the build machine.
 *
 * The kernel's own sources run above it unchanged. A test sees what was asked for in `host` and
 * says there how the host answers. It links one of two files beside: still.c, where threads have
 * slots and registers but never run, or processors.c, where they do.
 */
#ifndef HOST_H
#define HOST_H

#include "platform.h"

#include <setjmp.h>

struct host {
    uint64_t flushes, quiesces, shares, unshares, acks, masks;
    uint64_t drained, aborted, signals, signalled_badge;
    uint64_t destroyed[4]; /* threads, endpoints, notifications, replies */
    bool ticking;
    uint32_t acked, masked;
    uint64_t guests; /* that were to begin; the first one does */
    struct host_call last_call;
    enum platform_error answer; /* of share and host_call */
    uint64_t alarms, timers;    /* interrupts between processors, slices */
    bool locked;
    jmp_buf *on_end; /* where the end of the virtual machine leads; NULL: a failed test */
    enum end_reason reason;
    const char *why;
};

extern struct host host;
extern struct platform host_platform; /* what `platform` points to */

enum host_object { HOST_TCB, HOST_ENDPOINT, HOST_NOTIFICATION, HOST_REPLY };

#define HOST_CPUS 4u

/* Forgets everything and makes [base, base + size) the kernel's window. */
void host_start(void *base, uint64_t phys, uint64_t size);

/* Called by it: what the one of still.c and processors.c that is linked needs. */
void host_start_threads(void);

#endif
