/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host may ask of the secure processor: one guest's launch and its messages.
 *
 * The host calls these on any CPU; launch calls come before any vCPU runs. Numbers returned are the
 * firmware's status codes, as they go into SW_EXITINFO2[31:0] and as KVM hands them to QEMU. A
 * refused call has changed nothing but what its comment says.
 */
#ifndef SNPMACHINE_PSP_H
#define SNPMACHINE_PSP_H

#include <stdbool.h>
#include <stdint.h>

enum psp_status {
    PSP_OK = 0,
    PSP_INVALID_GUEST_STATE = 2,
    PSP_INVALID_LEN = 4,
    PSP_POLICY_FAILURE = 7,
    PSP_INVALID_ADDRESS = 9,
    PSP_BAD_SIGNATURE = 0xA,
    PSP_BAD_MEASUREMENT = 0xB,
    PSP_INVALID_PARAM = 0x16,
    PSP_INVALID_PAGE_STATE = 0x1A,
    PSP_AEAD_OFLOW = 0x1D,
    PSP_INVALID_KEY = 0x27
};

const char *psp_status_name(uint32_t status);

enum psp_page_type {
    PSP_PAGE_NORMAL = 1,
    PSP_PAGE_VMSA = 2,
    PSP_PAGE_ZERO = 3,
    PSP_PAGE_UNMEASURED = 4,
    PSP_PAGE_SECRETS = 5,
    PSP_PAGE_CPUID = 6
};

/* SNP_LAUNCH_START: PSP_POLICY_FAILURE if this platform is not what the policy asks for. */
uint32_t psp_launch_start(uint64_t policy);

/* SNP_LAUNCH_UPDATE of one 4 KiB page whose bytes the host has put at "spa". PSP_INVALID_PAGE_STATE
 * unless it is hypervisor-owned RAM. For PSP_PAGE_CPUID, PSP_INVALID_PARAM means that the table
 * promises what the processor does not have; the page then holds the corrected table, still
 * hypervisor-owned, for the host to show and to try again with. On success the page is the guest's,
 * validated, for VMPL0 alone; ZERO pages were cleared and SECRETS pages filled in.
 * A VMSA measured at KVM's address FFFFFFFFF000 is launched with that gpa; it is never mapped. */
uint32_t psp_launch_update(enum psp_page_type type, uint64_t spa, uint64_t gpa);

/* The ID block and its authentication as SNP_LAUNCH_FINISH takes them: 96 and 4096 bytes. */
struct psp_launch_finish {
    const uint8_t *id_block; /* NULL: none */
    const uint8_t *id_auth;  /* with id_block */
    bool author_key;         /* the author key in id_auth signs the ID key */
    uint8_t host_data[32];
};

/* After PSP_OK guest messages are answered; launch is over. */
uint32_t psp_launch_finish(const struct psp_launch_finish *finish);

/* The launch digest so far. */
void psp_launch_digest(uint8_t digest[48]);

/* SNP_GUEST_REQUEST: reads the message page once, writes the answer. Both pages must be different
 * and hypervisor-owned (PSP_INVALID_PAGE_STATE). After a status other than PSP_OK the response page
 * is as it was and the sequence number is not used up, unless the response page was taken away
 * while the answer was made. */
uint32_t psp_guest_request(uint64_t request_spa, uint64_t response_spa);

/* The certificate table for extended requests (VCEK, ASK, ARK), not encrypted. */
const uint8_t *psp_certificates(uint32_t *size);

#endif
