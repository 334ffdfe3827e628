/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration lock: the one lock around capability edits, retype, mappings and restart.
 *
 * Its holder, and nobody else, has a struct config *: functions that need the lock held take one.
 * It is cold once the system is sealed, and let go while a HostCall is carried out; only Page_Share
 * and the end of a shared page change page states under it. A CPU that waits for it holds no
 * reference to any object, so cpus_quiesce need not wait for that CPU. A thread that the holder
 * suspends stops while it waits, its system call answered with PeerRestarted: config_lock() does
 * not return then.
 */
#ifndef MICROKERNEL_LOCK_H
#define MICROKERNEL_LOCK_H

struct config;

struct config *config_lock(void);
void config_unlock(struct config *config);

#endif
