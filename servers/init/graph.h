/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proof, in builds with a checking kernel, that the capability graph is what the manifest says.
 *
 * Works from the manifest and from what the kernel tells about each slot alone, not from what the
 * building code remembers: every slot of every server's CNode, every page that any server's address
 * space has, and between which servers pages are shared that somebody can write. What the guest's
 * CPUs hold can not be inspected and is not proved.
 */
#ifndef INIT_GRAPH_H
#define INIT_GRAPH_H

#include "wiring.h"

/* Before the seal: takes the memory the check needs. */
void graph_prepare(const struct system *system);
/* After the seal. A difference ends the virtual machine with a line that names it. */
void graph_check(const struct system *system);

#endif
