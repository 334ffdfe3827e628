/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server's CNode must hold, from the manifest; and what it does hold, from the kernel.
 */
#ifndef INIT_GRAPH_SLOTS_H
#define INIT_GRAPH_SLOTS_H

#include "wiring.h"

/* A capability as CNode_Inspect tells it. */
struct held {
    uint64_t type, rights, object, badge, data;
};

struct held graph_inspect(seL4_CNode cnode, seL4_Word index);

/* How many capabilities server number `number` holds; a wrong one ends the virtual machine. */
unsigned graph_slots_check(const struct system *system, unsigned number);

#endif
