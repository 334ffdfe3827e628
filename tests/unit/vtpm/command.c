/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of command.h.
 */
#include "command.h"

#include "protocol.h"

#include <string.h>

enum { RC_RETRY = 0x922, TRIES = 8 };
enum { ALG_SHA256 = 0xb, ALG_NULL = 0x10, RS_PW = 0x40000009, HANDLE_AT = 10 };
enum { ATTRIBUTES_STORAGE = 0x30072, ATTRIBUTES_SIGN = 0x40072, ATTRIBUTES_AK = 0x50072 };

void command_u8(struct command *c, unsigned value)
{
    if (c->length < COMMAND_MAX)
        c->bytes[c->length++] = (uint8_t)value;
}

void command_u16(struct command *c, unsigned value)
{
    command_u8(c, value >> 8);
    command_u8(c, value & 0xff);
}

void command_u32(struct command *c, uint32_t value)
{
    command_u16(c, value >> 16);
    command_u16(c, value & 0xffff);
}

void command_bytes(struct command *c, const void *bytes, size_t length)
{
    const uint8_t *b = bytes;

    for (size_t i = 0; i < length; i++)
        command_u8(c, b[i]);
}

void command_sized(struct command *c, const void *bytes, size_t length)
{
    command_u16(c, (unsigned)length);
    command_bytes(c, bytes, length);
}

void command_begin(struct command *c, unsigned tag, enum command_code code)
{
    c->length = 0;
    command_u16(c, tag);
    command_u32(c, 0);
    command_u32(c, code);
}

void command_password(struct command *c)
{
    command_u32(c, 9);
    command_u32(c, RS_PW);
    command_u16(c, 0);
    command_u8(c, 0);
    command_u16(c, 0);
}

void command_end(struct command *c)
{
    for (unsigned i = 0; i < 4; i++)
        c->bytes[2 + i] = (uint8_t)(c->length >> (24 - 8 * i));
}

uint32_t response_u32(const struct command *c, size_t at)
{
    const uint8_t *p = c->response + at;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint32_t response_code(const struct command *c)
{
    return response_u32(c, 6);
}

void message_head(uint8_t *message, uint32_t platform, unsigned locality, uint32_t length)
{
    memset(message, MESSAGE_FILL, PROTOCOL_MESSAGE_BYTES);
    memcpy(message, &platform, sizeof platform);
    message[4] = (uint8_t)locality;
    memcpy(message + 5, &length, sizeof length);
}

void message_of_command(uint8_t *message, unsigned locality, const struct vtpm_bytes *command)
{
    message_head(message, PLATFORM_SEND_COMMAND, locality, (uint32_t)command->length);
    memcpy(message + PROTOCOL_COMMAND_HEADER, command->data, command->length);
}

bool message_response(const uint8_t *message, struct vtpm_bytes *response)
{
    uint32_t length;

    memcpy(&length, message, sizeof length);
    if (length < VTPM_HEADER_BYTES || length > response->length ||
        length > PROTOCOL_MESSAGE_BYTES - PROTOCOL_RESPONSE_HEADER)
        return false;
    memcpy(response->data, message + PROTOCOL_RESPONSE_HEADER, length);
    response->length = length;
    return true;
}

static uint32_t run_once(struct command *c)
{
    struct vtpm_bytes in = {c->bytes, c->length}, out = {c->response, COMMAND_MAX};

    memset(c->response, 0xee, sizeof c->response);
    if (!vtpm_execute(c->locality, &in, &out))
        return UINT32_MAX;
    c->response_length = out.length;
    return response_code(c);
}

/* libtpms 0.9 asks for the first signatures again; every driver and library does as it is asked. */
uint32_t command_run(struct command *c)
{
    uint32_t code;
    int tries = 0;

    command_end(c);
    do {
        code = run_once(c);
    } while (code == RC_RETRY && ++tries < TRIES);
    return code;
}

uint32_t run_startup(unsigned type)
{
    struct command c = {.length = 0};

    command_begin(&c, ST_NO_SESSIONS, CC_STARTUP);
    command_u16(&c, type);
    return command_run(&c);
}

uint32_t run_pcr_extend(unsigned pcr, uint8_t fill, unsigned locality)
{
    struct command c = {.locality = locality};
    uint8_t digest[32];

    memset(digest, fill, sizeof digest);
    command_begin(&c, ST_SESSIONS, CC_PCR_EXTEND);
    command_u32(&c, pcr);
    command_password(&c);
    command_u32(&c, 1);
    command_u16(&c, ALG_SHA256);
    command_bytes(&c, digest, sizeof digest);
    return command_run(&c);
}

uint32_t run_get_random(struct command *c, unsigned bytes)
{
    command_begin(c, ST_NO_SESSIONS, CC_GET_RANDOM);
    command_u16(c, bytes);
    return command_run(c);
}

static void pcr_selection(struct command *c, unsigned pcr)
{
    command_u32(c, 1);
    command_u16(c, ALG_SHA256);
    command_u8(c, 3);
    for (unsigned i = 0; i < 3; i++)
        command_u8(c, pcr / 8 == i ? 1u << pcr % 8 : 0);
}

uint32_t run_pcr_read(struct command *c, unsigned pcr)
{
    command_begin(c, ST_NO_SESSIONS, CC_PCR_READ);
    pcr_selection(c, pcr);
    return command_run(c);
}

/* 64 bytes, read and written by the owner. */
uint32_t run_nv_define(uint32_t index)
{
    struct command c = {.length = 0};

    command_begin(&c, ST_SESSIONS, CC_NV_DEFINE_SPACE);
    command_u32(&c, RH_OWNER);
    command_password(&c);
    command_u16(&c, 0);
    command_u16(&c, 14);
    command_u32(&c, index);
    command_u16(&c, ALG_SHA256);
    command_u32(&c, 0x00020002);
    command_u16(&c, 0);
    command_u16(&c, 64);
    return command_run(&c);
}

/* A TPM2B_PUBLIC; a storage key, or one that signs. */
static void public_area(struct command *c, unsigned curve, uint32_t attributes)
{
    size_t at = c->length;
    int storage = attributes == ATTRIBUTES_STORAGE;

    command_u16(c, 0);
    command_u16(c, curve != 0 ? 0x23 : 1);
    command_u16(c, ALG_SHA256);
    command_u32(c, attributes);
    command_u16(c, 0);
    command_u16(c, storage ? 6 : ALG_NULL);
    if (storage)
        command_u32(c, 128u << 16 | 0x43);
    command_u16(c, storage ? ALG_NULL : curve != 0 ? 0x18 : 0x14);
    if (!storage)
        command_u16(c, ALG_SHA256);
    command_u16(c, curve != 0 ? curve : 2048);
    if (curve != 0)
        command_u32(c, (uint32_t)ALG_NULL << 16);
    else
        command_u32(c, 0);
    command_u16(c, 0);
    c->bytes[at] = (uint8_t)((c->length - at - 2) >> 8);
    c->bytes[at + 1] = (uint8_t)(c->length - at - 2);
}

static uint32_t run_creation(struct command *c, unsigned curve, uint32_t attributes)
{
    command_password(c);
    command_u16(c, 4);
    command_u32(c, 0);
    public_area(c, curve, attributes);
    command_u16(c, 0);
    command_u32(c, 0);
    return command_run(c);
}

uint32_t run_create_primary(struct command *c, unsigned curve, int signs)
{
    command_begin(c, ST_SESSIONS, CC_CREATE_PRIMARY);
    command_u32(c, RH_OWNER);
    return run_creation(c, curve, signs ? ATTRIBUTES_AK : ATTRIBUTES_STORAGE);
}

uint32_t run_create_rsa(uint32_t parent)
{
    struct command c = {.length = 0};

    command_begin(&c, ST_SESSIONS, CC_CREATE);
    command_u32(&c, parent);
    return run_creation(&c, 0, ATTRIBUTES_SIGN);
}

uint32_t run_quote(uint32_t key)
{
    struct command c = {.length = 0};

    command_begin(&c, ST_SESSIONS, CC_QUOTE);
    command_u32(&c, key);
    command_password(&c);
    command_sized(&c, "nonce", 5);
    command_u16(&c, ALG_NULL);
    pcr_selection(&c, 16);
    return command_run(&c);
}

uint32_t run_hash(const void *bytes, size_t length)
{
    struct command c = {.length = 0};

    command_begin(&c, ST_NO_SESSIONS, CC_HASH);
    command_sized(&c, bytes, length);
    command_u16(&c, ALG_SHA256);
    command_u32(&c, RH_NULL);
    return command_run(&c);
}

uint32_t run_flush(uint32_t handle)
{
    struct command c = {.length = 0};

    command_begin(&c, ST_NO_SESSIONS, CC_FLUSH_CONTEXT);
    command_u32(&c, handle);
    return command_run(&c);
}
