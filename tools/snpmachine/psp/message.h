/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The envelope of a guest message: one page, its header in the clear but authenticated.
 */
#ifndef SNPMACHINE_PSP_MESSAGE_H
#define SNPMACHINE_PSP_MESSAGE_H

#include "answers.h"

#define MESSAGE_AES_256_GCM 1u
#define MESSAGE_VERSION     1u
#define MESSAGE_HEADER      0x60u

enum message_type {
    MESSAGE_CPUID_REQUEST = 1,
    MESSAGE_KEY_REQUEST = 3,
    MESSAGE_REPORT_REQUEST = 5,
    MESSAGE_EXPORT_REQUEST = 7,
    MESSAGE_IMPORT_REQUEST = 9,
    MESSAGE_ABSORB_REQUEST = 11,
    MESSAGE_VMRK_REQUEST = 13,
    MESSAGE_TSC_REQUEST = 17
};

/* Bytes 30..5F, the authenticated part. */
struct message_header {
    uint8_t algorithm, header_version;
    uint16_t header_size;
    uint8_t type, version;
    uint16_t size;
    uint32_t reserved;
    uint8_t vmpck;
    uint8_t reserved2[35];
};
_Static_assert(sizeof(struct message_header) == 48, "the AAD");

struct message {
    uint8_t tag[GCM_TAG], reserved[16];
    uint64_t sequence, reserved2;
    struct message_header header;
    uint8_t payload[PAYLOAD_MAX];
};
_Static_assert(offsetof(struct message, payload) == MESSAGE_HEADER, "the firmware's header");
_Static_assert(sizeof(struct message) == PSP_PAGE, "one page");

#endif
