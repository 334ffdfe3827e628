/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attestation report, versions 2, 3 and 5, byte for byte.
 */
#ifndef SNPMACHINE_PSP_REPORT_H
#define SNPMACHINE_PSP_REPORT_H

#include "guest.h"

struct report {
    uint32_t version, guest_svn;
    uint64_t policy;
    uint8_t family_id[16], image_id[16];
    uint32_t vmpl, signature_algorithm;
    uint64_t current_tcb, platform_info;
    uint32_t key_info, reserved;
    uint8_t report_data[64];
    uint8_t measurement[SHA384_SIZE];
    uint8_t host_data[32];
    uint8_t id_key_digest[SHA384_SIZE], author_key_digest[SHA384_SIZE];
    uint8_t report_id[32], report_id_ma[32];
    uint64_t reported_tcb;
    uint8_t family, model, stepping; /* from version 3 on */
    uint8_t reserved2[21];
    uint8_t chip_id[64];
    uint64_t committed_tcb;
    uint8_t current_build, current_minor, current_major, reserved3;
    uint8_t committed_build, committed_minor, committed_major, reserved4;
    uint64_t launch_tcb;
    uint64_t launch_mitigations, current_mitigations; /* version 5 */
    uint8_t reserved5[152];
    struct crypto_signature signature;
};
_Static_assert(sizeof(struct report) == 0x4A0, "the firmware's size");
_Static_assert(offsetof(struct report, report_data) == 0x50, "");
_Static_assert(offsetof(struct report, chip_id) == 0x1A0, "");
_Static_assert(offsetof(struct report, launch_tcb) == 0x1F0, "");
_Static_assert(offsetof(struct report, signature) == 0x2A0, "");

/* Everything before the signature is signed. */
#define REPORT_SIGNED offsetof(struct report, signature)

/* "vmpl" has been checked against the key of the request. */
void report_make(const struct psp_guest *guest, uint32_t vmpl, const uint8_t report_data[64],
                 struct report *report);

#endif
