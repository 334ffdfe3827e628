/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server's rights towards host and guest: host calls, devices' registers and interrupts, pages
 * the host sees, SVSM protocols. See wiring.h.
 */
#ifndef INIT_RIGHTS_H
#define INIT_RIGHTS_H

#include "wiring.h"

void rights_build(struct system *system, struct server *server);

/* The window row of this name, a new one if there is none. */
struct svsm_start_window *rights_window(struct server *server, const char *name);

/* A page the host reads and writes, not mapped; ends the virtual machine if the host refuses. */
seL4_CPtr rights_host_page(void);

#endif
