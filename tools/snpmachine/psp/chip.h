/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor a guest is attested on: its identity, its firmware's versions, its signing key.
 *
 * chain/make-chain writes these records at build time, together with the certificates that vouch
 * for them; the machine embeds one for each product it can play. The keys are made anew in every
 * build folder and lie there in the open: they prove nothing, on purpose.
 */
#ifndef SNPMACHINE_PSP_CHIP_H
#define SNPMACHINE_PSP_CHIP_H

#include <stddef.h>
#include <stdint.h>

#define CHIP_MAGIC 0x5049484350534E53ull /* "SNSPCHIP" */

struct psp_chip {
    uint64_t magic;
    uint64_t tcb; /* current, committed, launch and reported: this firmware was never updated */
    uint64_t mitigations;
    uint8_t family, model, stepping;
    uint8_t firmware_build, firmware_minor, firmware_major;
    uint16_t reserved;
    uint8_t chip_id[64];
    uint8_t key[48]; /* the VCEK's private number, most significant byte first */
    uint32_t certificates_size;
    uint8_t certificates[]; /* the table of an extended guest request */
} __attribute__((packed));
_Static_assert(offsetof(struct psp_chip, certificates) == 148, "as chain/make-chain packs it");

#endif
