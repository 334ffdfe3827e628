/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SVSM protocol 2, version 1: the vTPM as a guest calls it.
 *
 * The kernel has copied the guest's 4,096 bytes into the server's message and copies them back
 * when the call succeeded; where the guest's buffer lies is the kernel's to check. All values in
 * the message are hostile; the message itself is private.
 */
#ifndef VTPM_PROTOCOL_H
#define VTPM_PROTOCOL_H

#include <stdint.h>

#include <svsm/result.h>

enum {
    PROTOCOL_MESSAGE_BYTES = 4096,
    PROTOCOL_COMMAND_HEADER = 9,  /* platform command, locality, length */
    PROTOCOL_RESPONSE_HEADER = 4, /* length */
};

enum protocol_call { PROTOCOL_QUERY = 0, PROTOCOL_COMMAND = 1 };

enum { PLATFORM_SEND_COMMAND = 8 };

/* Ours, in the feature bits of QUERY: this TPM's state ends with the VM or with a crash. */
#define PROTOCOL_FEATURE_EPHEMERAL (UINT64_C(1) << 63)

struct protocol_features {
    uint64_t commands; /* RCX: bit n for platform command n */
    uint64_t features; /* RDX */
};

struct protocol_features protocol_query(void);

/*
 * A platform command in the message; its response replaces it, and what follows the response is
 * zero. Anything but SVSM_SUCCESS leaves the message as it was.
 */
uint64_t protocol_command(uint8_t message[PROTOCOL_MESSAGE_BYTES]);

#endif
