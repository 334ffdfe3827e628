/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TPM commands put together byte by byte, and run through vtpm_execute; and protocol 2's messages,
 * for programs whose vtpm_execute sends one.
 */
#ifndef TEST_VTPM_COMMAND_H
#define TEST_VTPM_COMMAND_H

#include "vtpm.h"

enum command_code {
    CC_STARTUP = 0x144,
    CC_SHUTDOWN = 0x145,
    CC_SELF_TEST = 0x143,
    CC_CREATE_PRIMARY = 0x131,
    CC_CREATE = 0x153,
    CC_FLUSH_CONTEXT = 0x165,
    CC_GET_CAPABILITY = 0x17a,
    CC_GET_RANDOM = 0x17b,
    CC_HASH = 0x17d,
    CC_PCR_READ = 0x17e,
    CC_PCR_EXTEND = 0x182,
    CC_QUOTE = 0x158,
    CC_NV_DEFINE_SPACE = 0x12a,
    CC_NV_READ_PUBLIC = 0x169,
    CC_STIR_RANDOM = 0x146,
};

enum { COMMAND_MAX = 4096, ST_NO_SESSIONS = 0x8001, ST_SESSIONS = 0x8002 };

enum { RH_OWNER = 0x40000001, RH_NULL = 0x40000007, RH_ENDORSEMENT = 0x4000000b };

struct command {
    uint8_t bytes[COMMAND_MAX];
    size_t length;
    uint8_t response[COMMAND_MAX];
    size_t response_length;
    unsigned locality;
};

void command_begin(struct command *c, unsigned tag, enum command_code code);
void command_u8(struct command *c, unsigned value);
void command_u16(struct command *c, unsigned value);
void command_u32(struct command *c, uint32_t value);
void command_bytes(struct command *c, const void *bytes, size_t length);
void command_sized(struct command *c, const void *bytes, size_t length); /* TPM2B */
void command_password(struct command *c); /* one empty authorization */
void command_end(struct command *c);      /* the length into the header */

/* A message of protocol 2: its head, and MESSAGE_FILL behind; with a whole command in it. */
enum { MESSAGE_FILL = 0x77 };
void message_head(uint8_t *message, uint32_t platform, unsigned locality, uint32_t length);
void message_of_command(uint8_t *message, unsigned locality, const struct vtpm_bytes *command);

/* False if the length in an answered message cannot be. */
bool message_response(const uint8_t *message, struct vtpm_bytes *response);

/* Ends and runs it; the response code. */
uint32_t command_run(struct command *c);

uint32_t response_code(const struct command *c);
uint32_t response_u32(const struct command *c, size_t at);

/* Whole commands. */
uint32_t run_startup(unsigned type);
uint32_t run_pcr_extend(unsigned pcr, uint8_t fill, unsigned locality);
uint32_t run_get_random(struct command *c, unsigned bytes);
uint32_t run_pcr_read(struct command *c, unsigned pcr);
uint32_t run_nv_define(uint32_t index);

/* TPM_RC_SUCCESS and the handle; curve 0 for RSA 2048. */
uint32_t run_create_primary(struct command *c, unsigned curve, int signs);
uint32_t run_create_rsa(uint32_t parent);
uint32_t run_quote(uint32_t key);
uint32_t run_hash(const void *bytes, size_t length);
uint32_t run_flush(uint32_t handle);

#endif
