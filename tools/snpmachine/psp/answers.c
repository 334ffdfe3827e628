/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports, derived keys and the TSC's parameters for a guest that asks.
 *
 * How real firmware derives keys nobody outside can see. Here it is HKDF over what a request
 * selects, which has the properties a guest may rely on: same selection, same key; another chip,
 * VMPL or selected value, another key.
 */
#include "answers.h"

#include <string.h>

/* Which key signs or is the root: 0 the VLEK if there is one (there is none), else the VCEK. */
enum { KEY_ANY = 0, KEY_VCEK = 1, KEY_VLEK = 2 };

static uint32_t key_choice(uint32_t choice)
{
    if (choice == KEY_VLEK)
        return PSP_INVALID_KEY;
    return choice == KEY_ANY || choice == KEY_VCEK ? PSP_OK : PSP_INVALID_PARAM;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    uint8_t any = 0;

    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    return any == 0;
}

static bool vmpl_allowed(uint32_t vmpl, uint32_t vmpck)
{
    return vmpl >= vmpck && vmpl < PSP_VMPLS;
}

void report_answer(const struct psp_guest *guest, uint32_t vmpck, const struct report_request *ask,
                   struct report_response *answer)
{
    memset(answer, 0, sizeof(*answer));
    if (!vmpl_allowed(ask->vmpl, vmpck) || (ask->key_select & ~3u) != 0 ||
        !all_zero(ask->reserved, sizeof(ask->reserved)))
        answer->status = PSP_INVALID_PARAM;
    else
        answer->status = key_choice(ask->key_select);
    if (answer->status != PSP_OK)
        return;
    answer->size = sizeof(answer->report);
    report_make(guest, ask->vmpl, ask->report_data, &answer->report);
}

#define ROOT_VMRK (1u << 0)

/* Bits of field_select. */
enum { MIX_POLICY, MIX_IMAGE, MIX_FAMILY, MIX_MEASUREMENT, MIX_SVN, MIX_TCB, MIX_MITIGATIONS };
#define MIX_ALL ((1ull << (MIX_MITIGATIONS + 1)) - 1)

static bool mixed(const struct key_request *ask, unsigned field)
{
    return (ask->field_select >> field & 1) != 0;
}

/* No part of "wanted" may be newer than what runs: a guest cannot get a future version's key. */
static bool tcb_reached(uint64_t wanted, uint64_t here)
{
    for (unsigned shift = 0; shift < 64; shift += 8)
        if ((wanted >> shift & 0xFF) > (here >> shift & 0xFF))
            return false;
    return true;
}

static uint32_t key_check(const struct psp_guest *guest, uint32_t vmpck,
                          const struct key_request *ask)
{
    const struct psp_chip *chip = guest->platform.chip;

    if ((ask->root_select & ~7u) != 0 || ask->reserved != 0 || (ask->field_select & ~MIX_ALL) != 0)
        return PSP_INVALID_PARAM;
    if (!vmpl_allowed(ask->vmpl, vmpck))
        return PSP_INVALID_PARAM;
    if (mixed(ask, MIX_SVN) && ask->guest_svn > guest->guest_svn)
        return PSP_INVALID_PARAM;
    if (mixed(ask, MIX_TCB) && !tcb_reached(ask->tcb, chip->tcb))
        return PSP_INVALID_PARAM;
    if (mixed(ask, MIX_MITIGATIONS) && (ask->launch_mitigations & ~chip->mitigations) != 0)
        return PSP_INVALID_PARAM;
    if ((ask->root_select & ROOT_VMRK) != 0)
        return PSP_INVALID_KEY; /* no migration agent ever gave this guest one */
    return key_choice(ask->root_select >> 1);
}

/* What goes into a derived key. Fields that are not selected stay zero; the selection itself is
 * part of it, so that a zero value and a missing one differ. */
struct key_mix {
    uint8_t label[8];
    uint64_t field_select;
    uint64_t vmpl;
    uint64_t policy;
    uint8_t image_id[16], family_id[16];
    uint8_t measurement[SHA384_SIZE];
    uint64_t guest_svn, tcb, launch_mitigations;
};

static void key_mix(const struct psp_guest *guest, const struct key_request *ask,
                    struct key_mix *mix)
{
    *mix = (struct key_mix){.label = "GUESTKEY", .field_select = ask->field_select};
    mix->vmpl = ask->vmpl;
    if (mixed(ask, MIX_POLICY))
        mix->policy = guest->policy;
    if (mixed(ask, MIX_IMAGE))
        memcpy(mix->image_id, guest->image_id, sizeof(mix->image_id));
    if (mixed(ask, MIX_FAMILY))
        memcpy(mix->family_id, guest->family_id, sizeof(mix->family_id));
    if (mixed(ask, MIX_MEASUREMENT))
        memcpy(mix->measurement, guest->digest, sizeof(mix->measurement));
    if (mixed(ask, MIX_SVN))
        mix->guest_svn = ask->guest_svn;
    if (mixed(ask, MIX_TCB))
        mix->tcb = ask->tcb;
    if (mixed(ask, MIX_MITIGATIONS))
        mix->launch_mitigations = ask->launch_mitigations;
}

void key_answer(const struct psp_guest *guest, uint32_t vmpck, const struct key_request *ask,
                struct key_response *answer)
{
    const struct psp_chip *chip = guest->platform.chip;
    struct key_mix mix;

    memset(answer, 0, sizeof(*answer));
    answer->status = key_check(guest, vmpck, ask);
    if (answer->status != PSP_OK)
        return;
    key_mix(guest, ask, &mix);
    crypto_derive((struct crypto_bytes){chip->key, sizeof(chip->key)},
                  (struct crypto_bytes){&mix, sizeof(mix)}, answer->key);
}

void tsc_answer(const struct tsc_request *ask, struct tsc_response *answer)
{
    memset(answer, 0, sizeof(*answer));
    if (!all_zero(ask->reserved, sizeof(ask->reserved)))
        answer->status = PSP_INVALID_PARAM;
    else
        answer->scale = 1ull << 32; /* 8.32 fixed point: the guest's TSC is the processor's */
}
