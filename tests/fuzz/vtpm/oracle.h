/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold for any message of protocol 2, beyond not crashing.
 */
#ifndef FUZZ_VTPM_ORACLE_H
#define FUZZ_VTPM_ORACLE_H

#include "protocol.h"

/* Gives the message to the protocol; ends the program if the result is not as promised. */
void oracle_message(uint8_t message[PROTOCOL_MESSAGE_BYTES]);

#endif
