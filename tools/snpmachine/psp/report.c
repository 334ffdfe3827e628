/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filling in and signing an attestation report.
 */
#include "report.h"

#include <string.h>

#define SIGNATURE_P384_SHA384 1u

#define PLATFORM_SMT   (1ull << 0)
#define PLATFORM_ECC   (1ull << 2)
#define PLATFORM_ALIAS (1ull << 5) /* memory was checked for aliases; newer firmware tells */

#define KEY_AUTHOR (1u << 0) /* key of the signature in bits 4:2: 0, the VCEK */

static void chip_fields(const struct psp_platform *platform, struct report *report)
{
    const struct psp_chip *chip = platform->chip;

    report->current_tcb = chip->tcb;
    report->reported_tcb = chip->tcb;
    report->committed_tcb = chip->tcb;
    report->launch_tcb = chip->tcb;
    report->current_build = report->committed_build = chip->firmware_build;
    report->current_minor = report->committed_minor = chip->firmware_minor;
    report->current_major = report->committed_major = chip->firmware_major;
    memcpy(report->chip_id, chip->chip_id, sizeof(report->chip_id));
    report->platform_info = PLATFORM_SMT;
    if (platform->report_version >= 3) {
        report->platform_info |= PLATFORM_ECC | PLATFORM_ALIAS;
        report->family = chip->family;
        report->model = chip->model;
        report->stepping = chip->stepping;
    }
    if (platform->report_version >= 5) {
        report->launch_mitigations = chip->mitigations;
        report->current_mitigations = chip->mitigations;
    }
}

static void guest_fields(const struct psp_guest *guest, struct report *report)
{
    report->guest_svn = guest->guest_svn;
    report->policy = guest->policy;
    report->key_info = guest->author_key ? KEY_AUTHOR : 0;
    memcpy(report->family_id, guest->family_id, sizeof(report->family_id));
    memcpy(report->image_id, guest->image_id, sizeof(report->image_id));
    memcpy(report->measurement, guest->digest, sizeof(report->measurement));
    memcpy(report->host_data, guest->host_data, sizeof(report->host_data));
    memcpy(report->id_key_digest, guest->id_key_digest, sizeof(report->id_key_digest));
    memcpy(report->author_key_digest, guest->author_key_digest, sizeof(report->author_key_digest));
    memcpy(report->report_id, guest->report_id, sizeof(report->report_id));
    memset(report->report_id_ma, 0xFF, sizeof(report->report_id_ma));
}

void report_make(const struct psp_guest *guest, uint32_t vmpl, const uint8_t report_data[64],
                 struct report *report)
{
    memset(report, 0, sizeof(*report));
    report->version = guest->platform.report_version;
    report->vmpl = vmpl;
    report->signature_algorithm = SIGNATURE_P384_SHA384;
    memcpy(report->report_data, report_data, sizeof(report->report_data));
    guest_fields(guest, report);
    chip_fields(&guest->platform, report);
    crypto_sign(guest->platform.chip->key, (struct crypto_bytes){report, REPORT_SIGNED},
                &report->signature);
}
