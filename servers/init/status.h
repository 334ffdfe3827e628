/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What init tells about the system: lines for tools/status, and what became of a server.
 *
 *   status: server NAME state STATE generation N restarts N faults N exits N overruns N pages N
 *           code N data N block N stack N heap N start N shared N tables N objects N
 *           calls N refused N stack-used N heap-used N
 *   status: restart NAME generation N clock N pages N
 *   status: total kib N kernel N init N archive N servers N free N region N
 *
 * each one line. Pages are 4 KiB; code pages are the archive's own, which several may share and
 * which are not among a server's pages. The total is in KiB: all of the region but what is free.
 */
#ifndef INIT_STATUS_H
#define INIT_STATUS_H

#include "wiring.h"

struct fault {
    uint64_t label;
    uint64_t words[seL4_MsgMaxLength];
};

void status_fault(const struct server *server, const struct fault *fault);
void status_event(const struct server *server, enum policy_verdict verdict);
void status_all(const struct system *system);

/* Pages that are the server's alone: what it was given, tables and objects included. */
uint64_t status_pages(const struct server *server);

#endif
