/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the secure processor knows about its guest, and the three things it does for it: launch,
 * attest, answer messages. No source that includes only this header depends on the machine, so all
 * of them run in unit tests as well.
 *
 * Callers serialise: one call at a time for a guest. Pointers to pages are private copies.
 */
#ifndef SNPMACHINE_PSP_GUEST_H
#define SNPMACHINE_PSP_GUEST_H

#include "chip.h"
#include "crypto.h"
#include "psp.h"

#define PSP_PAGE  4096u
#define PSP_VMPLS 4u
#define VMPCKS    4u

/* A message this model does not answer although firmware does: the machine ends with its name. */
#define PSP_NOT_MODELLED 0xFFFF0000u

struct psp_cpuid {
    uint32_t eax, ebx, ecx, edx;
};

/* The processor below: given once, before the launch. */
struct psp_platform {
    const struct psp_chip *chip;
    uint32_t report_version; /* 2, 3 or 5 */
    struct psp_cpuid (*cpuid)(uint32_t leaf, uint32_t subleaf);
    void (*noise)(void *to, size_t size);
};

enum psp_guest_state { GUEST_INIT, GUEST_LAUNCH, GUEST_RUNNING };

struct psp_guest {
    struct psp_platform platform;
    enum psp_guest_state state;
    uint64_t policy;
    uint8_t digest[SHA384_SIZE];
    uint8_t family_id[16], image_id[16];
    uint32_t guest_svn;
    bool author_key;
    uint8_t host_data[32];
    uint8_t id_key_digest[SHA384_SIZE], author_key_digest[SHA384_SIZE];
    uint8_t report_id[32];
    uint8_t vmpck[VMPCKS][AES_KEY];
    uint64_t sequence[VMPCKS]; /* of the last answer under that key */
};

/* The commands of psp.h on one guest; "page" is changed in place as psp_launch_update says. */
void guest_init(struct psp_guest *guest, const struct psp_platform *platform);
uint32_t guest_launch_start(struct psp_guest *guest, uint64_t policy);
uint32_t guest_launch_page(struct psp_guest *guest, enum psp_page_type type, uint64_t gpa,
                           uint8_t page[PSP_PAGE]);
uint32_t guest_launch_finish(struct psp_guest *guest, const struct psp_launch_finish *finish);

/* PSP_OK: "response" holds the answer. Otherwise it is undefined and must not be shown. */
uint32_t guest_message(struct psp_guest *guest, const uint8_t request[PSP_PAGE],
                       uint8_t response[PSP_PAGE]);

#endif
