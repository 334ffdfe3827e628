/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parked page's numbers, for start.S, which can include no other header; parked.c holds them
 * to the headers they come from.
 */
#ifndef INIT_PARKED_H
#define INIT_PARKED_H

#define PARKED_SLOT_ENDPOINT  1
#define PARKED_SLOT_REPLY     2
#define PARKED_SYS_RECV       -5
#define PARKED_SYS_REPLY_RECV -2
#define PARKED_BADGE_CALL     62
#define PARKED_GUEST_INFO     0x80000006000 /* label SVSM_ERR_INVALID_REQUEST, no words */

#ifndef __ASSEMBLER__

#include "server.h"

/* The code's page, in init's own image. */
extern const uint8_t parked_page[];

/* Lets a suspended server's thread wait in the parked page until `due`; ~0: for ever. */
void parked_start(struct server *server, uint64_t due);
/* Whether a fault at this address is the parked code's, whose time has come. */
bool parked_is_due(const struct server *server, uint64_t ip);

#endif
#endif
