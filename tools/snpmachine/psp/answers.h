/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The payloads of guest messages: what is asked and what is answered, without the envelope.
 */
#ifndef SNPMACHINE_PSP_ANSWERS_H
#define SNPMACHINE_PSP_ANSWERS_H

#include "report.h"

#define PAYLOAD_MAX 4000u

/* Asked under VMPCK "vmpck"; a key speaks for its own VMPL and those below it. */
struct report_request {
    uint8_t report_data[64];
    uint32_t vmpl, key_select;
    uint8_t reserved[24];
};
_Static_assert(sizeof(struct report_request) == 0x60, "as the firmware takes it");

struct report_response {
    uint32_t status, size;
    uint8_t reserved[24];
    struct report report;
};
_Static_assert(sizeof(struct report_response) == 0x4C0, "as the firmware gives it");

/* Version 1 ends before the mitigation vector. */
struct key_request {
    uint32_t root_select, reserved;
    uint64_t field_select;
    uint32_t vmpl, guest_svn;
    uint64_t tcb;
    uint64_t launch_mitigations;
};
_Static_assert(sizeof(struct key_request) == 0x28, "as the firmware takes it");
#define KEY_REQUEST_V1 offsetof(struct key_request, launch_mitigations)

struct key_response {
    uint32_t status;
    uint8_t reserved[28];
    uint8_t key[AES_KEY];
};
_Static_assert(sizeof(struct key_response) == 64, "as the firmware gives it");

struct tsc_request {
    uint8_t reserved[128];
};

struct tsc_response {
    uint32_t status, reserved;
    uint64_t scale, offset;
    uint32_t factor;
    uint8_t reserved2[100];
};
_Static_assert(sizeof(struct tsc_response) == 128, "as the firmware gives it");

/* Each fills the whole response; a request that is well-formed but refused has its reason there. */
void report_answer(const struct psp_guest *guest, uint32_t vmpck, const struct report_request *ask,
                   struct report_response *answer);
void key_answer(const struct psp_guest *guest, uint32_t vmpck, const struct key_request *ask,
                struct key_response *answer);
void tsc_answer(const struct tsc_request *ask, struct tsc_response *answer);

#endif
