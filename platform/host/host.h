/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host platform: what the object side of the kernel needs of the rest of it, faked for tests on
 * the build machine.
 *
 * The kernel's own sources run above it unchanged. Threads have their slots and registers but never
 * run; the operations of endpoints and the like only count. A test sees what was asked for in
 * `host` and says there how the host answers.
 */
#ifndef HOST_H
#define HOST_H

#include "platform.h"

#include <setjmp.h>

struct host {
    uint64_t flushes, quiesces, shares, unshares, acks, masks;
    uint64_t drained, aborted, signals, signalled_badge;
    uint64_t destroyed[4]; /* threads, endpoints, notifications, replies */
    uint32_t acked, masked;
    uint64_t guests; /* that were to begin; the first one does */
    struct host_call last_call;
    enum platform_error answer; /* of share and host_call */
    bool locked;
    jmp_buf *on_end; /* where the end of the virtual machine leads; NULL: a failed test */
    enum end_reason reason;
    const char *why;
};

extern struct host host;

enum host_object { HOST_TCB, HOST_ENDPOINT, HOST_NOTIFICATION, HOST_REPLY };

#define HOST_CPUS 4u

/* Forgets everything and makes [base, base + size) the kernel's window. */
void host_start(void *base, uint64_t phys, uint64_t size);

#endif
