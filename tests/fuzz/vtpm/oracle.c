/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A refused message is untouched; an answered one holds a response of the length it names and
 * nothing behind it; and no command of a guest breaks the TPM.
 */
#include "oracle.h"

#include "vtpm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "oracle: %s\n", what);
    abort();
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void check_response(const uint8_t *message)
{
    uint32_t length = message[0] | (uint32_t)message[1] << 8 | (uint32_t)message[2] << 16 |
                      (uint32_t)message[3] << 24;
    const uint8_t *response = message + PROTOCOL_RESPONSE_HEADER;
    unsigned tag = (unsigned)response[0] << 8 | response[1];

    check(length >= VTPM_HEADER_BYTES, "a response shorter than its header");
    check(length <= PROTOCOL_MESSAGE_BYTES - PROTOCOL_RESPONSE_HEADER, "a response too long");
    check(be32(response + 2) == length, "two lengths");
    check(tag == 0x8001 || tag == 0x8002 || tag == 0xc4, "an unknown tag");
    check(be32(response + 6) != VTPM_RC_FAILURE, "a command broke the TPM");
    for (size_t i = PROTOCOL_RESPONSE_HEADER + length; i < PROTOCOL_MESSAGE_BYTES; i++)
        check(message[i] == 0, "stale bytes behind the response");
}

void oracle_message(uint8_t message[PROTOCOL_MESSAGE_BYTES])
{
    uint8_t before[PROTOCOL_MESSAGE_BYTES];
    uint64_t result;

    memcpy(before, message, sizeof before);
    result = protocol_command(message);
    check(vtpm_is_working(), "failure mode");
    if (result == SVSM_SUCCESS) {
        check_response(message);
        return;
    }
    check(result == SVSM_INVALID_PARAMETER || result == SVSM_UNSUPPORTED_CALL, "an unknown result");
    check(memcmp(before, message, sizeof before) == 0, "a refused message was changed");
}
