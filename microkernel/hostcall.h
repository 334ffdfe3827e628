/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host calls as capabilities: the right to one class of exit to the host.
 *
 * HostCall capability: object is the number of the shared page (0: none), aux the class, badge the
 * argument that bounds it. It is a child of the page's capability, so the page can not end before
 * it. What a class means is svsm/hostcall.h; carrying it out is the platform's business.
 * Sharing: the configuration lock while made; the call itself is made after the lock is let go.
 */
#ifndef MICROKERNEL_HOSTCALL_H
#define MICROKERNEL_HOSTCALL_H

#include "cap.h"
#include "invoke.h"

#endif
