/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Protocol 2: QUERY, and the one platform command the real world uses, TPM_SEND_COMMAND.
 */
#include "protocol.h"

#include "crypto.h"
#include "vtpm.h"

#include <string.h>

enum {
    COMMAND_MAX = PROTOCOL_MESSAGE_BYTES - PROTOCOL_COMMAND_HEADER,
    RESPONSE_MAX = PROTOCOL_MESSAGE_BYTES - PROTOCOL_RESPONSE_HEADER,
};
_Static_assert((int)VTPM_BUFFER_BYTES == COMMAND_MAX && (int)VTPM_BUFFER_BYTES <= RESPONSE_MAX,
               "a guest can send, and gets back, what the TPM says it takes and gives");

/*
 * The platform commands of the TCG's simulator, first to last of each run of numbers. They exist,
 * but a TPM in an SVSM does not take them from its guest: power, locality and cancelling are not
 * the guest's.
 */
static const struct {
    uint32_t first, last;
} known[] = {{1, 7}, {9, 18}, {20, 21}, {25, 26}, {30, 30}};

static uint32_t read_u32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void write_u32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

struct protocol_features protocol_query(void)
{
    return (struct protocol_features){
        .commands = UINT64_C(1) << PLATFORM_SEND_COMMAND,
        .features = vtpm_is_ephemeral() ? PROTOCOL_FEATURE_EPHEMERAL : 0,
    };
}

static uint64_t send_command(uint8_t *message)
{
    uint8_t answer[RESPONSE_MAX];
    unsigned locality = message[4];
    struct vtpm_bytes command = {message + PROTOCOL_COMMAND_HEADER, read_u32(message + 5)};
    struct vtpm_bytes response = {answer, sizeof answer};

    if (locality != 0 || command.length > COMMAND_MAX)
        return SVSM_INVALID_PARAMETER;
    if (!vtpm_execute(locality, &command, &response))
        return SVSM_BUSY;
    memset(message, 0, PROTOCOL_MESSAGE_BYTES);
    write_u32(message, (uint32_t)response.length);
    memcpy(message + PROTOCOL_RESPONSE_HEADER, answer, response.length);
    crypto_wipe(answer, response.length);
    return SVSM_SUCCESS;
}

uint64_t protocol_command(uint8_t message[PROTOCOL_MESSAGE_BYTES])
{
    uint32_t command = read_u32(message);

    if (command == PLATFORM_SEND_COMMAND)
        return send_command(message);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (command >= known[i].first && command <= known[i].last)
            return SVSM_UNSUPPORTED_CALL;
    return SVSM_INVALID_PARAMETER;
}
