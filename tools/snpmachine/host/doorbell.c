/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Restricted injection: a VMPL whose SEV_FEATURES ask for it gets no vectors but #HV, and reads in
 * its doorbell page, which it shares with the host, what is pending.
 *
 * As KVM's patches for it: a vector is written only when the guest has taken the last one out, an
 * NMI is a bit beside it, and #HV comes only while "no further signal" is clear; it is set then.
 * RFLAGS.IF does not count. Without a doorbell page events wait.
 */
#include "host/doorbell.h"
#include "host/ghcb.h"

#define PENDING_VECTOR    0x00FFu
#define PENDING_NMI       0x0100u
#define PENDING_NO_SIGNAL 0x8000u
#define HV_EVENT          (HW_EVENT_VALID | HW_EVENT_EXCEPT | 28u)

enum { GET_PREFERRED = 0, SET = 1, QUERY = 2, CLEAR = 3 };

static bool offered;

void doorbell_offer(bool restricted)
{
    offered = restricted;
}

bool doorbell_offered(void)
{
    return offered;
}

bool doorbell_used(const struct level *level)
{
    return (level->features & LEVEL_RESTRICTED) != 0;
}

/* The page's first word, or NULL: no page, or the guest has taken it back since. */
static uint16_t *pending(const struct level *level)
{
    return level->doorbell == 0 ? NULL : hw_page(level->doorbell);
}

bool doorbell_open(const struct level *level, bool nmi)
{
    const uint16_t *word = pending(level);
    uint16_t taken = nmi ? PENDING_NMI : PENDING_VECTOR;
    return word != NULL && (__atomic_load_n(word, __ATOMIC_ACQUIRE) & taken) == 0;
}

void doorbell_ring(struct level *level, uint8_t vector, bool nmi)
{
    uint16_t *word = pending(level);
    uint16_t more = (uint16_t)((nmi ? PENDING_NMI : vector) | PENDING_NO_SIGNAL);
    if (word == NULL) {
        return;
    }
    if ((__atomic_fetch_or(word, more, __ATOMIC_ACQ_REL) & PENDING_NO_SIGNAL) == 0) {
        level->vmcb.event_inj = HV_EVENT;
    }
}

static bool acceptable(uint64_t gpa)
{
    return gpa != 0 && gpa % PAGE_SIZE == 0 && hw_page(gpa) != NULL;
}

void ghcb_doorbell(struct ghcb_call *call)
{
    struct level *level = vcpu_level(call->vcpu);
    uint64_t gpa = call->value[GHCB_INFO2];
    if (!doorbell_used(level)) {
        ghcb_fail(call, GHCB_INVALID_EVENT);
        return;
    }
    switch (call->value[GHCB_INFO1]) {
    case GET_PREFERRED:
        call->info2 = ~0ull;
        break;
    case SET:
        if (acceptable(gpa)) {
            level->doorbell = gpa;
        } else {
            ghcb_fail(call, GHCB_INVALID_INPUT);
        }
        break;
    case QUERY:
        call->info2 = level->doorbell;
        break;
    case CLEAR:
        level->doorbell = 0;
        break;
    default:
        ghcb_fail(call, GHCB_INVALID_INPUT);
    }
}
