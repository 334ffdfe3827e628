/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest requests: messages the host carries between a guest and the security processor without
 * being able to read them. The host checks only where the pages are; an extended request also gets
 * the certificate table, copied before the message goes out, as KVM does.
 */
#include "host/ghcb.h"
#include "psp/psp.h"

#define VMM_ERROR(code) ((uint64_t)(code) << 32)
#define VMM_INVALID_LEN 1u
#define PAGES_MAX       1024u

/* A page of its own that guest and host share. */
static bool message_page(uint64_t gpa, uint64_t *spa)
{
    return gpa % PAGE_SIZE == 0 && hw_page(gpa) != NULL && hw_translate(gpa, spa, NULL);
}

void ghcb_guest_request(struct ghcb_call *call)
{
    uint64_t request = 0;
    uint64_t response = 0;
    if (!message_page(call->value[GHCB_INFO1], &request) ||
        !message_page(call->value[GHCB_INFO2], &response) || request == response) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
        return;
    }
    call->info2 = psp_guest_request(request, response);
}

static bool write_certificates(uint64_t gpa, const uint8_t *table, uint32_t size)
{
    for (uint32_t done = 0; done < size; done += PAGE_SIZE) {
        uint64_t piece = size - done < PAGE_SIZE ? size - done : PAGE_SIZE;
        if (!hw_write(gpa + done, table + done, piece)) {
            return false;
        }
    }
    return true;
}

void ghcb_extended_request(struct ghcb_call *call)
{
    uint32_t size = 0;
    const uint8_t *table = psp_certificates(&size);
    uint64_t gpa = call->value[GHCB_RAX];
    uint64_t pages = call->value[GHCB_RBX];
    uint64_t needed = (size + PAGE_SIZE - 1) / PAGE_SIZE;
    if (gpa % PAGE_SIZE != 0 || pages > PAGES_MAX) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
        return;
    }
    if (pages < needed) {
        ghcb_set(call, GHCB_RBX, needed);
        call->info2 = VMM_ERROR(VMM_INVALID_LEN);
        return;
    }
    if (!write_certificates(gpa, table, size)) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
        return;
    }
    ghcb_guest_request(call);
}
